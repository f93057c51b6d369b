// What /metrics says, and the chart's alerts, as Prometheus' own tool reads them. Installs nothing: says what is missing, and fails.
import { spawnSync } from 'node:child_process';
import { bad, createReview, startWebhook, updateReview } from '../support/webhook.ts';
import { checkAlerts } from './alerts.ts';
import { typeMonitorPage } from './monitor-page.ts';

const program = process.env.PROMTOOL ?? 'promtool';
const { running, ask, post, metrics } = await startWebhook();
const unused = await metrics();
await ask('/validate', createReview(bad));
await ask('/validate', updateReview(bad, bad));
await ask('/mutate', createReview());
await post('/validate', 'not JSON');
const used = await metrics();
await running.close();
const failed = Object.entries({
  'promtool check metrics, before any review': checkMetrics(unused),
  'promtool check metrics, after some reviews': checkMetrics(used),
  ...checkAlerts((...args) => promtool(args)),
  'the commands of docs/monitor.md': typeMonitorPage(program),
}).filter(([what, said]) => {
  console.log(`${said === '' ? 'ok  ' : 'FAIL'} ${what}`);
  process.stderr.write(said);
  return said !== '';
});
process.exitCode = failed.length === 0 ? 0 : 1;

function checkMetrics(text: string): string {
  return text.includes('endpoints_webhook_') ? promtool(['check', 'metrics'], text) : 'there are no metrics of ours\n';
}

/** What it has to say against its input; empty where it is right. */
function promtool(args: readonly string[], input = ''): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (error)
    return `cannot run promtool (${error.message}): install it (Debian: apt-get install prometheus), or name it in PROMTOOL\n`;
  const checksMetrics = args[1] === 'metrics'; // of which any word is a complaint
  return status === 0 && !(checksMetrics && stdout + stderr !== '') ? '' : `${stdout}${stderr}ended with ${status}\n`;
}
