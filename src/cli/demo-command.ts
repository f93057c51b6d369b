import type { Command } from 'commander';
import { createCommand } from './command.ts';

export function createDemoCommand(action: () => Promise<void>): Command {
  return createCommand('demo', 'start a webhook on free ports, send it good and bad reviews, show the answers').action(
    action,
  );
}
