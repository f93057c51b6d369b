// What /metrics says, as Prometheus' own tool reads it. Installs nothing: says what is missing, and fails.
import { spawnSync } from 'node:child_process';
import { bad, createReview, startWebhook, updateReview } from '../support/webhook.ts';

const promtool = process.env.PROMTOOL ?? 'promtool';
const { running, ask, post, metrics } = await startWebhook();
const unused = await metrics();
await ask('/validate', createReview(bad));
await ask('/validate', updateReview(bad, bad));
await ask('/mutate', createReview());
await post('/validate', 'not JSON');
const used = await metrics();
await running.close();
process.exitCode = check('before any review', unused) && check('after some reviews', used) ? 0 : 1;

function check(when: string, text: string): boolean {
  const { error, status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  const said = error
    ? `cannot run promtool (${error.message}): install it (Debian: apt-get install prometheus), or name it in PROMTOOL\n`
    : stdout + stderr;
  const right = status === 0 && said === '' && text.includes('endpoints_webhook_');
  console.log(`${right ? 'ok  ' : 'FAIL'} promtool check metrics, ${when}: ${status}`);
  process.stderr.write(said);
  return right;
}
