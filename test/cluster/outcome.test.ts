import { ApiException } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { attempt, reasonOf } from '../../src/cluster/outcome.ts';

const failing = (error: unknown) => () => Promise.reject(error);
const answered = (code: number, body: unknown) => new ApiException(code, 'words of the client', body, {});

test('what a call gives is passed on', async () =>
  expect(await attempt(async () => 7)).toEqual({ result: 'ok', value: 7 }));

test.each<[unknown, string]>([
  [answered(404, ''), 'is gone'],
  [answered(409, ''), 'somebody else has just written it'],
  [answered(403, '{"message":"no such right"}'), 'the API server answered 403: no such right'],
  [answered(500, '{"message":7}'), 'the API server answered 500: {"message":7}'],
  [answered(502, 'null'), 'the API server answered 502: null'],
  [answered(502, '<html>'), 'the API server answered 502: <html>'],
  [answered(401, undefined), 'the API server answered 401: it does not accept our credentials'],
  [new Error('fetch failed', { cause: new Error('refused') }), 'the API server did not answer: refused'],
  [Object.assign(new Error(''), { code: 'ECONNRESET' }), 'the API server did not answer: ECONNRESET'],
  [new TypeError(''), 'the API server did not answer: TypeError'],
  ['words', 'the API server did not answer: words'],
])('%s', async (error, reason) => {
  const outcome = await attempt(failing(error));
  expect(outcome.result === 'ok' ? '' : reasonOf(outcome, 'is gone')).toBe(reason);
});
