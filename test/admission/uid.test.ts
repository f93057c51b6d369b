import { expect, test } from 'vitest';
import { prefixLength, uidFromPrefix } from '../../src/admission/uid.ts';

const uid = (text: string | Buffer) => uidFromPrefix(Buffer.from(text as string));
const head = '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1",';

test.each([
  ['as an API server writes it', `${head}"request":{"uid":"7c1","kind":{"group":""},"object":{"meta`, '7c1'],
  ['with spaces', ' {\n "request" :\t{ "uid" : "7c1" } }', '7c1'],
  [
    'after nested decoys',
    '{"a":{"uid":"no"},"request":{"object":{"uid":"no","metadata":{"uid":"no"}},"x":["uid","no"],"uid":"yes"',
    'yes',
  ],
  ['after a decoy outside of the request', '{"uid":"no","requests":{"uid":"no"},"request":{"uid":"yes"}', 'yes'],
  ['after decoys in lists', '[{"request":{"uid":"no"}}]', undefined],
  [
    'after decoys in strings',
    String.raw`{"a":"\"request\":{\"uid\":\"no\"}","b":"{","request":{"c":"\\","uid":"yes"`,
    'yes',
  ],
  [
    'after values named uid and request',
    '{"a":"request","b":{"c":"uid","d":"x"},"request":{"a":"uid","uid":"yes"',
    'yes',
  ],
  ['with escapes in keys and value', String.raw`{"\u0072equest":{"u\u0069d":"a\/\u0062"`, 'a/b'],
  ['beyond ASCII', '{"ключ":"значение","request":{"ключ":1,"uid":"ü😀"', 'ü😀'],
  ['of 256 characters', `{"request":{"uid":"${'u'.repeat(256)}"`, 'u'.repeat(256)],
  ['of 257 characters', `{"request":{"uid":"${'u'.repeat(257)}"`, undefined],
  ['that is empty', '{"request":{"uid":"","uid":"x"', undefined],
  ['that is cut off', '{"request":{"uid":"7c', undefined],
  ['that is cut off in an escape', '{"request":{"uid":"7c\\', undefined],
  ['before its value', '{"request":{"uid":', undefined],
  ['that is a number', '{"request":{"uid":5,"name":"web"}}', undefined],
  ['that is a list', '{"request":{"uid":["x"]}}', undefined],
  ['that is an object', '{"request":{"uid":{"uid":"x"}}}', undefined],
  ['with a bad escape', String.raw`{"request":{"uid":"\x"`, undefined],
  ['deeper than the second level', '{"request":{"request":{"uid":"x"}}}', undefined],
  ['in a list of requests', '{"request":[{"uid":"x"}]}', undefined],
  ['of another object', '{"request":{}}{"request":{"uid":"x"}}', undefined],
  ['after the request', '{"request":{"a":1},"uid":"x","b":{"uid":"x"}}', undefined],
  ['after 63 levels', `{"a":${'['.repeat(63)}${']'.repeat(63)},"request":{"uid":"x"`, 'x'],
  ['after 64 levels', `{"a":${'['.repeat(64)}${']'.repeat(64)},"request":{"uid":"x"`, undefined],
  ['in nothing', '', undefined],
  ['in a string', '"uid"', undefined],
  ['in closing brackets', '}}}}', undefined],
])('a uid %s', (_, text, expected) => expect(uid(text)).toBe(expected));

test('a uid that is not UTF-8 is none', () =>
  expect(
    uid(Buffer.concat([Buffer.from('{"request":{"uid":"a'), Buffer.from([0xff]), Buffer.from('"}}')])),
  ).toBeUndefined());

test('no more than the prefix is searched', () => {
  const padded = (n: number) => `{"request":{"a":"${'x'.repeat(n)}","uid":"7c1"`;
  const most = prefixLength - padded(0).length;
  expect([uid(padded(most)), uid(padded(most + 1))]).toEqual(['7c1', undefined]);
});
