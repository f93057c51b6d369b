import https from 'node:https';

/** A client with an address of its own: the server shares its connections and its budget between addresses. */
export interface Client {
  readonly port: number;
  readonly localAddress: string;
  /** Keeps one connection; without it each call has one of its own. */
  readonly agent?: https.Agent;
}

export interface Answer {
  readonly code: number;
  readonly text: string;
}

interface Call {
  readonly path: string;
  readonly body: Buffer;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
}

/** Rejects where the connection ends without an answer, and after 30 s. */
export function call(client: Client, { path, body, method = 'POST', headers = {} }: Call): Promise<Answer> {
  const { port, localAddress, agent = false } = client;
  return new Promise((resolve, reject) => {
    const given = { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers };
    const options = { host: '127.0.0.1', port, localAddress, path, method, agent, rejectUnauthorized: false };
    const request = https.request({ ...options, headers: given, timeout: 30_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text: String(Buffer.concat(chunks)) }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 30 s')));
    request.on('error', reject).end(body);
  });
}
