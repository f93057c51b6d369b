import { type CheckOptions, check } from '../../src/cli/check.ts';

/** What `check -` makes of a text. */
export async function checkText(input: string, options: Partial<CheckOptions> = {}) {
  const printed = { out: '', err: '' };
  const io = {
    out(text: string) {
      printed.out += text;
    },
    err(text: string) {
      printed.err += text;
    },
    input: async () => input,
  };
  const code = await check(['-'], { namespace: 'default', output: 'text', ...options }, '0.0.0', io);
  return { code, ...printed };
}
