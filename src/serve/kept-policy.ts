import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { type Policy, parsePolicy, policyFindingText } from '../policy/policy.ts';

/** More than files come to that are as large as ConfigMaps. */
const maxBytes = 8 * 1024 * 1024;

/** Writes a policy to where a later start finds it, whole or not at all. Logs why where it cannot. */
export function keepPolicy(file: string, { source }: Policy, log: Logger): void {
  const text = JSON.stringify(source);
  try {
    if (Buffer.byteLength(text) > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (err) {
    log.warn({ err, file }, 'the policy cannot be kept: a start that finds an invalid one will fail');
  }
}

/** The policy that was kept; `undefined` where there is none. Logs why one cannot be used. */
export function recallPolicy(file: string, extraServiceLabels: readonly string[], log: Logger): Policy | undefined {
  try {
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (size === undefined) return undefined;
    if (size > maxBytes) throw new Error(`it has ${size} bytes, and ${maxBytes} are read at most`);
    const { policy, findings } = parsePolicy(JSON.parse(readFileSync(file, 'utf8')), extraServiceLabels);
    if (!policy) throw new Error(findings.map(policyFindingText).join('; '));
    return policy;
  } catch (err) {
    log.warn({ err, file }, 'the policy that was kept cannot be used: going on without it');
    return undefined;
  }
}
