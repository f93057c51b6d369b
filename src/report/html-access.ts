import { type Grant, type Holder, uncountedText } from '../audit/access.ts';
import { rightText } from '../audit/rights.ts';
import { html, type Markup } from './markup.ts';

/** How many holders of one role a page lists. */
const shownHolders = 100;

/** Who can write, and who is exempt by the `restricted` subresource. */
export function accessSections(grants: readonly Grant[]): Markup {
  const writers = grants.filter(({ writes }) => writes.length > 0);
  const restricted = grants.filter((grant) => grant.restricted.length > 0);
  return html`<section aria-labelledby="writers"><h2 id="writers">Who can write Endpoints, EndpointSlices and the status of Services</h2>
<p>Every role that grants create, update or patch. The group <code>system:masters</code> may do everything, without any role.</p>
${grantTable(writers, ({ writes }) => writes, 'Roles that can decide where traffic goes')}
</section>
<section aria-labelledby="restricted"><h2 id="restricted">Who holds <code>restricted</code></h2>
<p>The webhook exempts everyone who may create the <code>restricted</code> subresource from the rules on forbidden networks, ports and names.</p>
${grantTable(restricted, (grant) => grant.restricted, 'Roles that exempt', uncountedText)}
</section>`;
}

function grantTable(
  grants: readonly Grant[],
  rightsOf: (grant: Grant) => Grant['writes'],
  caption: string,
  noteOf = (_: Holder) => '',
): Markup {
  if (grants.length === 0) return html`<p>No role that could be read grants it.</p>`;
  return html`<div class="wide"><table><caption>${caption}; people and applications first, the cluster's own parts last</caption>
<thead><tr><th scope="col">Role</th><th scope="col">Grants</th><th scope="col">Bound to</th></tr></thead>
<tbody>${grants.map((grant) => grantRow(grant, rightsOf(grant), noteOf))}</tbody></table></div>`;
}

function grantRow(
  { kind, namespace, name, aggregates, holders }: Grant,
  rights: Grant['writes'],
  noteOf: (holder: Holder) => string,
): Markup {
  const filled = aggregates.map(({ labels, from }) => {
    const sources = from.length === 0 ? 'none that grants' : from.join(', ');
    return html`<p>Filled from roles labelled <code>${labels}</code>: ${sources}</p>`;
  });
  const left = holders.length - shownHolders;
  const bound = html`<ul>${holders.slice(0, shownHolders).map((holder) => holderItem(holder, noteOf(holder)))}</ul>${left > 0 ? html`<p>and ${left} more</p>` : ''}`;
  return html`<tr><th scope="row">${kind} <code>${namespace === undefined ? '' : `${namespace}/`}${name}</code></th>
<td><ul>${rights.map((right) => html`<li>${rightText(right)}</li>`)}</ul>${filled}</td>
<td>${holders.length === 0 ? 'nobody' : bound}</td></tr>`;
}

function holderItem({ kind, name, namespace, who, binding, scope }: Holder, more: string): Markup {
  const note = { other: html``, system: html` (part of the cluster)`, everyone: html` (everybody)` }[who];
  return html`<li class="${who}">${kind} <code>${namespace === undefined ? '' : `${namespace}/`}${name}</code>${note}, ${
    scope === undefined ? 'in all namespaces' : html`in <code>${scope}</code>`
  }, by ${binding}${more}</li>`;
}
