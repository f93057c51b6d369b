import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import definitions from '../../charts/endpoints-webhook/values.defs.json' with { type: 'json' };
import { alerts } from '../support/chart-alerts.ts';

const pages = globSync('docs/runbooks/*.md').sort();
const names = alerts.map(({ alert }) => alert);

test('each alert has a page, and each page an alert', () => {
  expect(pages.map((page) => basename(page, '.md'))).toEqual(names.toSorted());
});

test.each(pages)('%s says what it means, how to look, what to do, and how to break the glass', (page) => {
  const text = readFileSync(page, 'utf8');
  const [title = '', ...sections] = text.split(/^#+ /m).slice(1);
  expect(title.trim()).toBe(basename(page, '.md'));
  expect(sections.map((section) => section.split('\n')[0])).toEqual([
    'What it means',
    'How to look',
    'What to do',
    'Break glass',
  ]);
  for (const section of sections) expect(section.split('\n').slice(1).join('').length).toBeGreaterThan(40);
});

test('docs/monitor.md lists each alert, with its severity and what it waits for', () => {
  const rows = [
    ...readFileSync('docs/monitor.md', 'utf8').matchAll(
      /^\| \[(\w+)\]\(runbooks\/(\w+)\.md\) \| (\w+) \| ([\w ]+) \|/gm,
    ),
  ];
  const listed = rows.map(([, name, page, severity, after]) => ({ name, page, severity, after }));
  expect(listed).toEqual(
    alerts.map((alert) => {
      const after = alert.for === '0s' ? 'at once' : alert.for;
      return { name: alert.alert, page: alert.alert, severity: alert.severity, after };
    }),
  );
});

test('the values know each alert, and which have a threshold', () => {
  const known = Object.entries(definitions.alerts.properties).map(([name, { $ref }]) => [name, $ref]);
  const kind = (hasThreshold: boolean) => `#/$defs/${hasThreshold ? 'alertWithThreshold' : 'alert'}`;
  expect(known).toEqual(alerts.map((alert) => [alert.alert, kind(alert.threshold !== undefined)]));
});

test('every alert says in whole sentences what is the matter, and asks for no more than it is given', () => {
  for (const { alert, summary, description, expr, threshold, severity } of alerts) {
    expect(summary, alert).toMatch(/^[^<>{}]+\.$/);
    expect(description, alert).toMatch(/^.+\.$/s);
    expect(['critical', 'warning', 'info']).toContain(severity);
    expect(expr.includes('<threshold>'), alert).toBe(threshold !== undefined);
  }
});
