import { type AddressProblem, reachableAddress } from './address-problem.ts';

/** [scheme://][user@]host[:port][path], the host in brackets where it has colons. */
const location =
  /^(?:(?<scheme>[a-z][a-z\d+.-]*):\/\/)?(?:[^@/\s]*@)?(?<host>\[[^\]]*\]|[^:/?#[\]]*)(?::(?<port>[^:/?#]*))?(?<path>[/?#].*)?$/i;

/** An address, or a name, with more of where a program connects to: a scheme, a port, a path, or brackets. */
export function explainLocation(text: string): AddressProblem | undefined {
  const { scheme, host = '', port, path } = location.exec(text)?.groups ?? {};
  const problem = problemOf(scheme, host, port, path);
  if (problem === undefined) return undefined;
  const name = explainName(host);
  if (name) return { problem, remedy: name.remedy };
  const alone = `write the address alone${host.startsWith('[') ? ', without brackets' : ''}`;
  if (port === undefined) return { problem, remedy: alone };
  return { problem, remedy: `${alone}; the port${/^\d{1,5}$/.test(port) ? ` ${port}` : ''} belongs into "ports"` };
}

function problemOf(scheme = '', host = '', port?: string, path?: string): string | undefined {
  if (scheme !== '') return 'is a URL, not an address';
  if (host === '') return port === undefined ? pathProblem(path) : 'is a port without an address';
  const what = isName(host) ? 'is a name with' : 'has';
  if (port !== undefined) return `${what} a port`;
  if (path !== undefined) return `${what} a path`;
  return host.startsWith('[') ? 'is in brackets' : undefined;
}

function pathProblem(path?: string): string | undefined {
  return path === undefined ? undefined : 'is a path, not an address';
}

/** A name that stands where an address belongs. */
export function explainName(text: string): AddressProblem | undefined {
  if (/^(?:ip6-)?(?:localhost|loopback)(?:\.localdomain|6)?\.?$/i.test(text))
    return { problem: 'is the name by which each machine calls itself', remedy: reachableAddress };
  if (!isName(text)) return undefined;
  const remedy = 'write an address; a name belongs into a Service of type ExternalName, which needs no endpoints';
  return { problem: 'is a name, not an address', remedy };
}

/** Labels of which the last is no number: what ends in a number is a misspelt address to those who read URLs. */
function isName(text: string): boolean {
  if (!/^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?$/u.test(text) || /^0x[\da-f]+$/i.test(text)) return false;
  const labels = text.replace(/\.$/, '').split('.');
  const last = labels.at(-1) ?? '';
  return labels.length === 1 ? /\p{L}/u.test(last) : /^\p{L}[\p{L}\p{N}-]+$/u.test(last);
}
