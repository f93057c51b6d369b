import { createHash } from 'node:crypto';
import { allKinds } from '../kinds/index.ts';
import { accessSections } from './html-access.ts';
import { findingSections } from './html-findings.ts';
import { html, lines, Markup } from './markup.ts';
import { type Report, sumsOf, suppressedTexts } from './report.ts';
import { plural } from './result.ts';
import { style } from './style.ts';

/** One page with everything in it: nothing is loaded and nothing runs, which its own policy also tells the browser. */
export function formatHtml(report: Report): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${new Markup(hash)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Endpoints audit of ${report.cluster.host}, ${report.date.slice(0, 10)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>Where Services send their traffic: an audit</h1>
${facts(report)}
</header>
<main>
${verdict(report)}
${unreadSection(report)}
${findingSections(report)}
${accessSections(report.grants)}
${policySection(report)}
</main>
<footer><p>endpoints-webhook ${report.tool}. The audit only read; it changed nothing. What it did not look at: RBAC rights to
impersonate, bind or escalate, other authorizers than RBAC, Ingresses and Gateways.</p></footer>
</body>
</html>
`.text;
}

function facts({ cluster, date, namespace, policy, tool }: Report): Markup {
  return html`<dl class="facts">
<dt>Cluster</dt><dd><code>${cluster.host}</code>, Kubernetes ${cluster.version}</dd>
<dt>Looked at</dt><dd>${namespace === undefined ? 'all namespaces' : html`namespace <code>${namespace}</code>`}</dd>
<dt>Date</dt><dd><time datetime="${date}">${date.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time></dd>
<dt>Policy</dt><dd>${policy.source}${policy.mode === 'audit' ? ', mode audit: nothing is refused' : ''}</dd>
<dt>Tool</dt><dd>endpoints-webhook ${tool}</dd>
</dl>`;
}

function verdict(report: Report): Markup {
  const { objects, denials, warnings, audited } = sumsOf(report);
  const counts = allKinds.map(({ kind, plural: many }) => plural(report.objects[kind], kind, many));
  return html`<section aria-labelledby="sum"><h2 id="sum">Summary</h2>
${report.unread.length > 0 ? html`<p class="error">This audit is incomplete: not everything could be read.</p>` : ''}
${denials === 0 && report.unread.length === 0 ? html`<p class="clean">Nothing that exists would be refused.</p>` : ''}
<ul class="sums">
<li><b>${objects}</b> ${counts.join(', ')}</li>
<li><b class="${denials > 0 ? 'error' : 'clean'}">${denials}</b> would be refused</li>
<li><b>${warnings}</b> warned of</li>
<li><b>${audited}</b> only audited</li>
</ul>
${suppressedTexts(report).map((text) => html`<p>Suppressed: ${text}.</p>`)}
</section>`;
}

function unreadSection({ unread }: Report): Markup {
  if (unread.length === 0) return html``;
  const rows = unread.map(({ what, why }) => html`<tr><th scope="row">${what}</th><td>${why}</td></tr>`);
  return html`<section aria-labelledby="unread"><h2 id="unread">What could not be read</h2>
<div class="wide"><table><caption>Whatever is in these is not in this report.</caption>
<thead><tr><th scope="col">What</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function policySection({ policy }: Report): Markup {
  return html`<section aria-labelledby="policy"><h2 id="policy">The policy</h2>
<p>As it was applied, with every default: ${policy.source}, digest <code>${policy.digest}</code>.</p>
<pre><code>${lines(policy.yaml)}</code></pre></section>`;
}
