import { InvalidArgumentError, Option } from 'commander';
import { isExemptNamespacePattern } from '../admission-policy/exempt-namespaces.ts';
import { isQualifiedName } from '../api-validation/syntax.ts';
import { isVisible } from '../endpoints/visible.ts';
import { parseDuration } from '../policy/duration.ts';

/** A flag that has an environment variable of the same name with the prefix `EPW_`. */
export function createFlag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(`EPW_${option.name().toUpperCase().replaceAll('-', '_')}`);
}

export function createPolicyOption(): Option {
  return createFlag(
    '--policy <file>',
    'policy file; may be repeated: later ones are merged over earlier ones; without one, the default policy applies',
  ).argParser((text: string, previous: readonly string[] = []) => listOf(String)(text, previous));
}

export function createKubeconfigOption(fallback = 'the credentials of the pod'): Option {
  return createFlag('--kubeconfig <file>', `kubeconfig file for the API server (default: ${fallback})`);
}

export function createExemptNamespaceFlag(): Option {
  return createFlag(
    '--exempt-namespace <name>',
    'exempt namespace, besides kube-system and kube-node-lease, or how its name begins, such as openshift-*; may be repeated',
  )
    .argParser(listOf(parseExemptNamespace))
    .default([], 'none');
}

export function parseExemptNamespace(text: string): string {
  if (isExemptNamespacePattern(text)) return parseVisibleName(text);
  throw new InvalidArgumentError(
    'Give a name, or its first three characters or more, a hyphen and *, as in openshift-*.',
  );
}

/** More would not fit into what API servers evaluate of the conditions of a webhook. */
const maxServiceLabels = 16;

export function createServiceLabelsFlag(): Option {
  const parse = listOf(parseLabelName);
  return createFlag(
    '--extra-service-labels <name>',
    'label by which a data plane chooses what it serves, besides those that are known; may be repeated',
  )
    .argParser((text: string, previous: readonly string[]) => {
      const labels = [...new Set(parse(text, previous))];
      if (labels.length <= maxServiceLabels) return labels;
      throw new InvalidArgumentError(`Give ${maxServiceLabels} labels at most.`);
    })
    .default([], 'none');
}

function parseLabelName(text: string): string {
  if (isQualifiedName(text)) return text;
  throw new InvalidArgumentError('Give the name of a label, such as example.com/service-name.');
}

/** For a flag that may be repeated, or have several values with commas between them: an environment variable cannot be repeated. */
export function listOf<T>(parse: (text: string) => T): (text: string, previous: readonly T[]) => readonly T[] {
  return (text, previous) => [...previous, ...text.split(',').map(parse)];
}

/** Milliseconds; refused outside the two bounds, which are durations too. */
export function parseDurationFlag(text: string, min: string, max: string): number {
  const milliseconds = parseDuration(text) ?? Number.NaN;
  if (milliseconds >= (parseDuration(min) ?? 0) && milliseconds <= (parseDuration(max) ?? 0)) return milliseconds;
  throw new InvalidArgumentError(`Give a duration such as 90s or 1h30m, from ${min} to ${max}.`);
}

export function parseWholeNumber(text: string, min: number, max: number): number {
  const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
}

/** A part of a whole. */
export function parseShare(text: string): number {
  const number = /^[01](\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 0.01 && number <= 1) return number;
  throw new InvalidArgumentError('Give a part of the whole from 0.01 to 1, such as 0.25.');
}

export function parseVisibleName(text: string): string {
  if (isVisible(text)) return text;
  throw new InvalidArgumentError('Give a name without invisible characters.');
}

/** The name of an object, which becomes a part of a path. */
export function parseResourceName(text: string): string {
  if (/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Give a name of small letters, digits, hyphens and dots.');
}
