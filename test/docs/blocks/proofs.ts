/** Commands that only blocks.test.ts looks at: how they are written, their flags, the values that they set. */
const written = 'test/docs/blocks.test.ts';

/** Typed without a cluster, and with a fake one. */
const typed = 'test/docs/typed.test.ts';
const cluster = 'test/docs/typed-cluster.test.ts';

/** Typed into a cluster, for the release that is there. */
const looks = 'test/e2e/scenarios/29-printed-looks.ts';
const runbooks = 'test/e2e/scenarios/29-printed-runbooks.ts';

/**
 * By what the commands of each document are known to work. A document with commands that is not here, nor its folder
 * (with a slash at the end), fails blocks.test.ts.
 */
export const proofs: Readonly<Record<string, readonly string[]>> = {
  'README.md': ['test/e2e/scenarios/29-printed-pages.ts', typed, cluster, 'test/docs/commands.test.ts'],
  'CONTRIBUTING.md': [written],
  'charts/endpoints-webhook/README.md': [looks],
  'charts/endpoints-webhook/README.md.gotmpl': [written],
  'deploy/README.md': [typed],
  'docs/audit.md': [cluster],
  'docs/check.md': [typed],
  'docs/client-certificates.md': ['test/e2e/support/guide.ts'],
  'docs/command-line.md': ['test/docs/commands.test.ts', written],
  'docs/cve-2021-25740.md': [cluster, looks],
  'docs/default-kubernetes.md': [looks],
  'docs/install.md': [looks, written],
  'docs/migrate-from-kyverno-gatekeeper.md': [cluster],
  'docs/migrate-from-openshift.md': [cluster],
  'docs/networks.md': [typed, cluster],
  'docs/platforms.md': [looks],
  'docs/policy.md': [typed],
  'docs/roll-out.md': [cluster, 'test/docs/roll-out.test.ts'],
  'docs/upgrade.md': ['test/e2e/scenarios/29-printed-pages.ts', 'test/e2e/support/upgrade-guide.ts'],
  'docs/validating-admission-policy.md': [typed],
  'docs/dashboard.md': [runbooks],
  'docs/logs.md': [runbooks],
  'docs/monitor.md': ['test/metrics/monitor-page.ts'],
  'docs/release.md': [written],
  'docs/reports.md': ['test/e2e/scenarios/82-audit-reports.ts'],
  'docs/verify.md': ['test/e2e/scenarios/34-verify.ts'],
  'docs/runbooks/': [runbooks],
};
