import type { ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { issueSelfSigned } from '../../src/certificates/issue.ts';

/** The `spec` of a SubjectAccessReview. */
export interface Spec {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

/** Answers, or does something else with the response. */
export type Answering = (spec: Spec, response: ServerResponse) => void;

export interface Authorizer {
  answering: Answering;
  /** What was asked, in that order, with the request line and the headers that matter. */
  readonly asked: {
    readonly line: string;
    readonly authorization: unknown;
    readonly type: unknown;
    readonly body: Spec;
  }[];
  /** Connections that are open, and the most that ever were. */
  readonly connections: { open: number; most: number };
  kubeconfig(): string;
  close(): Promise<void>;
}

/** An answer as an API server gives it. */
export function answer(response: ServerResponse, status: unknown, rest: Readonly<Record<string, unknown>> = {}): void {
  const review = { kind: 'SubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, status, ...rest };
  response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify(review));
}

export const yes: Answering = (_, response) => answer(response, { allowed: true, reason: 'RBAC: allowed by' });
export const no: Answering = (_, response) => answer(response, { allowed: false });
export const hang: Answering = () => {};

/** As much of an API server as RBAC exemptions need, over HTTPS: it is asked, and a test says what it answers. */
export async function startAuthorizer(): Promise<Authorizer> {
  const { certificate, privateKey } = await issueSelfSigned(new Date());
  const asked: Authorizer['asked'] = [];
  const connections = { open: 0, most: 0 };
  const server = https.createServer({ cert: certificate, key: privateKey }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const { authorization, 'content-type': type } = request.headers;
    asked.push({ line: `${request.method} ${request.url}`, authorization, type, body });
    authorizer.answering(body.spec, response);
  });
  server.on('connection', (socket) => {
    connections.most = Math.max(connections.most, ++connections.open);
    socket.on('close', () => connections.open--);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const authorizer: Authorizer = {
    answering: no,
    asked,
    connections,
    kubeconfig: () => kubeconfigOf(port, certificate),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return authorizer;
}

/** For an API server on this machine, as JSON. `certificate`: of its CA, as PEM. */
export function kubeconfigOf(port: number, certificate: string): string {
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': Buffer.from(certificate).toString('base64'),
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token: 'secret-token' } }],
  });
}
