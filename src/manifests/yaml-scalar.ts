/** A scalar, or why kubectl refuses it. */
export type ScalarResult = { readonly value: unknown } | { readonly problem: string };

const standard = 'tag:yaml.org,2002:';

const named = new Map<string, unknown>([
  ...['', '~', 'null', 'Null', 'NULL'].map((text) => [text, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((text) => [text, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((text) => [text, false] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text) => [text, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((text) => [text, Number.NEGATIVE_INFINITY] as const),
  ...['.nan', '.NaN', '.NAN'].map((text) => [text, Number.NaN] as const),
]);

/**
 * The value of a scalar as go.yaml.in/yaml/v2 resolves it, which kubectl reads with: YAML 1.1 (`010` is 8, `yes` is true), without times
 * and numbers to base 60, with Go's numbers (`0o10`, `1_000`). `plain`: neither quoted nor a block. `tag`: as it is written, `''` where
 * there is none.
 */
export function resolveScalar(text: string, plain: boolean, tag: string): ScalarResult {
  if (tag === '') return { value: plain ? resolvePlain(text) : text };
  const name = tag.startsWith('!!') ? tag.slice(2) : tag.replace(/^!<(.*)>$/, '$1').replace(standard, '');
  if (name === 'binary') return readBinary(text);
  const isType = typeChecks.get(name);
  if (!isType) return { value: text }; // !!str, and tags that nobody knows
  const value = resolvePlain(text);
  return isType(value) ? { value } : { problem: `${tag} is not what it says: write the value without a tag` };
}

const typeChecks = new Map<string, (value: unknown) => boolean>([
  ['null', (value) => value === null],
  ['bool', (value) => typeof value === 'boolean'],
  ['int', Number.isInteger],
  ['float', (value) => typeof value === 'number'],
]);

function resolvePlain(text: string): unknown {
  if (!/^[-+.0-9~a-zA-Z]|^$/.test(text)) return text;
  const known = named.get(text);
  return known !== undefined ? known : (readNumber(text) ?? text);
}

const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const integer = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[oO]?([0-7]+)|[bB]([01]+))$/;

/** An integer that does not fit into 64 bits is text, or decimal where it can be. */
function readNumber(text: string): number | undefined {
  if (!/^[-+.0-9]/.test(text)) return undefined;
  const digits = text.replaceAll('_', '');
  const [, sign, hex, octal, binary] = integer.exec(digits) ?? [];
  const value = Number(hex ? `0x${hex}` : octal ? `0o${octal}` : `0b${binary}`);
  if (sign === undefined || value >= (sign === '-' ? 2 ** 63 : 2 ** 64)) return readDecimal(digits);
  return sign === '-' ? 0 - value : value;
}

/** A number that is too large for Go is text. */
function readDecimal(digits: string): number | undefined {
  const value = decimal.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

function readBinary(text: string): ScalarResult {
  const compact = text.replace(/[\r\n]/g, '');
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)
    ? { value: Buffer.from(compact, 'base64').toString('utf8') }
    : { problem: '!!binary is not base64: write the text itself' };
}
