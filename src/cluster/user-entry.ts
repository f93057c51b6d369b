import { resolve, sep } from 'node:path';
import { type PemSource, readPem } from './cluster-entry.ts';
import { type EntryFields, isTexts, readEntry } from './entry-fields.ts';
import type { Entry } from './kubeconfig.ts';
import { type Plugin, readPlugin } from './plugin-entry.ts';

/** Who asks, and how it is proved. At least one of the proofs is there, or all of them are absent. */
export interface UserEntry {
  readonly place: string;
  readonly token: string | undefined;
  /** Goes before `token` as long as it can be read. */
  readonly tokenFile: string | undefined;
  readonly basic: { readonly username: string; readonly password: string } | undefined;
  readonly certificate: { readonly cert: PemSource; readonly key: PemSource } | undefined;
  /** Asked only where there is none of the proofs above, as kubectl does. */
  readonly plugin: Plugin | undefined;
  readonly impersonation: Impersonation | undefined;
}

/** As whom to act, instead of the user that was proved. */
export interface Impersonation {
  readonly user: string;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: readonly (readonly [key: string, values: readonly string[]])[];
}

const known = [
  ...['client-certificate', 'client-certificate-data', 'client-key', 'client-key-data', 'token', 'tokenFile'],
  ...['as', 'as-uid', 'as-groups', 'as-user-extra', 'username', 'password', 'exec', 'extensions'],
];

/**
 * Throws a ClusterError also for what kubectl ignores: a field that we do not know, or half of a pair, would make us ask as somebody else
 * than whoever wrote the file meant.
 */
export function readUser({ value, folder }: Entry, place: string): UserEntry {
  const fields = readEntry(value, place);
  if (fields.names.includes('auth-provider'))
    fields.refuse('has an auth-provider, which is not supported: write an exec plugin or a token instead');
  const unknown = fields.names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    fields.refuse(`has the field "${unknown}", which is not known: one of ${known.join(', ')}`);
  const tokenFile = fields.text('tokenFile');
  const token = fields.text('token');
  const basic = readBasic(fields);
  if (basic && (token ?? tokenFile) !== undefined) fields.refuse('has both a token and a username: remove one of them');
  return {
    place,
    token,
    tokenFile: tokenFile === undefined ? undefined : resolve(folder, tokenFile),
    basic,
    certificate: readCertificate(fields, folder),
    plugin: readPlugin(fields.fields('exec'), `${place}: exec`, (path) =>
      path.includes(sep) ? resolve(folder, path) : path,
    ),
    impersonation: readImpersonation(fields),
  };
}

function readBasic(fields: EntryFields): UserEntry['basic'] {
  const [username, password] = [fields.text('username'), fields.text('password')];
  if (username !== undefined) return { username, password: password ?? '' };
  return password === undefined ? undefined : fields.refuse('has a password without a username');
}

function readCertificate(fields: EntryFields, folder: string): UserEntry['certificate'] {
  const cert = readPem(fields, 'client-certificate', folder);
  const key = readPem(fields, 'client-key', folder);
  if (cert && key) return { cert, key };
  if (cert) fields.refuse('has a client-certificate without a client-key');
  return key ? fields.refuse('has a client-key without a client-certificate') : undefined;
}

function readImpersonation(fields: EntryFields): Impersonation | undefined {
  const user = fields.text('as');
  const uid = fields.text('as-uid');
  const groups = fields.texts('as-groups');
  const extra = Object.entries(fields.fields('as-user-extra') ?? {}).map(([key, values]) => {
    if (!isTexts(values)) return fields.refuse('has to give each value of "as-user-extra" as a list of texts');
    return [key, values] as const;
  });
  if (user !== undefined) return { user, uid, groups, extra };
  if (uid !== undefined || groups.length > 0 || extra.length > 0)
    fields.refuse('has as-uid, as-groups or as-user-extra without "as"');
  return undefined;
}
