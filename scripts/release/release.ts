import type { Architecture } from './architectures.ts';

/** Where a release is published. A dry run is published nowhere, and its files name no place. */
export interface Place {
  /** The repository, such as https://github.com/OWNER/NAME. */
  readonly source: string;
  /** What stands before the names of image and chart, such as ghcr.io/OWNER. */
  readonly registry: string;
}

/** What is released, and what of it goes into every file. */
export interface Release {
  readonly version: string;
  /** The commit, where what is built is what was committed. */
  readonly revision: string | undefined;
  /** Seconds since 1970, of the commit: nothing in a file tells when it was made. */
  readonly seconds: number;
  readonly place: Place | undefined;
  readonly architectures: readonly Architecture[];
  /** Where the files go. */
  readonly folder: string;
}

/** RFC 3339. */
export function createdAt({ seconds }: Release): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** The tag of the version. */
export function tagOf({ version }: Release): string {
  return `v${version}`;
}

/** `https://github.com` of `https://github.com/OWNER/NAME`, and who the owner is. */
export function ownerOf({ source }: Place): { readonly name: string; readonly url: string } {
  const url = new URL(source);
  const [name] = url.pathname.split('/').filter(Boolean);
  if (name === undefined) throw new Error(`--source: ${source} names no owner: write https://host/owner/name`);
  return { name, url: `${url.origin}/${name}` };
}
