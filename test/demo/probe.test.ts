import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { issueAuthority, issueLeaf } from '../../src/certificates/issue.ts';
import { createProgram } from '../../src/cli/program.ts';
import { type ProbeOptions, probe } from '../../src/demo/probe.ts';
import { issueClient } from '../support/client-certificates.ts';
import { startWebhook } from '../support/webhook.ts';

const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-probe-'));
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const validity = { now: new Date(), lifetime: 3_600_000 };
const authority = await issueAuthority('test', validity);
const other = await issueAuthority('test', validity);

/** A real webhook whose certificate the authority issued for these names. */
async function webhookFor(names: readonly string[], overrides: Parameters<typeof startWebhook>[0] = {}) {
  const leaf = await issueLeaf(authority, names, validity);
  const webhook = await startWebhook({
    tlsCertFile: file('tls.crt', leaf.certificate),
    tlsPrivateKeyFile: file('tls.key', leaf.privateKey),
    logLevel: 'silent',
    ...overrides,
  });
  closers.push(() => webhook.running.close());
  return webhook.running.port;
}

/** Something that has the right certificate, and answers whatever it likes. */
async function impostor(status: number, answer: (uid: string, path: string) => string): Promise<number> {
  const leaf = await issueLeaf(authority, ['localhost'], validity);
  const server = https.createServer({ cert: leaf.certificate, key: leaf.privateKey }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const review = JSON.parse(Buffer.concat(chunks).toString());
    response.writeHead(status).end(answer(review.request.uid, request.url ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return (server.address() as { port: number }).port;
}

interface Running extends Partial<Pick<ProbeOptions, 'clientCertFile' | 'clientKeyFile'>> {
  readonly timeout?: number;
  readonly address?: string;
  readonly onErr?: (text: string) => void;
}

async function run(url: string, caFile: string, { timeout = 0, address, onErr = () => {}, ...client }: Running = {}) {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => (out += text),
    err(text: string) {
      err += text;
      onErr(text);
    },
    input: async () => '',
  };
  const code = await probe(url, { caFile, timeout, ...client, ...(address === undefined ? {} : { address }) }, io);
  return { code, out: out.trimEnd().split('\n'), err };
}

const trusted = file('ca.crt', authority.certificate);

describe('exit code 0', () => {
  test('a webhook with the default policy', async () => {
    const url = `https://localhost:${await webhookFor(['localhost'])}`;
    expect(await run(`${url}/`, trusted)).toEqual({
      code: 0,
      out: [
        `ok    POST ${url}/mutate  The example of “Creating an Endpoints Object” comes out as its example response`,
        `ok    POST ${url}/validate  It is valid`,
        `ok    POST ${url}/validate  Refused by well-formed`,
      ],
      err: '',
    });
  });

  test('of several authorities one will do, as while a CA is replaced', async () => {
    const url = `https://localhost:${await webhookFor(['localhost'])}`;
    const both = file('both.crt', `${other.certificate}\n${authority.certificate}`);
    expect(await run(url, both)).toMatchObject({ code: 0 });
  });

  test('a webhook whose name leads nowhere, at its address', async () => {
    const port = await webhookFor(['webhook.shop.svc']);
    expect(await run(`https://webhook.shop.svc:${port}`, trusted, { address: '127.0.0.1' })).toMatchObject({ code: 0 });
  });

  test.each([
    ['records only', 'mode: audit', ['', '', 'answered otherwise']],
    [
      'fills in nothing',
      'defaults: {protocol: {enabled: false}, pack-subsets: {enabled: false}}',
      ['answered otherwise', '', ''],
    ],
  ])('a webhook whose policy %s', async (_, policy, notes) => {
    const text = `apiVersion: endpoints-webhook.io/v1alpha1\nkind: Policy\n${policy}\n`;
    const port = await webhookFor(['localhost'], { policy: file('policy.yaml', text) });
    const { code, out, err } = await run(`https://localhost:${port}`, trusted);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const [i, note] of notes.entries()) expect(out[i]).toContain(note);
  });

  test('a webhook whose policy refuses the example', async () => {
    const rules = ['', 'forbidden-network', 'well-formed,forbidden-network'];
    const port = await impostor(200, (uid, path) =>
      JSON.stringify({ response: { uid, allowed: path === '/mutate', auditAnnotations: { rules: rules.shift() } } }),
    );
    const { code, out } = await run(`https://localhost:${port}`, trusted);
    expect({ code, last: out.at(-1) }).toEqual({
      code: 0,
      last: expect.stringMatching(/^ok .*answered otherwise: its policy/),
    });
  });

  test('a webhook that comes up, and an authority that is filled in, while it waits', async () => {
    const reserved = createServer();
    await new Promise<void>((resolve) => reserved.listen(0, '127.0.0.1', resolve));
    const { port } = reserved.address() as { port: number };
    await new Promise((resolve) => reserved.close(resolve));
    const caFile = file('late.crt', '');
    const fix = (text: string) => {
      if (text.includes('no PEM')) writeFileSync(caFile, other.certificate);
      else if (text.includes('ECONNREFUSED')) void webhookFor(['localhost'], { port });
      else writeFileSync(caFile, authority.certificate);
    };
    const { code, err } = await run(`https://localhost:${port}`, caFile, { timeout: 20_000, onErr: fix });
    expect(code).toBe(0);
    expect(err).toMatch(
      /waiting: .*late\.crt holds no PEM certificate\nwaiting: .*ECONNREFUSED.*\nwaiting: .*certificate/,
    );
    expect(err.match(/ECONNREFUSED [^;]*127/g)).toHaveLength(1);
  });
});

describe('exit code 1', () => {
  test('a certificate for another name, at the right address', async () => {
    const port = await webhookFor(['localhost']);
    const { code, err } = await run(`https://webhook.shop.svc:${port}`, trusted, { address: '127.0.0.1' });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/does not match.*webhook\.shop\.svc/) });
  });

  test('nobody listens', async () => {
    const { code, out, err } = await run('https://127.0.0.1:1', trusted, { timeout: 1500 });
    expect({ code, out }).toEqual({
      code: 1,
      out: [
        'WRONG POST https://127.0.0.1:1/mutate  The example of “Creating an Endpoints Object” comes out as its example response',
      ],
    });
    expect(err).toBe(
      'waiting: connect ECONNREFUSED 127.0.0.1:1\nendpoints-webhook: not reached: connect ECONNREFUSED 127.0.0.1:1\n',
    );
  });

  test.each([
    ['another authority', ['localhost'], () => file('other.crt', other.certificate), /certificate/],
    ['another name', ['elsewhere.example'], () => trusted, /Hostname\/IP does not match.*localhost/],
    ['no authority', ['localhost'], () => file('empty.crt', ''), /empty\.crt holds no PEM certificate/],
    ['no file', ['localhost'], () => join(folder, 'nowhere'), /cannot read .*nowhere/],
  ])('%s', async (_, names, caFile, reason) => {
    const { code, err } = await run(`https://localhost:${await webhookFor(names)}`, caFile());
    expect(code).toBe(1);
    expect(err).toMatch(reason);
  });

  const review = (response: object) => JSON.stringify({ response });
  test.each<[string, number, (uid: string, path: string) => string, RegExp]>([
    ['not found', 404, () => 'no such page', /HTTP 404 and not an AdmissionReview.*no such page/],
    ['not a review', 200, () => '[]', /HTTP 200 and not an AdmissionReview/],
    ['another uid', 200, () => review({ uid: 'x', allowed: true }), /the uid of the review/],
    ['refuses to patch', 200, (uid) => review({ uid, allowed: false }), /the patch must be/],
    ['allows everything', 200, (uid) => review({ uid, allowed: true }), /must be denied with code 422/],
    [
      'refuses everything',
      200,
      (uid, path) =>
        review({ uid, allowed: path === '/mutate', status: { code: 500 }, auditAnnotations: { decision: 'denied' } }),
      /it must be allowed/,
    ],
    [
      'finds everything malformed',
      200,
      (uid, path) => review({ uid, allowed: path === '/mutate', auditAnnotations: { rules: 'well-formed' } }),
      /it must be allowed/,
    ],
  ])('%s', async (_, status, answer, reason) => {
    const { code, out, err } = await run(`https://localhost:${await impostor(status, answer)}`, trusted, {
      timeout: 20_000,
    });
    expect({ code, last: out.at(-1)?.slice(0, 5) }).toEqual({ code: 1, last: 'WRONG' });
    expect(err).toMatch(reason);
    expect(err).not.toContain('waiting');
  });
});

test.each(['', 'localhost:443', 'http://localhost', 'https://localhost/?a=b'])(
  '%j is not a URL to probe',
  async (url) => {
    await expect(run(url, trusted)).rejects.toThrow('write https://host:port');
  },
);

test('the command line', async () => {
  const seen: unknown[] = [];
  const nothing = async () => 0;
  const note = async (...given: unknown[]) => seen.push(...given);
  const actions = {
    serve: nothing,
    check: nothing,
    audit: nothing,
    verify: nothing,
    printAdmissionPolicies: nothing,
    ...{ checkPolicy: nothing, showPolicy: nothing, explainPolicy: nothing, suggestPolicy: nothing },
    demo: nothing,
    probe: note,
  };
  const parse = async (...words: string[]) => {
    const program = createProgram('1.2.3', actions, () => {});
    for (const command of program.commands) command.configureOutput({ writeErr: () => {} });
    await program.parseAsync(['node', 'endpoints-webhook', 'probe', ...words]);
  };
  await parse('https://a', '--ca-file', 'ca.crt');
  await parse('https://a', '--ca-file', 'ca.crt', '--timeout', '1m30s');
  expect(seen).toEqual([
    'https://a',
    { caFile: 'ca.crt', timeout: 60_000 },
    'https://a',
    { caFile: 'ca.crt', timeout: 90_000 },
  ]);
  await expect(parse('https://a')).rejects.toThrow('--ca-file');
  await expect(parse('https://a', '--ca-file', 'ca.crt', '--timeout', '90')).rejects.toThrow('Give a duration');
});

describe('a webhook that answers only clients with a certificate', () => {
  const start = async () =>
    `https://localhost:${await webhookFor(['localhost'], { clientCaFile: trusted, clientName: ['probe'] })}`;
  const keyPair = async (commonName: string) => {
    const { certificate, privateKey } = await issueClient(authority, { commonName });
    return { clientCertFile: file('client.crt', certificate), clientKeyFile: file('client.key', privateKey) };
  };

  test('answers with it', async () => {
    expect((await run(await start(), trusted, await keyPair('probe'))).code).toBe(0);
  });

  test('is not reached without it, or with another', async () => {
    const without = await run(await start(), trusted);
    expect(without.code).toBe(1);
    expect(without.err).toMatch(/not reached: .*certificate required/);
    const other = await run(await start(), trusted, await keyPair('other'));
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/not reached: (?:socket hang up|.*ECONNRESET)/);
  });

  test('half of it is refused', async () => {
    await expect(run('https://localhost', trusted, { clientCertFile: trusted })).rejects.toThrow(/belong together/);
    await expect(run('https://localhost', trusted, { clientKeyFile: trusted })).rejects.toThrow(/belong together/);
  });
});
