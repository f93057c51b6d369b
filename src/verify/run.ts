import type { Connection } from '../cluster/connection.ts';
import type { OtherUser } from '../cluster/post.ts';
import { fieldsOf } from '../json/fields.ts';
import type { Policy } from '../policy/policy.ts';
import { checkAdmissionPolicies } from './admission-policies.ts';
import { type Asker, createAsker, isProblem, unread } from './asker.ts';
import { findCaller } from './caller.ts';
import { checkCertificates } from './certificates.ts';
import { type Check, notChecked } from './check.ts';
import { checkConfigurations, type ReadConfiguration } from './configurations.ts';
import { createPodDialer } from './dial.ts';
import { type Installation, installationKey, parseInstallation } from './installation.ts';
import { checkPods, type ReadPod } from './pods.ts';
import { readInstalledPolicy } from './policy.ts';
import { checkService } from './service.ts';
import { checkWrites } from './writes.ts';

export interface Verification {
  /** Where the installation is, and its full name. */
  readonly namespace: string;
  readonly name: string;
  /** In which namespace writes are tried, and as whom. */
  readonly trialNamespace: string;
  readonly as?: OtherUser;
  /** Whether pods are asked at their addresses, and their certificates looked at. */
  readonly dialPods: boolean;
  /** Milliseconds for all. */
  readonly timeout: number;
  /** Of the objects that are sent: no object has it. */
  readonly trialName: string;
}

export interface Verified {
  readonly checks: readonly Check[];
  readonly version?: string;
  /** Of the installation, where it could be read. */
  readonly policy?: Policy;
}

/** Looks at an installation, once. */
export async function verifyOnce(connection: Connection, verification: Verification): Promise<Verified> {
  const asker = createAsker(connection, verification.timeout, verification.as);
  const found = await findInstallation(asker, verification);
  if ('check' in found) return { checks: [found.check] };
  const { installation } = found;
  const { checks: configurations, read } = await checkConfigurations(asker, installation);
  const { check, policy } = await readInstalledPolicy(asker, installation, verification.namespace);
  const checks = [
    ...configurations,
    check,
    ...(await checkService(asker, installation, verification.namespace)),
    ...(await checkServed(asker, installation, verification, read, policy)),
    ...(await checkAdmissionPolicies(asker, installation)),
    ...(await tryWrites(asker, installation, verification, read, policy)),
  ];
  return { checks, version: installation.version, ...(policy && { policy }) };
}

async function findInstallation(
  asker: Asker,
  { namespace, name }: Verification,
): Promise<{ readonly installation: Installation } | { readonly check: Check }> {
  const subject = `installation ${name} in namespace ${namespace}`;
  const answer = await asker.get(`/api/v1/namespaces/${namespace}/configmaps/${name}-installation`);
  if (isProblem(answer)) {
    if (answer.status !== 404) return { check: unread(subject, answer, `get of configmaps in namespace ${namespace}`) };
    const message = `there is no ConfigMap ${name}-installation, in which the chart says what there should be`;
    return { check: notChecked(subject, message, 'say where it is with --namespace and --name') };
  }
  const installation = parseInstallation(fieldsOf(answer.data)[installationKey]);
  if (!('problem' in installation)) return { installation };
  return {
    check: notChecked(subject, installation.problem, 'install the chart again, and use the version of the chart'),
  };
}

/** The pods, and what they serve. */
async function checkServed(
  asker: Asker,
  installation: Installation,
  { namespace, dialPods }: Verification,
  configurations: readonly ReadConfiguration[],
  policy: Policy | undefined,
): Promise<readonly Check[]> {
  const { operations } = installation.ports;
  const viaApiServer: ReadPod = async ({ name }, path) => {
    const text = await asker.getText(`/api/v1/namespaces/${namespace}/pods/${name}:${operations}/proxy${path}`);
    return typeof text === 'string' ? text : { message: text.message };
  };
  const readPod = dialPods ? createPodDialer(asker, operations) : viaApiServer;
  const { checks, pods } = await checkPods(asker, installation, namespace, policy?.digest, readPod);
  if (!dialPods || !installation.service) return checks; // behind a URL there may be a proxy with a certificate of its own
  return [...checks, ...(await checkCertificates(asker, installation, configurations, pods))];
}

async function tryWrites(
  asker: Asker,
  installation: Installation,
  { trialNamespace, trialName }: Verification,
  configurations: readonly ReadConfiguration[],
  policy: Policy | undefined,
): Promise<readonly Check[]> {
  if (!policy) return [notChecked('writes', 'the policy is not known, nor what it refuses', 'see the policy above')];
  const who = await findCaller(asker);
  if ('check' in who) return [who.check];
  const { caller } = who;
  return checkWrites({
    asker,
    installation,
    policy,
    configurations,
    caller,
    namespace: trialNamespace,
    name: trialName,
  });
}
