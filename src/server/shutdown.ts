import type { Server } from 'node:http';

/** How long connections that have not sent a request are left alone, once nothing is in flight. */
const patience = 1000;

/** The longest a close waits: no request may take longer. */
const longest = 12_000;

/** Counts what is in flight from now on; the function that it returns closes the server without dropping any of that. */
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
      if (waited > longest || (inFlight === 0 && waited > patience)) server.closeAllConnections();
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
