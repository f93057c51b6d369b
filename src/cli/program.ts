import type { Command } from 'commander';
import type { ProbeOptions } from '../demo/probe.ts';
import type { ServeOptions } from '../serve/serve-options.ts';
import type { AdmissionPolicyOptions } from './admission-policy.ts';
import type { AuditOptions } from './audit.ts';
import { createAuditCommand } from './audit-command.ts';
import type { CheckOptions } from './check.ts';
import { createCheckCommand } from './check-command.ts';
import { createCommand } from './command.ts';
import { createDemoCommand } from './demo-command.ts';
import { createManifestsCommand } from './manifests-command.ts';
import { createPolicyCommand, type PolicyActions } from './policy-command.ts';
import type { PolicySuggestOptions } from './policy-suggest.ts';
import { createProbeCommand } from './probe-command.ts';
import { createServeCommand } from './serve-command.ts';
import type { VerifyOptions } from './verify.ts';
import { createVerifyCommand } from './verify-command.ts';

/** What each command does, once its options are read; each resolves to an exit code. */
export interface Actions {
  serve(options: ServeOptions): Promise<number>;
  check(paths: readonly string[], options: CheckOptions): Promise<number>;
  audit(options: AuditOptions): Promise<number>;
  verify(options: VerifyOptions): Promise<number>;
  printAdmissionPolicies(options: AdmissionPolicyOptions): Promise<number>;
  checkPolicy(files: readonly string[]): Promise<number>;
  showPolicy(files: readonly string[]): Promise<number>;
  explainPolicy(rule: string | undefined, files: readonly string[]): Promise<number>;
  suggestPolicy(options: PolicySuggestOptions): Promise<number>;
  demo(): Promise<number>;
  probe(url: string, options: ProbeOptions): Promise<number>;
}

/** The command line. Every flag has an environment variable of the same name with the prefix `EPW_`. */
export function createProgram(version: string, actions: Actions, setExitCode: (code: number) => void): Command {
  return createCommand(
    'endpoints-webhook',
    'Kubernetes admission webhook that guards what a Service’s traffic is sent to',
  )
    .version(version)
    .addCommand(createServeCommand(async (options) => setExitCode(await actions.serve(options))))
    .addCommand(createCheckCommand(async (paths, options) => setExitCode(await actions.check(paths, options))))
    .addCommand(createAuditCommand(async (options) => setExitCode(await actions.audit(options))))
    .addCommand(createVerifyCommand(async (options) => setExitCode(await actions.verify(options))))
    .addCommand(createManifestsCommand(async (options) => setExitCode(await actions.printAdmissionPolicies(options))))
    .addCommand(createPolicyCommand(policyActions(actions, setExitCode)))
    .addCommand(createDemoCommand(async () => setExitCode(await actions.demo())))
    .addCommand(createProbeCommand(async (url, options) => setExitCode(await actions.probe(url, options))));
}

function policyActions(actions: Actions, setExitCode: (code: number) => void): PolicyActions {
  return {
    check: async (files) => setExitCode(await actions.checkPolicy(files)),
    show: async (files) => setExitCode(await actions.showPolicy(files)),
    explain: async (rule, files) => setExitCode(await actions.explainPolicy(rule, files)),
    suggest: async (options) => setExitCode(await actions.suggestPolicy(options)),
  };
}
