import { type Actions, createProgram } from '../../../src/cli/program.ts';
import type { Words } from './shell.ts';

/** How documents start our program, other than by its name. */
const starts: readonly (readonly [RegExp, string])[] = [
  [/^npm run check -- /, 'check '],
  [/^npm start -- /, 'serve '],
  [/^docker run (?:-\S+ )*\S*endpoints-webhook:\S+ /, ''],
  [/^endpoints-webhook /, ''],
];

/** What our program is given by a command, or `undefined` where the command starts another. */
export function argumentsOf(words: Words): Words | undefined {
  const command = words.join('\0').replaceAll('\0', ' ');
  const start = starts.find(([pattern]) => pattern.test(command));
  return start && command.replace(...start).split(' ');
}

/** Has our program read its arguments, without doing anything. Throws where it would refuse them. */
export async function readArguments(words: Words): Promise<void> {
  const nothing = new Proxy({}, { get: () => async () => 0 }) as Actions;
  const program = createProgram('', nothing, () => {});
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])])
    command.configureOutput({ writeErr: () => {} });
  await program.parseAsync(words, { from: 'user' });
}
