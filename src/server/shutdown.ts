import type { Server } from 'node:http';

/** How long connections may stay that have not sent a request, once nothing is in flight. */
const idleGraceMilliseconds = 1000;

/** No request may take longer. */
const maxShutdownMilliseconds = 12_000;

/** Counts the requests in flight from now on. Returns a function that closes the server without dropping any of them. */
export function prepareShutdown(server: Server): () => Promise<void> {
  let inFlight = 0;
  server.on('request', (_, response) => {
    inFlight++;
    response.once('close', () => inFlight--);
  });
  return () => {
    const began = performance.now();
    const sweep = () => {
      server.closeIdleConnections();
      const waited = performance.now() - began;
      if (waited > maxShutdownMilliseconds || (inFlight === 0 && waited > idleGraceMilliseconds))
        server.closeAllConnections();
    };
    const timer = setInterval(sweep, 50);
    return new Promise((resolve) => {
      server.close(() => {
        clearInterval(timer);
        resolve();
      });
      sweep();
    });
  };
}
