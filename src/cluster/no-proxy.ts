import { BlockList, isIP } from 'node:net';

/** Whether NO_PROXY excepts a host from the proxy; reads what Go reads: `*`, addresses, networks, domains, each with a port or without. */
export function isExcepted(noProxy: string, { hostname, port, protocol }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const family = isIP(host);
  if (host === 'localhost' || (family !== 0 && contains(loopback, host))) return true;
  const hostPort = port || (protocol === 'https:' ? '443' : '80');
  const entries = noProxy.split(',').map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => {
    if (entry === '' || entry === '*') return entry === '*';
    if (entry.includes('/')) return family !== 0 && isInside(host, entry);
    const [name, onlyPort] = splitPort(entry);
    if (onlyPort !== undefined && onlyPort !== hostPort) return false;
    if (isIP(name)) return family !== 0 && isInside(host, `${name}/${isIP(name) === 4 ? 32 : 128}`);
    return family === 0 && matchesDomain(host, name);
  });
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

function isInside(address: string, network: string): boolean {
  const [, base = '', prefix = ''] = /^(.*)\/(\d{1,3})$/.exec(network) ?? [];
  const family = isIP(base);
  if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return contains(list, address);
}

/** `[::1]:443`, `10.0.0.1:443`, `example.com:443`; without a port also `::1`. */
function splitPort(entry: string): readonly [name: string, port: string | undefined] {
  const [, bracketed, bare, port] = /^(?:\[(.*)\]|([^:]*)):(\d*)$/.exec(entry) ?? [];
  return [bracketed ?? bare ?? entry.replace(/^\[|\]$/g, ''), port || undefined];
}

/** `example.com` is the domain and what is inside, `.example.com` and `*.example.com` only what is inside. */
function matchesDomain(host: string, name: string): boolean {
  const domain = name.replace(/^\*(?=\.)/, '');
  if (domain === '') return false;
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}
