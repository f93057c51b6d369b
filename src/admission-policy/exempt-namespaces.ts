/** Namespaces that are always exempt: a cluster depends on what runs there. */
export const alwaysExempt: readonly string[] = ['kube-system', 'kube-node-lease'];

/** Exempt namespaces: a label selector can say names, but not how names begin. */
export interface ExemptNamespaces {
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
}

/** `given`: names, and patterns such as `openshift-*`, besides those that are always exempt. */
export function readExemptNamespaces(given: readonly string[]): ExemptNamespaces {
  const all = [...new Set([...alwaysExempt, ...given])];
  return {
    names: all.filter((name) => !name.endsWith('*')),
    prefixes: all.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1)),
  };
}

export function isExemptNamespace({ names, prefixes }: ExemptNamespaces, namespace: string): boolean {
  return names.includes(namespace) || prefixes.some((prefix) => namespace.startsWith(prefix));
}

/** Whether a name, or a pattern, says which namespaces are meant: a `*` only after three characters and a hyphen. */
export function isExemptNamespacePattern(text: string): boolean {
  return !text.includes('*') || /^[a-z0-9][-a-z0-9]+[a-z0-9]-\*$/.test(text);
}
