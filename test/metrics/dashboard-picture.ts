import { writeFileSync } from 'node:fs';
import { findChromium, startChromium } from '../browser/chromium.ts';

/** Some panels of the dashboard, as Prometheus' own page draws them. */
export const picture = 'docs/dashboard.png';

/** One query each, the first. */
const drawn = [
  'Reviews by decision',
  'Refusals by rule',
  'From the arrival to the answer',
  'RBAC exemptions by answer',
];

const size = [1240, 1200] as const;

/** Two beside each other, each with its query, without what is there to be clicked. */
const style = `
  .navbar, .query-history, #add_graph, .eval_stats, .execute_btn, .expression_select, .nav-tabs, .prometheus_input_group,
  .stacked_btn, .pull-left, .text-right, .glyphicon { display: none !important }
  html, body { overflow: hidden }
  #graph_container { display: flex; flex-wrap: wrap }
  .graph_wrapper { width: 50%; margin: 0; padding: 4px 8px }
  .query_form, .form-row { margin: 0; padding: 0 }
  .expression_input { font-size: 10px; height: 36px !important; resize: none; border: none; overflow: hidden }
  .col-lg-10, .col-lg-12 { max-width: 100%; flex: 0 0 100% }
  .tab-pane { border: none }
  .legend { column-count: 2 }`;

/** Draws what was in the last seconds. Rejects where there is no Chromium. */
export async function drawPicture(
  prometheus: string,
  seconds: number,
  all: readonly { readonly title: string; readonly query: string }[],
): Promise<void> {
  const program = findChromium();
  if (program === undefined)
    throw new Error('no Chromium here: install one (Debian: apt-get install chromium), or name it in CHROMIUM');
  const queries = drawn.map((title) => all.find((one) => one.title === title)?.query ?? '');
  const browser = await startChromium(program);
  try {
    const isDrawn = `document.querySelectorAll('.rickshaw_graph svg').length === ${queries.length}`;
    await browser.visit(`${prometheus}/classic/graph?${parametersOf(queries, seconds)}`, size, isDrawn);
    await browser.evaluate(`
      document.head.appendChild(document.createElement('style')).textContent = ${JSON.stringify(style)};
      scrollTo(0, 0);
      dispatchEvent(new Event('resize'));
      new Promise((resolve) => setTimeout(resolve, 1000));`);
    writeFileSync(picture, await browser.picture(...size));
  } finally {
    await browser.close();
  }
}

function parametersOf(queries: readonly string[], seconds: number): URLSearchParams {
  const settings = queries.flatMap((query, i) =>
    Object.entries({ expr: query, range_input: `${seconds}s`, tab: '0' }).map(([name, value]) => [
      `g${i}.${name}`,
      value,
    ]),
  );
  return new URLSearchParams(settings);
}
