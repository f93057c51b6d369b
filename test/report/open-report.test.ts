import { expect, test } from 'vitest';
import type { Found } from '../../src/audit/found.ts';
import { listOf } from '../../src/json/fields.ts';
import { writeOpenReport } from '../../src/report/open-report.ts';
import { forbiddenNetwork } from '../../src/rules/forbidden-network.ts';

const found = (name: string, message: string): Found => ({
  subject: { kind: 'Endpoints', namespace: 'shop', name, service: 'none' },
  ...{ rule: forbiddenNetwork, enforcement: 'deny', rest: [], count: 1 },
  items: [{ finding: { path: ['subsets'], message }, value: '\ud800' }],
});

test('results that are larger than any rule makes them are cut, and so many are written as an API server stores', () => {
  const all = Array.from({ length: 900 }, (_, n) => found(`web-${n}`, '語'.repeat(5000)));
  const report = writeOpenReport({ namespace: 'shop', name: 'guard' }, all, new Date());
  const results = listOf(report.results);
  expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(1.1 * 1024 * 1024);
  expect(results.length).toBeGreaterThan(250);
  expect(results.length).toBeLessThan(600);
  expect(results.at(-1)).toMatchObject({ rule: 'left-out', properties: { leftOut: String(901 - results.length) } });
  expect(report.summary).toEqual({ pass: 0, fail: 900, warn: 0, error: 0, skip: 1 });
});

test('half a character, which no API server stores, is written as it would come back', () => {
  const report = writeOpenReport({ namespace: 'shop', name: 'guard' }, [found('web', 'half: \ud800')], new Date());
  const [result] = listOf(report.results);
  expect(result).toMatchObject({ message: expect.stringContaining('half: \ufffd'), properties: { value: '\ufffd' } });
});
