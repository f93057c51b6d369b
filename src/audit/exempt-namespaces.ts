import type { Tallies } from './tally.ts';

/** Takes away what was found in exempt namespaces, which are names or begin as `openshift-*` says, and counts its objects as exempt. */
export function exemptNamespaces(tallies: Tallies, patterns: readonly string[]): void {
  const isExempt = (namespace: string) =>
    patterns.some((pattern) =>
      pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern,
    );
  for (const tally of Object.values(tallies)) {
    const exempt = tally.found.filter(({ subject }) => isExempt(subject.namespace));
    tally.exempt += new Set(exempt.map(({ subject: { namespace, name } }) => `${namespace}/${name}`)).size;
    tally.found = tally.found.filter(({ subject }) => !isExempt(subject.namespace));
  }
}
