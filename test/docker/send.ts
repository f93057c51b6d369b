import https from 'node:https';
import type { Exchange } from '../../src/demo/exchanges.ts';
import { isFields } from '../../src/json/fields.ts';

/** Sends a review over a connection of its own, and reads the response of the AdmissionReview that comes back, or what came instead. */
export function send(port: number, ca: string, { path, body, complete }: Exchange) {
  return new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    const options = { host: '127.0.0.1', servername: 'webhook.test', port, path, ca, method: 'POST', agent: false };
    const headers = { 'content-type': 'application/json' };
    const request = https.request({ ...options, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const answer: unknown = JSON.parse(Buffer.concat(chunks).toString());
      const fields = isFields(answer) ? answer : {};
      resolve(isFields(fields.response) ? fields.response : fields);
    });
    request.on('error', reject);
    request.write(body);
    if (complete) request.end();
  });
}
