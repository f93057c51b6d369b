import { describe, expect, test } from 'vitest';
import { checkText } from '../support/check.ts';
import { runCommand } from '../support/command.ts';

/** As a chart for monitoring writes them for etcd. */
const etcd = (metadata: string) =>
  `apiVersion: v1\nkind: Endpoints\nmetadata: {name: etcd${metadata}}\nsubsets: [{addresses: [{ip: 127.0.0.1}], ports: [{port: 2379}]}]\n`;
const input = ['kube-system', 'kube-node-lease', 'kube-public', 'monitoring']
  .map((namespace) => etcd(`, namespace: ${namespace}`))
  .join('---\n');

describe('namespaces that no cluster guards', () => {
  test('are not judged, and counted', async () => {
    const { code, out, err } = await runCommand(['check', '-'], { input });
    expect({ code, err }).toEqual({
      code: 1,
      err: '2 objects checked: 2 denials, 0 warnings; 0 other objects skipped, 2 objects in namespaces that are never guarded\n',
    });
    expect(out.match(/^-:\d+/gm)).toEqual(['-:14', '-:19']);
  });

  test('are also those of --exempt-namespace, which may be repeated', async () => {
    const words = ['check', '--exempt-namespace', 'monitoring', '--exempt-namespace', 'kube-public', '-'];
    const { code, out, err } = await runCommand(words, { input });
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '',
      err: '0 objects checked: 0 denials, 0 warnings; 0 other objects skipped, 4 objects in namespaces that are never guarded\n',
    });
  });

  test('are also those whose names begin as --exempt-namespace says, and no others', async () => {
    const written = ['openshift-etcd', 'openshift-', 'openshift', 'openshiftx', 'my-openshift-etcd'];
    const { code, err } = await runCommand(['check', '--exempt-namespace', 'openshift-*', '-'], {
      input: written.map((namespace) => etcd(`, namespace: ${namespace}`)).join('---\n'),
    });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^3 objects checked: .* 2 objects in namespaces that are never guarded\n$/),
    });
  });

  test.each(['*', 'a-*', 'openshift*', 'open*-x', 'openshift-**', '-ab-*'])('are not %s', async (pattern) => {
    const { code, err } = await runCommand(['check', '--exempt-namespace', pattern, '-'], { input });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('a hyphen and *, as in openshift-*') });
  });

  test.each([
    ['kube-system', 0],
    ['default', 1],
  ])('the namespace %s given for objects that name none', async (namespace, code) =>
    expect(await checkText(etcd(''), { namespace })).toMatchObject({ code }),
  );

  test('the namespace of the object comes before the one given', async () =>
    expect(await checkText(etcd(', namespace: shop'), { namespace: 'kube-system' })).toMatchObject({ code: 1 }));

  test('are counted in JSON and SARIF', async () => {
    const [json, sarif] = await Promise.all([
      checkText(input, { output: 'json' }),
      checkText(input, { output: 'sarif' }),
    ]);
    expect(JSON.parse(json.out)).toMatchObject({ objects: 2, skipped: 0, neverGuarded: 2, denials: 2 });
    expect(JSON.parse(sarif.out).runs[0].properties).toEqual({ objects: 2, skipped: 0, neverGuarded: 2 });
  });
});
