import type { Fields } from '../json/fields.ts';
import { readEntry } from './entry-fields.ts';

/** A program that prints credentials (`exec`). */
export interface Plugin {
  readonly place: string;
  /** A path, or a name that is looked for in PATH. */
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  /** How to install it, for people. */
  readonly installHint: string | undefined;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
}

const group = 'client.authentication.k8s.io';
const known = 'command args env apiVersion installHint provideClusterInfo interactiveMode'.split(' ');

/** Throws a ClusterError. `locate`: where a command is that is no bare name. */
export function readPlugin(
  value: Fields | undefined,
  place: string,
  locate: (path: string) => string,
): Plugin | undefined {
  if (!value) return undefined;
  const fields = readEntry(value, place);
  const unknown = fields.names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    fields.refuse(`has the field "${unknown}", which is not known: one of ${known.join(', ')}`);
  const apiVersion = fields.text('apiVersion') ?? fields.refuse('has no apiVersion');
  if (apiVersion !== `${group}/v1` && apiVersion !== `${group}/v1beta1`)
    fields.refuse(`has the apiVersion ${apiVersion}: one of ${group}/v1, ${group}/v1beta1`);
  const mode = fields.text('interactiveMode') ?? (apiVersion.endsWith('/v1beta1') ? 'IfAvailable' : undefined);
  if (mode !== 'Never' && mode !== 'IfAvailable' && mode !== 'Always')
    return fields.refuse(`has the interactiveMode ${mode ?? '""'}: one of Never, IfAvailable, Always`);
  return {
    place,
    command: locate(fields.text('command') ?? fields.refuse('has no command')),
    args: fields.texts('args'),
    environment: readVariables(fields.list('env'), place),
    apiVersion,
    installHint: fields.text('installHint'),
    provideClusterInfo: fields.flag('provideClusterInfo'),
    interactiveMode: mode,
  };
}

function readVariables(list: readonly unknown[], place: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((item, index) => {
      const fields = readEntry(item, `${place}.env[${index}]`);
      return [fields.text('name') ?? fields.refuse('has no name'), fields.text('value') ?? ''];
    }),
  );
}
