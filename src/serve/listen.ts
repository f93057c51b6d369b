import type { Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { UsageError } from '../cli/usage-error.ts';

/**
 * Listens, and resolves to the port. `::` takes IPv4 too; a machine without IPv6 gets `0.0.0.0` instead. Rejects with a UsageError where
 * it cannot.
 */
export async function listen(server: Server, port: number, bindAddress: string): Promise<number> {
  try {
    return await listenOn(server, { port, host: bindAddress });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (bindAddress === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL' || code === 'EINVAL'))
      return listenOn(server, { port, host: '0.0.0.0' });
    throw new UsageError(`cannot listen on ${bindAddress} port ${port}: ${(error as Error).message}`, { cause: error });
  }
}

function listenOn(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
