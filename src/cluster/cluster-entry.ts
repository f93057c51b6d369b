import { resolve } from 'node:path';
import { fieldsOf, listOf } from '../json/fields.ts';
import { type EntryFields, readEntry } from './entry-fields.ts';
import type { Entry } from './kubeconfig.ts';

/** An API server, and how to reach it. */
export interface ClusterEntry {
  /** For people: what to look for in the file. */
  readonly place: string;
  /** Without a slash at its end. */
  readonly server: URL;
  /** What may sign its certificate: PEM, or a file of PEM; what the machine trusts, where there is none. */
  readonly authority: PemSource | undefined;
  readonly insecure: boolean;
  /** The name that its certificate has to bear, if it is another than that of the URL. */
  readonly serverName: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly disableCompression: boolean;
  /** What a credential plugin is told of this cluster besides. */
  readonly pluginConfig: unknown;
}

export type PemSource = { readonly file: string } | { readonly data: string };

/** Throws a ClusterError. What kubectl does not know is ignored here too: nothing of it says who asks. */
export function readCluster({ value, folder }: Entry, place: string): ClusterEntry {
  const fields = readEntry(value, place);
  const authority = readPem(fields, 'certificate-authority', folder);
  const insecure = fields.flag('insecure-skip-tls-verify');
  if (authority && insecure)
    fields.refuse('has both certificate-authority and insecure-skip-tls-verify: remove one of them');
  return {
    place,
    server: readServer(fields),
    authority,
    insecure,
    serverName: fields.text('tls-server-name'),
    proxyUrl: fields.text('proxy-url'),
    disableCompression: fields.flag('disable-compression'),
    pluginConfig: extensionOf(fields.list('extensions'), 'client.authentication.k8s.io/exec'),
  };
}

/** `name` is a file, `name-data` its content as base64. */
export function readPem(fields: EntryFields, name: string, folder: string): PemSource | undefined {
  const [file, data] = [fields.text(name), fields.text(`${name}-data`)];
  if (file !== undefined && data !== undefined) fields.refuse(`has both ${name} and ${name}-data: remove one of them`);
  if (file !== undefined) return { file: resolve(folder, file) };
  return data === undefined ? undefined : { data: Buffer.from(data, 'base64').toString('utf8') };
}

/** As kubectl: without a scheme it is http. A name and password in it would never be sent. */
function readServer(fields: EntryFields): URL {
  const text = fields.text('server') ?? fields.refuse('has no server');
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (!url || !/^https?:$/.test(url.protocol)) return fields.refuse('has a server that is no http or https URL');
  if (url.username !== '' || url.password !== '')
    fields.refuse('has a name or password in its server URL: write them as username and password of the user');
  return new URL(url.pathname.replace(/\/+$/, ''), url);
}

function extensionOf(extensions: readonly unknown[], name: string): unknown {
  return listOf(extensions)
    .map(fieldsOf)
    .find((extension) => extension.name === name)?.extension;
}
