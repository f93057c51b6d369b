import { type Grant, type Holder, uncountedText } from '../audit/access.ts';
import { rightText } from '../audit/rights.ts';
import { isSystem } from '../audit/subject.ts';
import { printedLine } from '../endpoints/visible.ts';
import { type Report, resultOf, sumsOf, suppressedTexts } from './report.ts';
import { plural, resultLine } from './result.ts';

/** How many holders of one role are printed; JSON has them all. */
const shownHolders = 20;

/** The findings, and who can write, as lines for a person. */
export function* formatText(report: Report): Iterable<string> {
  const { found, grants } = report;
  const inside = found.filter(({ subject }) => isSystem(subject));
  if (found.length === 0)
    yield `Nothing that ${report.unread.length > 0 ? 'could be read' : 'exists'} violates the policy.\n`;
  for (const one of found) if (!isSystem(one.subject)) yield resultLine(resultOf(one));
  if (inside.length > 0) yield '\nIn the namespaces of the cluster itself:\n';
  for (const one of inside) yield resultLine(resultOf(one));
  yield '\nWho can write Endpoints, EndpointSlices and the status of Services:\n';
  for (const grant of grants) if (grant.writes.length > 0) yield* grantLines(grant, grant.writes);
  yield* exemptionLines(grants);
  yield '\n';
  yield printedLine(`Judged by ${report.policy.source}, digest ${report.policy.digest}`);
}

/** Who is exempt by RBAC, as lines for a person. */
export function* exemptionLines(grants: readonly Grant[]): Iterable<string> {
  yield '\nWho is exempt, because they may create the restricted subresource:\n';
  for (const grant of grants)
    if (grant.restricted.length > 0) yield* grantLines(grant, grant.restricted, uncountedText);
  yield '\nThe group system:masters may do everything, without any role.\n';
}

/** The sum, and what could not be read. */
export function summaryText(report: Report): string {
  const { objects, denials, warnings, audited } = sumsOf(report);
  const unread = report.unread.map(({ what, why }) => printedLine(`could not read ${what}: ${why}`));
  const sum = `${plural(objects, 'object')} audited: ${plural(denials, 'denial')}, ${plural(warnings, 'warning')}`;
  const suppressed = suppressedTexts(report).map((text) => `${text}\n`);
  return [...unread, ...suppressed, `${sum}${audited > 0 ? `, ${audited} only audited by the policy` : ''}\n`].join('');
}

function grantLines(grant: Grant, rights: Grant['writes'], noteOf = (_: Holder) => ''): string[] {
  const { kind, namespace, name, aggregates, holders } = grant;
  const where = namespace === undefined ? '' : `${namespace}/`;
  const lines = [printedLine(`${kind} ${where}${name}: ${rights.map(rightText).join('; ')}`)];
  for (const { labels, from } of aggregates)
    lines.push(printedLine(`  filled from roles labelled ${labels}: ${from.join(', ') || 'none that grants'}`));
  if (holders.length === 0) lines.push('  bound to nobody\n');
  for (const holder of holders.slice(0, shownHolders))
    lines.push(printedLine(`  ${holderText(holder)}${noteOf(holder)}`));
  if (holders.length > shownHolders) lines.push(`  and ${holders.length - shownHolders} more\n`);
  return lines;
}

function holderName({ kind, name, namespace }: Holder): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function holderText(holder: Holder): string {
  const { who, scope, binding } = holder;
  const where = scope === undefined ? 'in all namespaces' : `in ${scope}`;
  const note = who === 'other' ? '' : who === 'system' ? ', part of the cluster' : ', EVERYBODY';
  return `${holderName(holder)} ${where} by ${binding}${note}`;
}
