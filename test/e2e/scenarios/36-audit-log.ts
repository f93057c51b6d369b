import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { restartApiServer } from '../support/api-server.ts';
import { readEnvironment } from '../support/environment.ts';
import { folder } from '../support/folder.ts';
import { freshName, pathOf, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { badEndpoints, goodEndpoints } from '../support/objects.ts';
import { guarding, install, uninstall } from '../support/release.ts';
import { until } from '../support/until.ts';

// What an API server with docs/audit-policy.yaml writes into its audit log, as docs/logs.md says.

const { restartApiServerWith: restart = '' } = readEnvironment();
const given = needs(restart, 'give E2E_RESTART_API_SERVER_WITH=<command>');
const log = resolve(folder, `${freshName('audit')}.log`);

interface Event {
  readonly level: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number; readonly message?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

function events(): readonly Event[] {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line));
}

describe('the audit log', given, () => {
  let namespace: string;

  beforeAll(async () => {
    await install({ shutdown: { drainSeconds: 1 } });
    namespace = await freshNamespace('audit-log');
    const policy = resolve('docs/audit-policy.yaml');
    await restartApiServer(restart, [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`]);
    await guarding(namespace);
  });

  afterAll(async () => {
    await restartApiServer(restart, ['--audit-policy-file=', '--audit-log-path=']);
    await uninstall().catch(() => {});
  });

  /** The event of a write by the tenant. */
  function eventOf(name: string): Promise<Event> {
    const isOurs = ({ objectRef }: Event) => objectRef?.namespace === namespace && objectRef.name === name;
    return until(`the audit log has the write of ${name}`, async () => events().find(isOurs));
  }

  const annotation = (name: string) => `endpoints.validate.endpoints-webhook.io/${name}`;

  test('a refusal has its message, and says the decision, the rules and the policy', async () => {
    const { status } = await api().post(pathOf('Endpoints', namespace), badEndpoints('refused'), { as: tenant });
    expect(status).toBe(422);
    const { level, responseStatus, annotations = {} } = await eventOf('refused');
    expect([level, responseStatus?.code]).toEqual(['Metadata', 422]);
    expect(responseStatus?.message).toContain('[endpoints-webhook: protocol]');
    expect(annotations).toMatchObject({ [annotation('decision')]: 'denied', [annotation('rules')]: 'protocol' });
    expect(annotations[annotation('policy')]).toMatch(/^[0-9a-f]{64}$/);
  });

  test('what is taken is there, too', async () => {
    const { status, text } = await api().post(pathOf('Endpoints', namespace), goodEndpoints('taken'), { as: tenant });
    expect(status, text).toBe(201);
    const { annotations } = await eventOf('taken');
    expect(annotations).toMatchObject({ [annotation('decision')]: 'allowed' });
  });

  test('the controllers that write most of it, and reads, are left out', () => {
    const isController = ({ user }: Event) =>
      /^system:serviceaccount:kube-system:endpoint(slice(mirroring)?)?-controller$/.test(user.username);
    expect(events().filter(isController)).toEqual([]);
    expect(events().filter(({ verb }) => ['get', 'list', 'watch'].includes(verb))).toEqual([]);
  });
});
