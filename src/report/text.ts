import type { Grant, Holder } from '../audit/access.ts';
import { isSystem } from '../audit/found.ts';
import { rightText } from '../audit/rights.ts';
import { type Report, resultOf, sparedTexts, sumsOf } from './report.ts';
import { plural, resultLine } from './result.ts';
import { visible } from './visible.ts';

/** How many holders of one role are printed; JSON has them all. */
const shownHolders = 20;

/** The findings, and who can write, as lines for a person. */
export function reportText(report: Report): string {
  const { found, grants } = report;
  const outside = found.filter(({ subject }) => !isSystem(subject));
  const inside = found.filter(({ subject }) => isSystem(subject));
  const lines = outside.map((one) => resultLine(resultOf(one)));
  if (found.length === 0)
    lines.push(`Nothing that ${report.unread.length > 0 ? 'could be read' : 'exists'} stands against the policy.\n`);
  if (inside.length > 0)
    lines.push('\nIn the namespaces of the cluster itself:\n', ...inside.map((one) => resultLine(resultOf(one))));
  const writers = grants.filter(({ writes }) => writes.length > 0);
  lines.push(
    heading('Who can write Endpoints and EndpointSlices'),
    ...writers.flatMap((one) => grantLines(one, one.writes)),
  );
  const restricted = grants.filter((one) => one.restricted.length > 0);
  lines.push(
    heading('Who is pardoned, since they may create the restricted subresource'),
    ...restricted.flatMap((one) => grantLines(one, one.restricted)),
    '\nThe group system:masters may do everything, without any role.\n',
  );
  return lines.join('');
}

/** The sum, and what could not be read. */
export function summaryText(report: Report): string {
  const { objects, denials, warnings, audited } = sumsOf(report);
  const unread = report.unread.map(({ what, why }) => `could not read ${visible(what)}: ${visible(why)}\n`);
  const sum = `${plural(objects, 'object')} audited: ${plural(denials, 'denial')}, ${plural(warnings, 'warning')}`;
  const spared = sparedTexts(report).map((text) => `${text}\n`);
  return [...unread, ...spared, `${sum}${audited > 0 ? `, ${audited} only audited by the policy` : ''}\n`].join('');
}

function heading(text: string): string {
  return `\n${text}:\n`;
}

function grantLines(grant: Grant, rights: Grant['writes']): string[] {
  const { kind, namespace, name, aggregates, holders } = grant;
  const where = namespace === undefined ? '' : `${namespace}/`;
  const lines = [`${kind} ${where}${visible(name)}: ${visible(rights.map(rightText).join('; '))}\n`];
  for (const { labels, from } of aggregates)
    lines.push(`  filled from roles labelled ${visible(labels)}: ${visible(from.join(', ')) || 'none that grants'}\n`);
  if (holders.length === 0) lines.push('  bound to nobody\n');
  for (const holder of holders.slice(0, shownHolders)) lines.push(`  ${holderText(holder)}\n`);
  if (holders.length > shownHolders) lines.push(`  and ${holders.length - shownHolders} more\n`);
  return lines;
}

function holderName({ kind, name, namespace }: Holder): string {
  return visible(`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`);
}

function holderText(holder: Holder): string {
  const { who, scope, binding } = holder;
  const where = scope === undefined ? 'in all namespaces' : `in ${scope}`;
  const note = who === 'other' ? '' : who === 'system' ? ', part of the cluster' : ', EVERYBODY';
  return `${holderName(holder)} ${where} by ${visible(binding)}${note}`;
}
