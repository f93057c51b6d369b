import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { restartApiServer } from '../support/api-server.ts';
import { readEnvironment } from '../support/environment.ts';
import { demandCertificate, mistakes, prepareApiServer, rightCertificate } from '../support/guide.ts';
import { helm } from '../support/helm.ts';
import { kubectl } from '../support/kubectl.ts';
import { kinds, path, release, resourceOf, tenant } from '../support/names.ts';
import { freshNamespace } from '../support/namespace.ts';
import { needs } from '../support/needs.ts';
import { badObjects, goodObjects } from '../support/objects.ts';
import { guarding, install, isReady, ourPods, refusals, settled } from '../support/release.ts';
import { literally, note } from '../support/report.ts';
import { refusedClients } from '../support/scrape.ts';
import { askAsStranger } from '../support/stranger.ts';
import { until } from '../support/until.ts';

const { restartApiServerWith: restart = '' } = readEnvironment();
const given = needs(restart, 'give E2E_RESTART_API_SERVER_WITH=<command>');

describe('only API servers with the right certificate are answered', given, () => {
  let namespace: string;
  let flag: string;

  beforeAll(async () => {
    namespace = await freshNamespace('certificates');
    await install({ shutdown: { drainSeconds: 1 } });
    flag = await prepareApiServer();
    await restartApiServer(restart, [flag]);
    const data = { metadata: { name: 'api-server' }, type: 'kubernetes.io/tls', stringData: rightCertificate() };
    expect((await api().post(path(release().namespace, 'secrets'), data)).status).toBe(201);
    await guarding(namespace); // whoever demands none is content with one
    await demandCertificate('--set webhooks.clientCertificate.testSecret=api-server');
    await settled(2);
  });

  afterAll(async () => {
    await restartApiServer(restart, ['--admission-control-config-file=']);
    await api().delete(path(release().namespace, 'secrets', 'api-server'));
  });

  test('with the certificate of the guide: good objects are taken, bad ones refused, helm test passes', async () => {
    await guarding(namespace);
    for (const kind of kinds) expect((await create(goodObjects[kind]('good'))).code).toBe(0);
    const { name, namespace: home } = release();
    const tested = await helm(['test', name, '--namespace', home, '--timeout', '60s']);
    expect(tested.code, tested.err + tested.out).toBe(0);
  });

  test('a stranger gets no answer, on any path', async () => {
    const before = (await refusedClients()).missing ?? 0;
    const seen = await askAsStranger(namespace);
    note('client-certificates', `- A pod without a certificate saw\n${literally(seen)}`);
    expect(seen).not.toMatch(/answered/);
    expect(seen.match(/ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED/g)).toHaveLength(4);
    expect((await refusedClients()).missing).toBeGreaterThanOrEqual(before + 4); // API servers that restart have none, either
  });

  test.each([...Object.entries(mistakes), ['missing', undefined]] as const)('refused: %s', async (reason, present) => {
    const before = (await refusedClients())[reason] ?? 0;
    await present?.();
    await restartApiServer(restart, present ? [flag] : ['--admission-control-config-file=']);
    for (const kind of kinds) {
      const { code, err } = await create(goodObjects[kind]('good'));
      expect(code).toBe(1);
      expect(err).toContain(`failed calling webhook "${resourceOf(kind)}.validate.endpoints-webhook.io"`);
      note(
        'client-certificates',
        `- \`${reason}\`, ${kind}:\n${literally(err.replaceAll(release().namespace, 'NAMESPACE'))}`,
      );
    }
    expect((await refusedClients())[reason]).toBeGreaterThan(before);
    expect((await ourPods()).map(isReady), 'probes need no certificate').toEqual([true, true]);
  });

  test('with failurePolicy Ignore, an API server without a certificate takes everything', async () => {
    const { name, namespace: home } = release();
    const flags = [
      '--namespace',
      home,
      '--reset-then-reuse-values',
      '--set',
      'webhooks.validating.failurePolicy=Ignore',
    ];
    const { code, err } = await helm(['upgrade', name, readEnvironment().chart, ...flags]);
    expect(code, err).toBe(0);
    await until('a tenant may write anything', async () => (await refusals(namespace)) === '');
    const { code: taken, out, err: warnings } = await create(badObjects.Endpoints('bad'));
    expect(taken).toBe(0);
    note('client-certificates', `- With failurePolicy Ignore kubectl says\n${literally(out + warnings)}`);
  });

  function create(object: object) {
    return kubectl(['create', '--namespace', namespace, '--dry-run=server', '--filename', '-'], {
      as: tenant,
      input: object,
    });
  }
});
