import type { As } from './api.ts';
import { type Outcome, run, succeeded } from './program.ts';

/** As a user runs it: what it prints is what he reads. */
export function kubectl(args: readonly string[], { as, input }: { as?: As; input?: unknown } = {}): Promise<Outcome> {
  const groups = (as?.groups ?? []).flatMap((group) => ['--as-group', group]);
  const text = input === undefined || typeof input === 'string' ? input : JSON.stringify(input);
  return run('kubectl', [...(as ? ['--as', as.user, ...groups] : []), ...args], text);
}

/** What it prints, when it must succeed. */
export async function mustKubectl(args: readonly string[], options: { as?: As; input?: unknown } = {}) {
  return succeeded(await kubectl(args, options), `kubectl ${args.join(' ')}`).out;
}
