import { issueAuthority, issueLeaf } from '../../../src/certificates/issue.ts';
import { api } from './api.ts';
import { expiredTwin } from './expired.ts';
import { path, release } from './names.ts';
import { createNamespace } from './namespace.ts';
import { install, scale } from './release.ts';

/** A way for the webhook to be unable to answer. */
export interface Way {
  readonly name: string;
  /** What an administrator finds in the message. */
  readonly reason: RegExp;
  /** Whether pods run and are ready all the same. */
  readonly pods: boolean;
  /** Installs the chart, and brings it about. */
  begin(): Promise<void>;
}

const drain = { shutdown: { drainSeconds: 1 } };

export const ways: readonly Way[] = [
  {
    name: 'all pods gone',
    reason: /connection refused|no endpoints available/,
    pods: false,
    async begin() {
      await install(drain);
      await scale(0);
    },
  },
  {
    name: 'a wrong CA',
    reason: /certificate signed by unknown authority/,
    pods: true,
    begin: () => installTrusting(async () => (await issueAuthority('another CA', hour())).certificate),
  },
  {
    name: 'an expired CA',
    reason: /certificate has expired/,
    pods: true,
    begin: () => installTrusting(expiredTwin),
  },
];

/** A certificate of our own for the pods, and a CA for the API server that does not, or no longer, vouch for it. */
async function installTrusting(trusted: (authority: Authority) => Promise<string>): Promise<void> {
  const { fullname, namespace } = release();
  await createNamespace(namespace, 'restricted');
  const authority = await issueAuthority('e2e', hour());
  const { certificate, privateKey } = await issueLeaf(authority, [`${fullname}.${namespace}.svc`], hour());
  const name = 'e2e-serving';
  const stringData = { 'tls.crt': certificate, 'tls.key': privateKey };
  await api().delete(path(namespace, 'secrets', name));
  await api().post(path(namespace, 'secrets'), { metadata: { name }, type: 'kubernetes.io/tls', stringData });
  const caBundle = await trusted(authority);
  await install({ ...drain, tls: { mode: 'existingSecret', existingSecret: { name, caBundle } } });
}

type Authority = Awaited<ReturnType<typeof issueAuthority>>;

export function hour() {
  return { now: new Date(), lifetime: 3_600_000 };
}
