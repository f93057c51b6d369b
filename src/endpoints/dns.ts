const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** An RFC 1123 label: 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && label.test(text);
}

/** An RFC 1123 subdomain as Kubernetes reads it: labels joined by dots, 253 characters at most, a label of any length. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && subdomain.test(text);
}

/** The label that a text is meant to be: in lower case, with hyphens for what may stand between words. */
export function nearestDnsLabel(text: string): string | undefined {
  const near = text.length <= 63 ? text.trim().toLowerCase().replace(/[\s_]/g, '-') : '';
  return isDnsLabel(near) ? near : undefined;
}
