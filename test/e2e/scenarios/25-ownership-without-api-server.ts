import { beforeAll, expect, test } from 'vitest';
import { api } from '../support/api.ts';
import { restartApiServer as restart } from '../support/api-server.ts';
import { readEnvironment } from '../support/environment.ts';
import { kinds } from '../support/kinds.ts';
import { needs } from '../support/needs.ts';
import { type Owned, ownership, write } from '../support/ownership.ts';
import { run, succeeded } from '../support/program.ts';
import { settled } from '../support/release.ts';
import { literally, note } from '../support/report.ts';
import { startAsker } from '../support/reviews.ts';
import { pause, until } from '../support/until.ts';

const { restartApiServer, pauseApiServer } = readEnvironment();
const pausedSeconds = 95; // a watch that says nothing is given up after 75 s, and what is known counts for 5 s more
let owned: Owned;

beforeAll(async () => {
  owned = await ownership();
});

test(
  'while the API server is restarted under writes nothing is decided wrongly',
  needs(restartApiServer, 'give E2E_RESTART_API_SERVER=<command>'),
  async () => {
    const decided: { own: boolean; status: number; text: string }[] = [];
    let running = true;
    const work = async (ip: string) => {
      for (let i = 0; running; i++) {
        const kind = kinds[i % 2] ?? kinds[0];
        const answer = await write(kind, owned.namespace, ip, owned.tenant).catch(() => undefined);
        if (answer) decided.push({ own: ip === owned.own, status: answer.status, text: answer.text });
        await pause(40);
      }
    };
    const working = [owned.own, owned.victim.pod].map(work);
    await pause(2000);
    await restart(restartApiServer ?? '');
    await pause(8000);
    running = false;
    await Promise.all(working);
    const allowed = decided.filter(({ own, status }) => own && status === 201);
    const refused = decided.filter(({ own, status }) => !own && status === 403);
    note(
      'ownership',
      `- The API server restarted under writes: ${allowed.length} own addresses were allowed, ${refused.length} others' refused, none decided wrongly.`,
    );
    expect(decided.filter(({ own, status }) => !own && status === 201)).toEqual([]);
    expect(decided.filter(({ own, text }) => own && text.includes('[endpoints-webhook'))).toEqual([]);
    expect(Math.min(allowed.length, refused.length)).toBeGreaterThan(50);
  },
);

test(
  'while the API server does nothing what is refused says that it could not be asked, and then all is',
  needs(pauseApiServer, 'give E2E_PAUSE_API_SERVER=<command>'),
  async () => {
    const readSaid = await startAsker(owned.namespace, [owned.own, owned.victim.pod]);
    await until('it is answered', async () => (await readSaid()).length > 8);
    const from = Date.now();
    succeeded(await run('bash', ['-c', `${pauseApiServer} ${pausedSeconds}`]), 'pausing the API server');
    const to = Date.now();
    const ready = async () =>
      (
        await api()
          .get('/readyz', { timeout: 2000 })
          .catch(() => undefined)
      )?.status === 200;
    await until('the API server is ready', ready);
    await settled(2);
    await until('own pods may be listed again', async () =>
      (await readSaid()).some(({ at, address, allowed }) => at > to && address === owned.own && allowed),
    );
    const said = await readSaid();
    const during = said.filter(({ at }) => at > from + 2000 && at < to - 8000);
    const of = (address: string, since: number, until: number) =>
      during.filter((one) => one.address === address && one.at > from + since * 1000 && one.at < from + until * 1000);
    const [foreign, known] = [of(owned.victim.pod, 0, 60), of(owned.own, 0, 60)];
    const stale = [owned.own, owned.victim.pod].flatMap((address) => of(address, 85, pausedSeconds));
    expect(Math.min(foreign.length, known.length, stale.length)).toBeGreaterThan(5);
    expect(during.filter(({ address, allowed }) => address === owned.victim.pod && allowed)).toEqual([]);
    for (const one of foreign) expect(one.message).toContain('(could not ask whether that is still so: ');
    expect(known.filter(({ allowed }) => !allowed)).toEqual([]);
    for (const one of stale)
      expect([one.allowed, one.message]).toEqual([false, expect.stringContaining('cannot be judged: ')]);
    const texts = [foreign.at(-1), stale.at(-1)].map((one) => one?.message).join('\n');
    note(
      'ownership',
      `- What is said of another tenant's pod, and at last of every address, while the API server does nothing for ${pausedSeconds} s:\n${literally(texts)}`,
    );
  },
);
