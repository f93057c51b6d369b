import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from '../../src/cli/check.ts';

/** What `check` says of a text on standard input: `line:column field: message [rule]` each. */
export async function checkText(text: string, policyText?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'check-text-'));
  const policy = join(folder, 'policy.yaml');
  if (policyText !== undefined) writeFileSync(policy, policyText);
  let printed = '';
  const io = {
    out(words: string) {
      printed += words;
    },
    err() {},
    input: async () => text,
  };
  const options = { namespace: 'default', output: 'json' as const, ...(policyText === undefined ? {} : { policy }) };
  const code = await check(['-'], options, '0.0.0', io);
  rmSync(folder, { recursive: true });
  const violations: Record<string, string>[] = JSON.parse(printed).violations;
  return {
    code,
    says: violations.map((told) => `${told.line}:${told.column} ${told.field}: ${told.message} [${told.rule}]`),
  };
}
