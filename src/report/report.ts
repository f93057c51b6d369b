import type { Grant } from '../audit/access.ts';
import { type Found, placesOf } from '../audit/found.ts';
import type { Suppressed } from '../audit/tally.ts';
import type { Kind } from '../endpoints/view.ts';
import { allKinds } from '../kinds/index.ts';
import { plural, type Result, severities } from './result.ts';

/** Everything an audit has to say. */
export interface Report {
  readonly tool: string;
  /** When it began, ISO 8601 in UTC. */
  readonly date: string;
  readonly cluster: { readonly host: string; readonly version: string };
  /** The only namespace that was looked at; all where absent. */
  readonly namespace: string | undefined;
  readonly policy: {
    readonly source: string;
    readonly mode: 'enforce' | 'audit';
    readonly digest: string;
    readonly yaml: string;
  };
  readonly objects: Readonly<Record<Kind, number>>;
  readonly exempt: number;
  /** What would be found if the cluster did not explain it. */
  readonly suppressed: { readonly ownPods: Suppressed; readonly apiServer: Suppressed };
  /** By weight, then by namespace. */
  readonly found: readonly Found[];
  readonly grants: readonly Grant[];
  readonly unread: readonly Unread[];
}

/** What could not be read, and what that means. */
export interface Unread {
  /** `endpoints`, `endpoints in team-a, team-b`. */
  readonly what: string;
  readonly why: string;
}

export interface Sums {
  readonly objects: number;
  readonly denials: number;
  readonly warnings: number;
  readonly audited: number;
}

/** The number of objects, and of their findings: one for each object and rule. */
export function sumsOf({ objects, found }: Report): Sums {
  const count = (wanted: Found['enforcement']) => found.filter(({ enforcement }) => enforcement === wanted).length;
  return {
    objects: allKinds.reduce((sum, { kind }) => sum + objects[kind], 0),
    denials: count('deny'),
    warnings: count('warn'),
    audited: count('audit'),
  };
}

/** One result an object and rule: its first place, and how many more there are. */
export function resultOf(found: Found): Result {
  const { subject, rule, enforcement, count } = found;
  const { field = '', message = rule.title } = placesOf(found)[0] ?? {};
  const { kind, namespace, name, service } = subject;
  const more = count > 1 ? `; and ${plural(count - 1, 'place')} more of this object` : '';
  const sleeps = service === 'none' ? '; no Service uses it yet' : '';
  return {
    spot: { kind, namespace, name },
    severity: severities[enforcement],
    rule,
    field,
    message: `${message}${more}${sleeps}`,
  };
}

/** 0 clean or warnings only, 1 denials, 2 something could not be read. */
export function exitCode(report: Report): number {
  if (report.unread.length > 0) return 2;
  return sumsOf(report).denials > 0 ? 1 : 0;
}

/** What was suppressed, in sentences. */
export function suppressedTexts({ suppressed, exempt }: Report): readonly string[] {
  const { ownPods, apiServer } = suppressed;
  const texts: string[] = [];
  if (ownPods.objects > 0)
    texts.push(
      `${plural(ownPods.objects, 'object')} with ${plural(ownPods.violations, 'address or port', 'addresses or ports')} of live pods of their own namespace: no findings. A pod's address may be another's tomorrow`,
    );
  if (apiServer.objects > 0)
    texts.push(
      `${plural(apiServer.objects, 'object')} (default/kubernetes) with addresses of the API server, which writes them anew every ten seconds: no findings`,
    );
  if (exempt > 0) texts.push(`${plural(exempt, 'object')} in exempt namespaces: no findings`);
  return texts;
}
