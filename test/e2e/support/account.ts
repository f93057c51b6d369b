import { writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { api } from './api.ts';
import { folder } from './folder.ts';
import { mustKubectl } from './kubectl.ts';
import { path } from './names.ts';
import { type Outcome, run } from './program.ts';
import { until } from './until.ts';

/** A ServiceAccount, and kubectl with a token that the cluster itself issued for it: nobody impersonates anybody. */
export interface Account {
  readonly user: string;
  kubectl(args: readonly string[], input?: unknown): Promise<Outcome>;
}

export async function freshAccount(namespace: string, name: string): Promise<Account> {
  await until('the namespace takes service accounts', async () => {
    const { status } = await api().post(path(namespace, 'serviceaccounts'), { metadata: { name } });
    return status === 201;
  });
  const token = (await mustKubectl(['create', 'token', name, '--namespace', namespace])).trim();
  const file = `${folder}/${namespace}-${name}.kubeconfig`;
  const config = JSON.parse(await mustKubectl(['config', 'view', '--raw', '--minify', '--output', 'json']));
  config.users = config.users.map(({ name: user }: { name: string }) => ({ name: user, user: { token } }));
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const user = `system:serviceaccount:${namespace}:${name}`;
  const kubectl = (args: readonly string[], input?: unknown) =>
    run('kubectl', [`--kubeconfig=${file}`, ...args], input === undefined ? '' : JSON.stringify(input));
  expect((await kubectl(['auth', 'whoami', '--output', 'jsonpath={.status.userInfo.username}'])).out).toBe(user);
  return { user, kubectl };
}
