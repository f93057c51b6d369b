import type { Command } from 'commander';
import type { ProbeOptions } from '../demo/probe.ts';
import { createCommand } from './command.ts';
import { createFlag, parseDurationFlag } from './flags.ts';

export function createProbeCommand(action: (url: string, options: ProbeOptions) => Promise<void>): Command {
  return createCommand('probe', 'send reviews to a running webhook, as an API server would, and check its answers')
    .argument('<url>', 'where it is, such as https://endpoints-webhook.endpoints-webhook.svc:443')
    .addOption(createFlag('--ca-file <file>', 'PEM: the only certificate authorities to trust').makeOptionMandatory())
    .addOption(
      createFlag('--client-cert-file <file>', 'PEM certificate chain to present, where the webhook demands one'),
    )
    .addOption(createFlag('--client-key-file <file>', 'PEM private key of that certificate'))
    .addOption(createFlag('--address <address>', 'connect to this address instead of the one that the URL names'))
    .addOption(
      createFlag('--timeout <duration>', 'how long to wait for a webhook that cannot be reached or trusted yet')
        .argParser((text) => parseDurationFlag(text, '0s', '1h'))
        .default(60_000, '60s'),
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 every answer is right, 1 an answer is wrong or the webhook cannot be reached.',
    )
    .action((url: string, options: ProbeOptions) => action(url, options));
}
