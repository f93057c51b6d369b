import { isVisible } from '../endpoints/visible.ts';
import { programNamespace, programUser } from '../rules/program-exemption.ts';
import type { OwnRequest } from './request.ts';

/**
 * A remedy that names an exemption, with the user and the namespace that it takes. Pasted into a policy, it frees nobody else: a name that
 * a policy would read as a pattern, or that a terminal would not show as it is, is left for the administrator to fill in.
 */
export function nameRequester(remedy: string, { requester, namespace }: OwnRequest): string {
  return remedy
    .replace(programUser, () => quoted(requester.user) ?? programUser)
    .replace(programNamespace, () => quoted(namespace) ?? programNamespace);
}

/** Printable ASCII but for quotes, backslashes and `*`, and so short that the rest of the remedy fits as well. */
function quoted(name: string): string | undefined {
  return /^[!#-)+-[\]-~]{1,128}$/.test(name) && isVisible(name) ? `"${name}"` : undefined;
}
