import { check } from '../../../../src/cli/check.ts';
import { fieldsOf } from '../../../../src/json/fields.ts';
import { kinds } from '../../../../src/kinds/index.ts';
import type { Api } from '../api.ts';
import type { Sent } from './objects.ts';

/** The rules by which `check` refuses each object, from one file with all of them. */
export async function checkAll(all: readonly Sent[], namespace: string, policy?: string): Promise<readonly string[][]> {
  let printed = '';
  const io = {
    out(text: string) {
      printed += text;
    },
    err() {},
    input: async () => all.map(({ object }) => `---\n${JSON.stringify(object)}\n`).join(''),
  };
  const options = { namespace, output: 'json' as const, ...(policy === undefined ? {} : { policy }) };
  await check(['-'], options, '0.0.0', io);
  const { violations, errors, objects } = JSON.parse(printed);
  if (errors.length > 0 || objects !== all.length)
    throw new Error(`${objects} of ${all.length} read: ${JSON.stringify(errors[0])}`);
  const refusals = all.map(() => [] as string[]);
  for (const { line, severity, rule, field, message } of violations)
    if (severity === 'error') refusals[line / 2 - 1]?.push(`${rule}: ${field}: ${message}`);
  return refusals;
}

export interface Answer {
  readonly status: number;
  readonly message: string;
}

/** What the API server says of an object, as kubectl asks it: dry, and strict about fields. */
export async function ask(api: Api, { kind, object }: Sent, fallback: string): Promise<Answer> {
  const where = namespaceOf(object) || fallback;
  const { group, resource } = kinds[kind];
  const base = group === '' ? '/api/v1' : `/apis/${group}/v1`;
  const path = `${base}/namespaces/${encodeURIComponent(where)}/${resource}?dryRun=All&fieldValidation=Strict`;
  const { status, body, text } = await api.post(path, object, { timeout: 60_000 });
  return { status, message: body.message ?? text };
}

function namespaceOf(object: unknown): string {
  const { namespace } = fieldsOf(fieldsOf(object).metadata);
  return typeof namespace === 'string' ? namespace : '';
}
