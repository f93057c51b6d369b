import http from 'node:http';
import { isIPv6 } from 'node:net';
import tls from 'node:tls';
import type { Asker } from './asker.ts';
import type { Pod, ReadPod } from './pods.ts';

/** A pod answers at once, or not at all. */
const maxMilliseconds = 5000;

/** Of the text of a pod. */
const maxBytes = 8 * 1024 * 1024;

function limitOf(asker: Asker): number {
  return Math.ceil(Math.max(1, Math.min(maxMilliseconds, asker.remainingMilliseconds())));
}

/** Reads a pod's operations port at the pod's own address. */
export function createPodDialer(asker: Asker, port: number): ReadPod {
  return ({ address }, path) =>
    new Promise((resolve) => {
      if (address === '') return resolve({ message: 'it has no address yet' });
      const signal = AbortSignal.timeout(limitOf(asker));
      const fail = (error: Error) => resolve({ message: `${hostOf(address)}:${port}: ${error.message}` });
      const request = http.get({ host: address, port, path, signal, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > maxBytes) response.destroy(new Error(`its answer is larger than ${maxBytes} bytes`));
          else chunks.push(chunk);
        });
        response.on('end', () => resolve(Buffer.concat(chunks).toString()));
        response.on('error', fail);
      });
      request.on('error', fail);
    });
}

export interface TrustQuestion {
  readonly host: string;
  readonly port: number;
  /** The name that the certificate has to be for. */
  readonly servingName: string;
  /** PEM. */
  readonly caBundle: string;
}

/** Why an API server would not trust what is served there; `undefined` where it would. */
export function findDistrust(
  asker: Asker,
  { host, port, servingName, caBundle }: TrustQuestion,
): Promise<{ readonly distrust: string } | { readonly unreachable: string } | undefined> {
  return new Promise((resolve) => {
    const socket = tls.connect({ host, port, servername: servingName, ca: caBundle, rejectUnauthorized: true });
    const timer = setTimeout(() => end({ unreachable: 'no TLS handshake in time' }), limitOf(asker));
    function end(answer: Parameters<typeof resolve>[0]): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    }
    socket.on('secureConnect', () => end(undefined));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isRefused = /CERT|SIGNED|SIGNATURE|ISSUER|ERR_TLS/.test(error.code ?? '');
      end(isRefused ? { distrust: error.message } : { unreachable: error.message });
    });
  });
}

function hostOf(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

/** What is asked of each pod. */
export function questionsOf(pods: readonly Pod[], port: number, rest: Pick<TrustQuestion, 'servingName' | 'caBundle'>) {
  return pods
    .filter(({ isReady, address }) => isReady && address !== '')
    .map(({ name, address }) => ({ name, question: { host: address, port, ...rest } }));
}
