import { pino } from 'pino';
import { expect, test } from 'vitest';
import { UsageError } from '../../src/cli/usage-error.ts';
import { ClusterError } from '../../src/cluster/cluster-error.ts';
import { type CertificateOptions, createCertificateSource } from '../../src/serve/certificates.ts';
import { serveDefaults } from '../../src/serve/serve-options.ts';
import { createSharedConnection } from '../../src/serve/shared-connection.ts';

const silent = pino({ level: 'silent' });
const events = { present() {}, reloaded() {}, authority() {}, inSync() {}, restored() {} };
const whole = {
  selfManagedSecret: 'webhook/webhook-ca',
  servingName: ['webhook.webhook.svc'],
  webhookConfiguration: ['validating/webhook-endpoints'],
};
const source = (options: Partial<CertificateOptions>, kubeconfig?: string) =>
  createCertificateSource({ ...serveDefaults, ...options }, events, silent, createSharedConnection(kubeconfig));

test.each<[string, Partial<CertificateOptions>, RegExp]>([
  ['a Secret and files', { ...whole, tlsCertFile: 'a', tlsPrivateKeyFile: 'b' }, /exclude each other/],
  ['a certificate without its key', { tlsCertFile: 'a' }, /belong together/],
  ['a key without its certificate', { tlsPrivateKeyFile: 'b' }, /belong together/],
  ['a Secret without a namespace', { ...whole, selfManagedSecret: 'webhook-ca' }, /webhook-ca: give namespace\/name/],
  ['a CA that ends too soon', { ...whole, caLifetime: 1000 }, /--ca-lifetime must be at least three times/],
  ['no name to serve', { ...whole, servingName: [] }, /needs --serving-name/],
  ['a configuration of no kind', { ...whole, webhookConfiguration: ['web'] }, /web: give validating\/NAME/],
  ['a configuration of another kind', { ...whole, webhookConfiguration: ['watching/web'] }, /watching\/web: give/],
])('%s is refused', async (_, options, message) => {
  const asked = source(options);
  await expect(asked).rejects.toThrow(UsageError);
  await expect(asked).rejects.toThrow(message);
});

test('a Secret where there is no cluster', async () => {
  await expect(source(whole)).rejects.toThrow(ClusterError);
  await expect(source(whole, '/nowhere/kubeconfig')).rejects.toThrow(/cannot read the kubeconfig/);
});
