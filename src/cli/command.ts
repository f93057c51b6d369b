import { Command } from 'commander';
import { printedLine } from '../endpoints/visible.ts';

/** A command that throws its errors. Its help has one width everywhere: docs/command-line.md is printed from it. */
export function createCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(errorLines(text)) })
    .configureHelp({ helpWidth: 110 });
}

/** An error of the command line: on one line, and what of ours was perhaps meant on a second. What was given may hold such a line, too. */
function errorLines(text: string): string {
  return text
    .replace(/\n$/, '')
    .split(/\n(?=\(Did you mean (?:one of )?[\w, -]+\?\)$)/)
    .map(printedLine)
    .join('');
}

/** What the exit codes of `audit` mean. */
export const exitCodesHelp =
  '\nExit codes: 0 no denials, 1 denials, 2 something could not be read. With --write-reports or --summary-config-map: 0 all was read and\nwritten, whatever was found, 2 something could not be.';

export const checkExitCodesHelp =
  '\nExit codes: 0 no denials, 1 denials, 2 something could not be read, or there was nothing to check.';
