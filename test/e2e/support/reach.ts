import { connect } from 'node:net';
import { api } from './api.ts';
import { path } from './names.ts';

/** Whether addresses of the cluster's own network can be reached from here, as in a node beside us, and not in kind. */
export async function reachesClusterNetwork(): Promise<boolean> {
  const { body } = await api().get(path('default', 'services', 'kubernetes'));
  const host = body.spec?.clusterIP;
  if (typeof host !== 'string') return false;
  return new Promise((resolve) => {
    const socket = connect({ host, port: 443, timeout: 5000 });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
