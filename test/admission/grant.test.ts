import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { tellGrant } from '../../src/admission/grant.ts';
import { type AccessQuestion, accessQuestion } from '../../src/review/access.ts';

const question = (given: Partial<AccessQuestion> = {}): AccessQuestion => ({
  ...accessQuestion({
    kind: 'Endpoints',
    operation: 'CREATE',
    namespace: 'shop',
    requester: { user: 'alice', groups: [] },
    object: { metadata: { name: 'web' } },
  }),
  ...given,
});
const slices = { group: 'discovery.k8s.io', resource: 'endpointslices' } as const;

test.each<readonly [string, Partial<AccessQuestion>, string, string]>([
  [
    'an object',
    {},
    'role restricted-endpoints-web --namespace=shop --verb=create --resource=endpoints/restricted --resource-name=web',
    'rolebinding restricted-endpoints-web-alice --namespace=shop --role=restricted-endpoints-web --user=alice',
  ],
  [
    'a name that is generated',
    { name: '' },
    'role restricted-endpoints --namespace=shop --verb=create --resource=endpoints/restricted',
    'rolebinding restricted-endpoints-alice --namespace=shop --role=restricted-endpoints --user=alice',
  ],
  [
    'a slice',
    slices,
    'role restricted-endpointslices-web --namespace=shop --verb=create --resource=endpointslices.discovery.k8s.io/restricted --resource-name=web',
    'rolebinding restricted-endpointslices-web-alice --namespace=shop --role=restricted-endpointslices-web --user=alice',
  ],
  [
    'a service account',
    { user: 'system:serviceaccount:databases:patroni-0.a' },
    'role restricted-endpoints-web --namespace=shop --verb=create --resource=endpoints/restricted --resource-name=web',
    'rolebinding restricted-endpoints-web-databases:patroni-0.a --namespace=shop --role=restricted-endpoints-web --serviceaccount=databases:patroni-0.a',
  ],
  [
    'a user with a name that no object could have',
    { user: 'https://issuer.example.com#alice%40' },
    'role restricted-endpoints-web --namespace=shop --verb=create --resource=endpoints/restricted --resource-name=web',
    "rolebinding 'restricted-endpoints-web-https:--issuer.example.com#alice-40' --namespace=shop --role=restricted-endpoints-web --user='https://issuer.example.com#alice%40'",
  ],
])('what grants %s', (_, given, role, binding) =>
  expect(tellGrant(question(given))).toEqual([`kubectl create ${role}`, `kubectl create ${binding}`]),
);

describe('pasted into a shell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'endpoints-webhook-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [bin, here] = [join(folder, 'bin'), join(folder, 'here')];
  spawnSync('mkdir', [bin, here]);
  const seen = join(folder, 'seen');
  writeFileSync(join(bin, 'kubectl'), '#!/bin/sh\n{ printf "%s\\0" "$@"; printf "\\n"; } >> "$SEEN"\n');
  chmodSync(join(bin, 'kubectl'), 0o755);

  /** What a shell runs for the lines: the arguments of each kubectl. It must find nothing else to run, print or write. */
  function paste(lines: readonly string[], shell = 'bash'): string[][] {
    writeFileSync(seen, '');
    const env = { PATH: `${bin}:/usr/bin:/bin`, SEEN: seen, HOME: here, IFS: ':' };
    const { stdout, stderr, status } = spawnSync(`/bin/${shell}`, ['-c', lines.join('\n')], {
      ...{ cwd: here, env, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    expect({ status, out: stdout.toString(), err: stderr.toString() }).toEqual({ status: 0, out: '', err: '' });
    expect(readdirSync(here)).toEqual([]);
    const calls = readFileSync(seen, 'utf8').split('\0\n').slice(0, -1);
    return calls.map((call) => call.split('\0'));
  }

  /** What kubectl has to be given for names that a terminal shows as they are. */
  function wanted({ user, namespace, name }: { user: string; namespace: string; name: string }): string[][] {
    const role = `restricted-endpoints-${name}`;
    const rest = ['--verb=create', '--resource=endpoints/restricted', `--resource-name=${name}`];
    return [
      ['create', 'role', role, `--namespace=${namespace}`, ...rest],
      [
        'create',
        'rolebinding',
        `${role}-${user.replace(/[/%]/g, '-')}`,
        `--namespace=${namespace}`,
        `--role=${role}`,
        `--user=${user}`,
      ],
    ];
  }

  const hostile = [
    'Alice Smith',
    'alice@example.com',
    'https://issuer.example.com#alice',
    'CN=alice,O=shop',
    'système:é',
    "o'brien",
    "'; touch pwned; '",
    "'\\''; touch pwned; echo '\\''",
    "\\'; touch pwned; \\'",
    '"; touch pwned; "',
    '$(touch pwned)',
    '`touch pwned`',
    '$HOME $IFS',
    'a; touch pwned',
    'a & touch pwned',
    'a | touch pwned',
    'a && touch pwned',
    '> pwned',
    '< /etc/passwd',
    '# comment',
    '*',
    '~root',
    '{a,b}',
    '[a-z]?',
    '!!',
    '\\',
    '\\\\',
    'a\\',
    "\\'",
    '-rf',
    '--all-namespaces',
    '--user=root',
    '%USERPROFILE%',
    '^',
    "'",
    "''",
    'system:serviceaccount:shop:a b',
    'system:serviceaccount:shop:$(touch pwned)',
    'system:serviceaccount:shop',
    'system:serviceaccount:shop:a:b',
  ];
  test.each(hostile)('%j is one argument', (text) => {
    const names = { user: text, namespace: text, name: text };
    expect(paste(tellGrant(question(names)))).toEqual(wanted(names));
  });

  test.each(['bash', 'sh'])('any names at all, in %s', (shell) => {
    const piece = fc.constantFrom(
      ...hostile,
      'a',
      ' ',
      '\n',
      '\t',
      '\u0000',
      '\u001b[2K',
      '\u202e',
      '’',
      '\ud800',
      'é',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, text), { minLength: 10, maxLength: 10 }), (all) => {
        const calls = paste(
          all.flatMap(([user, namespace, name]) => tellGrant(question({ user, namespace, name }))),
          shell,
        );
        const expected = all.flatMap(([user, namespace, name]) => {
          const role = expect.stringMatching(/^restricted-endpoints(-|$)/);
          const named = name === '' ? [] : [expect.toBeOneOf([`--resource-name=${name}`, '--resource-name=<name>'])];
          const where = expect.toBeOneOf([`--namespace=${namespace}`, '--namespace=<namespace>']);
          return [
            ['create', 'role', role, where, '--verb=create', '--resource=endpoints/restricted', ...named],
            [
              ...['create', 'rolebinding', role, where],
              expect.stringMatching(/^--role=restricted-endpoints(-|$)/),
              expect.toBeOneOf([`--user=${user}`, '--user=<user>']),
            ],
          ];
        });
        expect(calls).toEqual(expected);
      }),
      { numRuns: 6 },
    );
  });
});

describe('what a terminal would not show as it is', () => {
  test.each([
    ['a line feed', 'a\nkubectl delete ns'],
    ['a carriage return', 'a\rb'],
    ['a tab', 'a\tb'],
    ['an escape sequence', '\u001b[2Ka'],
    ['C1', 'a\u009bK'],
    ['DEL', 'a\u007f'],
    ['NUL', 'a\u0000'],
    ['a bidirectional override', 'a\u202eb'],
    ['a zero-width space', 'a\u200bb'],
    ['a soft hyphen', 'a\u00adb'],
    ['a word joiner', 'a\u2060b'],
    ['a variation selector', 'a\ufe0fb'],
    ['a tag', 'a\u{e0041}b'],
    ['a Hangul filler', 'a\u3164b'],
    ['an empty braille cell', 'a\u2800b'],
    ['a no-break space', 'a\u00a0b'],
    ['an ideographic space', 'a\u3000b'],
    ['a line separator', 'a\u2028b'],
    ['half a character', 'a\ud800'],
    ['a private character', 'a\ue000b'],
    ['no character', 'a\u{10ffff}b'],
    ['what PowerShell takes for a quote', 'a\u2019b'],
    ['a command to a CI system', 'a##vso[task.complete]'],
    ['a long name', 'a'.repeat(254)],
  ])('%s gives way to a placeholder', (_, text) => {
    expect(tellGrant(question({ user: text }))[1]).toMatch(/ --user='<user>'$/);
    expect(tellGrant(question({ namespace: text }))[0]).toContain(` --namespace='<namespace>' `);
    const [role, binding] = tellGrant(question({ name: text }));
    expect(role).toMatch(/ role 'restricted-endpoints-<name>' .* --resource-name='<name>'$/);
    expect(binding).toContain(` --role='restricted-endpoints-<name>' `);
  });

  test('so does no name at all', () => {
    expect(tellGrant(question({ user: '', namespace: '' }))[1]).toBe(
      `kubectl create rolebinding 'restricted-endpoints-web-<user>' --namespace='<namespace>' --role=restricted-endpoints-web --user='<user>'`,
    );
  });
});
