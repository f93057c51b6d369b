/** Commands that only blocks.test.ts looks at: how they are written, their flags, the values that they set. */
const written = 'test/docs/blocks.test.ts';

/** By what the commands of each document are known to work. A document with commands that is not here fails blocks.test.ts. */
export const proofs: Readonly<Record<string, readonly string[]>> = {
  'README.md': ['test/e2e/scenarios/29-printed-pages.ts', 'test/docs/typed.test.ts', 'test/docs/commands.test.ts'],
  'CONTRIBUTING.md': [written],
  'charts/endpoints-webhook/README.md': [written],
  'charts/endpoints-webhook/README.md.gotmpl': [written],
  'deploy/README.md': ['test/docs/typed.test.ts'],
  'docs/audit.md': [written],
  'docs/check.md': ['test/docs/typed.test.ts'],
  'docs/client-certificates.md': ['test/e2e/support/guide.ts'],
  'docs/command-line.md': [written],
  'docs/cve-2021-25740.md': [written],
  'docs/default-kubernetes.md': [written],
  'docs/install.md': [written],
  'docs/migrate-from-kyverno-gatekeeper.md': [written],
  'docs/migrate-from-openshift.md': [written],
  'docs/networks.md': ['test/docs/typed.test.ts', 'test/cli/policy-suggest.test.ts'],
  'docs/platforms.md': [written],
  'docs/policy.md': ['test/docs/typed.test.ts'],
  'docs/roll-out.md': ['test/docs/roll-out.test.ts'],
  'docs/upgrade.md': ['test/e2e/scenarios/29-printed-pages.ts', 'test/e2e/support/upgrade-guide.ts'],
  'docs/validating-admission-policy.md': ['test/docs/typed.test.ts'],
};
