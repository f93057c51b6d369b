import type { Found } from '../audit/found.ts';
import { isSystem } from '../audit/subject.ts';
import { pathText } from '../endpoints/field-path.ts';
import { html, type Markup } from './markup.ts';
import type { Report } from './report.ts';
import { plural, severities } from './result.ts';

/** How many rows a page has at most: what is worst comes first, and JSON has everything. */
const shownRows = 5000;

/** Findings by rule, then by namespace; those of the cluster's own namespaces apart. */
export function findingSections({ found }: Report): Markup {
  const shown = found.slice(0, shownRows);
  const left = found.length - shown.length;
  const outside = shown.filter(({ subject }) => !isSystem(subject));
  const inside = shown.filter(({ subject }) => isSystem(subject));
  return html`<section aria-labelledby="findings"><h2 id="findings">Findings</h2>
${found.length === 0 ? html`<p>None.</p>` : ruleTable(found)}
${left > 0 ? html`<p class="warning">${left} more are not listed here: see the JSON report.</p>` : ''}
${byNamespace(outside)}
${inside.length > 0 ? html`<h2 id="system">In the namespaces of the cluster itself</h2>${byNamespace(inside)}` : ''}
</section>`;
}

function ruleTable(found: readonly Found[]): Markup {
  const rules = [...new Set(found.map(({ rule }) => rule))];
  const rows = rules.map((rule) => {
    const own = found.filter((one) => one.rule === rule);
    const namespaces = new Set(own.map(({ subject }) => subject.namespace)).size;
    return html`<tr><th scope="row"><code class="id">${rule.id}</code></th><td>${own.length}</td><td>${namespaces}</td>
<td>${rule.title}</td><td>${rule.remedy}</td></tr>`;
  });
  return html`<div class="wide"><table><caption>By rule</caption>
<thead><tr><th scope="col">Rule</th><th scope="col">Objects</th><th scope="col">Namespaces</th><th scope="col">What it demands</th>
<th scope="col">What to do</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function byNamespace(found: readonly Found[]): readonly Markup[] {
  const groups = Map.groupBy(found, ({ subject }) => subject.namespace);
  return [...groups]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([namespace, own]) => {
      return html`<h3>Namespace <code>${namespace}</code></h3>
<div class="wide"><table><caption>${plural(own.length, 'finding')} in ${namespace}</caption>
<thead><tr><th scope="col">Object</th><th scope="col">Rule</th><th scope="col">What is wrong</th></tr></thead>
<tbody>${own.map(row)}</tbody></table></div>`;
    });
}

function row({ subject, rule, enforcement, items, count }: Found): Markup {
  const severity = severities[enforcement];
  const places = items.map(({ finding: { path, message } }) => {
    return html`<li>${path.length === 0 ? '' : html`<code>${pathText(path)}</code>: `}${message}</li>`;
  });
  const left = count - places.length;
  return html`<tr><th scope="row">${subject.kind} <code>${subject.name}</code></th>
<td><span class="${severity}">${severity}</span><br><code class="id">${rule.id}</code></td>
<td><ul>${places}</ul>${left > 0 ? html`<p>and ${plural(left, 'place')} more</p>` : ''}${
    subject.service === 'none' ? html`<p>No Service uses it yet.</p>` : ''
  }</td></tr>`;
}
