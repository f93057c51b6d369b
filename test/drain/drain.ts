// Restarts replicas in turn while a client like the API server asks them, and demands that it never notices. Needs Go and `npm run build`.
// `--shutdown-drain 0s` shows that it can fail.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { issueAuthority, issueLeaf } from '../../src/certificates/issue.ts';
import { createExchanges } from '../../src/demo/exchanges.ts';
import { killAll, type Replica, start, startReplica } from './replica.ts';

const { values } = parseArgs({
  options: {
    'shutdown-drain': { type: 'string', default: '1s' },
    restarts: { type: 'string', default: '50' },
  },
});
const restarts = Number(values.restarts);
const leastCalls = restarts * 100;
const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-drain-'));

interface Tally {
  readonly calls: number;
  readonly connections: number;
  readonly errors: Readonly<Record<string, number>>;
}

process.on('exit', () => {
  killAll();
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
process.exit(await main());

async function main(): Promise<number> {
  if (!existsSync('dist/endpoints-webhook.cjs')) throw new Error('there is no bundle: npm run build');
  const began = performance.now();
  const client = startClient(await writeInputs());
  const exits = await restartInTurn(client.tell);
  const { calls, connections, errors } = await client.finish();
  const lost = Object.values(errors).reduce((sum, count) => sum + count, 0);
  const bad = exits.filter((exit) => exit !== 0);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `${calls} calls over ${connections} connections, ${restarts} restarts with a drain of ${values['shutdown-drain']}, ${lost} errors, ${seconds} s`,
  );
  for (const [text, count] of Object.entries(errors)) console.log(`  ${count} x ${text}`);
  if (bad.length > 0)
    console.log(`  ${bad.length} of ${exits.length} processes ended with ${[...new Set(bad)].join()}, not 0`);
  if (calls < leastCalls) console.log(`  fewer than ${leastCalls} calls prove nothing`);
  return lost === 0 && bad.length === 0 && calls >= leastCalls ? 0 : 1;
}

/** Makes the client, and what it and the replicas read. */
async function writeInputs() {
  const client = join(folder, 'client');
  execFileSync('go', ['build', '-o', client, '.'], {
    cwd: 'test/drain/client',
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const validity = { now: new Date(), lifetime: 3_600_000 };
  const authority = await issueAuthority('drain', validity);
  const leaf = await issueLeaf(authority, ['localhost'], validity);
  const valid = createExchanges().find(({ path }) => path === '/validate');
  if (!valid) throw new Error('there is no example to send');
  writeFileSync(join(folder, 'ca.crt'), authority.certificate);
  writeFileSync(join(folder, 'tls.crt'), leaf.certificate);
  writeFileSync(join(folder, 'tls.key'), leaf.privateKey);
  writeFileSync(join(folder, 'review.json'), valid.body.replace(valid.uid, 'UID'));
  return client;
}

function startClient(command: string) {
  const child = start(command, ['-ca', join(folder, 'ca.crt'), '-review', join(folder, 'review.json')], 'pipe');
  let out = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    tell: (addresses: Iterable<string>) => child.stdin?.write(`${[...addresses].join(' ')}\n`),
    async finish(): Promise<Tally> {
      child.stdin?.end();
      if ((await ended) !== 0) throw new Error('the client failed');
      return JSON.parse(out);
    },
  };
}

/** What each process ended with. A replica is terminated only when its replacement is in service, as in a rolling update. */
async function restartInTurn(tell: (addresses: Iterable<string>) => void): Promise<readonly (number | string)[]> {
  const addresses = new Set<string>();
  const changed = (address: string, inService: boolean) => {
    if (inService) addresses.add(address);
    else addresses.delete(address);
    tell(addresses);
  };
  const flags = Object.entries({
    port: '0',
    'operations-port': '0',
    'bind-address': '127.0.0.1',
    'shutdown-drain': values['shutdown-drain'],
    'tls-cert-file': join(folder, 'tls.crt'),
    'tls-private-key-file': join(folder, 'tls.key'),
    'log-level': 'warn',
  }).map(([name, value]) => `--${name}=${value}`);
  const add = async () => {
    const replica = await startReplica(flags, { period: 100, propagation: 500, changed });
    await replica.inService;
    return replica;
  };
  const serving: Replica[] = [await add(), await add()];
  const exits: Promise<number | string>[] = [];
  for (let restart = 0; restart < restarts; restart++) {
    serving.push(await add());
    const oldest = serving.shift();
    oldest?.child.kill('SIGTERM');
    if (oldest) exits.push(oldest.ended);
  }
  return Promise.all(exits);
}
