import { expect, test } from 'vitest';
import { readPluginOutput } from '../../src/cluster/plugin-output.ts';

const apiVersion = 'client.authentication.k8s.io/v1';
const plugin = {
  ...{ place: 'the user u', command: 'plugin', args: [], environment: {}, apiVersion, installHint: undefined },
  ...{ provideClusterInfo: false, interactiveMode: 'Never' as const },
};
const printed = (status: unknown, changes: object = {}) =>
  JSON.stringify({ kind: 'ExecCredential', apiVersion, status, ...changes });
const pair = { clientCertificateData: 'c', clientKeyData: 'k' };

test.each<[string, string, object]>([
  ['a token', printed({ token: 't' }), { token: 't', expires: Number.POSITIVE_INFINITY }],
  ['a certificate', printed({ token: '', ...pair }), { cert: 'c', key: 'k', expires: Number.POSITIVE_INFINITY }],
  ['both', printed({ token: 't', ...pair }), { token: 't', cert: 'c', key: 'k', expires: Number.POSITIVE_INFINITY }],
  [
    'a token that expires',
    printed({ token: 't', expirationTimestamp: '1970-01-01T00:00:01Z' }),
    { token: 't', expires: 1000 },
  ],
])('%s', (_, output, expected) => expect(readPluginOutput(output, plugin)).toEqual(expected));

test.each<[string, string]>([
  ['secret', 'printed no ExecCredential'],
  ['["secret"]', 'printed no ExecCredential'],
  [printed({ token: 'secret' }, { kind: 'Secret' }), 'printed no ExecCredential'],
  [printed({ token: 'secret' }, { apiVersion: 'v1' }), `printed another apiVersion than ${apiVersion}`],
  [printed({ token: ['secret'] }), 'printed a token that is no text'],
  [printed({ clientKeyData: 'secret' }), 'printed only one of clientCertificateData and clientKeyData'],
  [printed({ clientCertificateData: 'secret' }), 'printed only one of clientCertificateData and clientKeyData'],
  [printed({}), 'printed neither a token nor a client certificate'],
  [printed(null), 'printed neither a token nor a client certificate'],
  [printed({ token: 'secret', expirationTimestamp: 'soon' }), 'printed an expirationTimestamp that is no time'],
])('%s is refused, and not shown', (output, problem) => {
  expect(() => readPluginOutput(output, plugin)).toThrow(`the credential plugin of the user u ${problem}`);
  expect(() => readPluginOutput(output, plugin)).not.toThrow('secret');
});
