import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addBinding, grantsOf, type Holders } from '../../src/audit/access.ts';
import { addRole, type Roles } from '../../src/audit/roles.ts';
import { addObject, emptyTally } from '../../src/audit/tally.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { formatHtml } from '../../src/report/html.ts';
import { html, Markup } from '../../src/report/markup.ts';
import type { Report } from '../../src/report/report.ts';
import { clusterOf } from '../../src/state/cluster-of.ts';

const policy = defaultPolicy();
const suppressed = { objects: 0, violations: 0 };

/** A report in which every name is hostile. */
function reportOf(name: string): Report {
  const tally = emptyTally();
  const metadata = { namespace: name, name };
  const evidence = { cluster: clusterOf([]), knowsPods: () => true, services: new Map(), knowsServices: () => true };
  addObject(
    tally,
    'Endpoints',
    { metadata, subsets: [{ addresses: [{ ip: name, hostname: name }] }] },
    policy,
    evidence,
  );
  const roles: Roles = new Map();
  const holders: Holders = new Map();
  const selector = { matchLabels: { [name]: name } };
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['create'], resourceNames: [name] }];
  addRole(roles, 'ClusterRole', { metadata, rules, aggregationRule: { clusterRoleSelectors: [selector] } });
  const subjects = [{ kind: name, name, namespace: name }];
  addBinding(holders, 'RoleBinding', { metadata, roleRef: { kind: 'ClusterRole', name }, subjects }, roles);
  return {
    ...{ tool: name, date: '2026-01-01T00:00:00.000Z', cluster: { host: name, version: name }, namespace: name },
    policy: { source: name, mode: 'enforce', digest: name, yaml: name },
    objects: { Endpoints: 1, EndpointSlice: 0, Service: 0 },
    ...{ exempt: 0, suppressed: { ownPods: suppressed, apiServer: suppressed }, found: tally.found },
    ...{ grants: grantsOf(roles, holders, 'count'), unread: [{ what: name, why: name }] },
  };
}

const tags = (page: string) => page.match(/<[^>]*>/g) ?? [];

const markup = fc.stringMatching(/^[<>"'&;/=a-z \n`{}$-]{1,40}$/);
const attack = fc.constantFrom(
  '<script>',
  '"><img src=x onerror=1>',
  "' onload='",
  '</style>',
  '<!--',
  ']]>',
  '&lt;',
  '\u202e<b>',
  '\ud800<',
  '\u0000<',
);

test('no name of a cluster makes or changes an element', () => {
  const harmless = ['x', 'X_', '', '127.0.0.1', '10.0.0.1'].flatMap((name) => tags(formatHtml(reportOf(name))));
  const known = new Set(harmless);
  fc.assert(
    fc.property(fc.oneof(attack, markup, fc.string({ unit: 'binary', minLength: 1 })), (name) => {
      expect(tags(formatHtml(reportOf(name))).filter((tag) => !known.has(tag))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('what cannot be seen is shown', () => {
  expect(html`${'a\u202eb\u001b\u0085\ud800\nc'}`.text).toBe('a\\u202eb\\u001b\\u0085\\ud800\\u000ac');
  expect(html`${new Markup('<b>')}${[html`<i>`]}${7}${`<&>"'`}`.text).toBe('<b><i>7&lt;&amp;&gt;&quot;&#39;');
});

test('nothing is loaded and nothing runs', () => {
  const page = formatHtml(reportOf('x'));
  expect(page).toContain(`content="default-src 'none'; style-src 'sha256-`);
  expect(page).not.toMatch(/<(?:script|link|img|iframe|object|embed|form|base)\b/i);
  expect(page).not.toMatch(/\b(?:src|href|on\w+|style)=/i);
  expect(page).not.toMatch(/@import|url\(/i);
});
