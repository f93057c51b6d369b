import { type Outcome, run } from './program.ts';

/** Helm 4; another one by its path. Each run is a user's command. */
export function helm(args: readonly string[], program = 'helm', input = ''): Promise<Outcome> {
  return run(program, args, input);
}
