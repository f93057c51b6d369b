import type { Server, Socket } from 'node:net';
import { clientAddress } from './client-address.ts';

/**
 * Lets a server have so many connections: one beyond takes the place of the oldest one of the address that has most. Only for servers
 * that answer at once, where an old connection is never in the midst of something.
 */
export function keepNewest(server: Server, maxConnections: number): void {
  const clients = new Map<string, Set<Socket>>(); // the oldest comes first
  let all = 0;
  const leave = (address: string, socket: Socket) => {
    const own = clients.get(address);
    if (!own?.delete(socket)) return;
    all--;
    if (own.size === 0) clients.delete(address);
  };
  server.on('connection', (socket: Socket) => {
    const address = clientAddress(socket.remoteAddress);
    clients.set(address, (clients.get(address) ?? new Set()).add(socket));
    socket.once('close', () => leave(address, socket));
    if (++all <= maxConnections) return;
    const [largest, sockets] = [...clients].reduce((most, one) => (one[1].size > most[1].size ? one : most));
    for (const oldest of [...sockets].slice(0, 1)) {
      leave(largest, oldest);
      oldest.destroy();
    }
  });
}
