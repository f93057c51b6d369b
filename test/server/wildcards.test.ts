import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { fieldsOf } from '../../src/json/fields.ts';
import { answer, type Spec, startAuthorizer } from '../support/authorizer.ts';
import { bad, createReview, startWebhook } from '../support/webhook.ts';

// What of a right that only a role with resources: ["*"] grants, asked as a webhook asks an API server.

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-wildcards-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function file(content: object | string): string {
  const name = join(folder, `${files++}.yaml`);
  writeFileSync(name, typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

const unnamed = 'nobody-grants-this.endpoints-webhook.io';

/** What an authorizer allows, and where it says something else. */
interface Rights {
  readonly name?: boolean;
  readonly here?: boolean;
  readonly everywhere?: boolean;
  readonly broken?: 'here' | 'everywhere';
}

async function start(wildcards: string | undefined, rights: Rights) {
  const authorizer = await startAuthorizer();
  authorizer.answering = ({ resourceAttributes: { subresource, namespace } }: Spec, response: ServerResponse) => {
    const question = subresource !== unnamed ? 'name' : namespace === 'shop' ? 'here' : 'everywhere';
    if (rights.broken === question) answer(response, { allowed: 'perhaps' });
    else answer(response, { allowed: rights[question] ?? false });
  };
  const rules = { 'special-address': { enforcement: 'none' }, 'forbidden-network': { networks: ['127.0.0.0/8'] } };
  const authorization = { cacheTTL: '10s', ...(wildcards === undefined ? {} : { wildcards }) };
  const head = { apiVersion: 'endpoints-webhook.io/v1alpha1', kind: 'Policy' };
  const policy = file({ ...head, rules, authorization });
  const webhook = await startWebhook({ kubeconfig: file(authorizer.kubeconfig()), policy });
  onTestFinished(async () => {
    await webhook.running.close();
    await authorizer.close();
  });
  const asked = () => authorizer.asked.map(({ body }) => fieldsOf(fieldsOf(fieldsOf(body).spec).resourceAttributes));
  return { ...webhook, asked };
}

const byName = { name: true };
const landlord = { name: true, here: true };
const administrator = { name: true, here: true, everywhere: true };

test.each<[wildcards: string | undefined, what: string, Rights, allowed: boolean, questions: number, result: string]>([
  [undefined, 'by name', byName, true, 1, 'allowed'],
  [undefined, 'by * here', landlord, true, 1, 'allowed'],
  ['count', 'by * here', landlord, true, 1, 'allowed'],
  ['count', 'not at all', {}, false, 1, 'refused'],
  ['cluster', 'by name', byName, true, 2, 'allowed'],
  ['cluster', 'by * here', landlord, false, 3, 'wildcard'],
  ['cluster', 'by * everywhere', administrator, true, 3, 'allowed'],
  ['cluster', 'not at all', {}, false, 1, 'refused'],
  ['cluster', 'but who knows whether by *', { ...byName, broken: 'here' }, false, 2, 'unanswered'],
  ['cluster', 'but who knows whether everywhere', { ...landlord, broken: 'everywhere' }, false, 3, 'unanswered'],
  ['never', 'by name', byName, true, 2, 'allowed'],
  ['never', 'by * here', landlord, false, 2, 'wildcard'],
  ['never', 'by * everywhere', administrator, false, 2, 'wildcard'],
  ['never', 'not at all', {}, false, 1, 'refused'],
  ['never', 'but who knows whether by *', { ...byName, broken: 'here' }, false, 2, 'unanswered'],
])('wildcards %s: who may %s', async (wildcards, _, rights, allowed, questions, result) => {
  const { ask, asked, metrics } = await start(wildcards, rights);
  expect((await ask('/validate', createReview(bad))).allowed).toBe(allowed);
  expect(asked()).toHaveLength(questions);
  expect(await metrics()).toContain(`access_reviews_total{result="${result}"} 1`);
});

describe('the questions', () => {
  test('are about the same object, and then about all namespaces', async () => {
    const { ask, asked } = await start('cluster', landlord);
    await ask('/validate', createReview(bad));
    const object = { verb: 'create', group: '', version: '*', resource: 'endpoints', namespace: 'shop', name: 'web' };
    expect(asked()).toEqual([
      { ...object, subresource: 'restricted' },
      { ...object, subresource: unnamed },
      { ...object, subresource: unnamed, namespace: '', name: '' },
    ]);
  });

  test('are not asked again while a yes is remembered', async () => {
    const { ask, asked } = await start('cluster', administrator);
    for (let i = 0; i < 2; i++) expect((await ask('/validate', createReview(bad))).allowed).toBe(true);
    expect(asked()).toHaveLength(3);
  });
});

test('the refusal says that the role does not count, and what to do', async () => {
  const { ask } = await start('cluster', landlord);
  const { status } = await ask('/validate', createReview(bad));
  expect(status?.code).toBe(403);
  expect(status?.message.split('\n').slice(1)).toEqual([
    'user "alice" may create endpoints/restricted named "web" in namespace "shop" by a role that grants everything ("*"), which does not count; an administrator can replace that role, and grant this by name:',
    'kubectl create role restricted-endpoints-web --namespace=shop --verb=create --resource=endpoints/restricted --resource-name=web',
    'kubectl create rolebinding restricted-endpoints-web-alice --namespace=shop --role=restricted-endpoints-web --user=alice',
  ]);
});
