import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the API server of a node of 1.33 said of us, after refusals, and after writes while nobody answered. */
const recorded = 'test/metrics/api-server-metrics.txt';

/** Serves it as an API server does, whose counters grow from one scrape to the next. */
export async function serveApiServerMetrics() {
  const text = readFileSync(recorded, 'utf8');
  let scrapes = 0;
  const server = http.createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(grown(text, ++scrapes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** All of them are counters, or parts of histograms. */
function grown(text: string, times: number): string {
  return text.replace(
    /^([^#\n]\S*(?: \S+)*) ([\d.e+-]+)$/gm,
    (_, series, value) => `${series} ${Number(value) * times}`,
  );
}
