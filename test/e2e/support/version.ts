import { api } from './api.ts';

/** What an API server says of itself. */
export interface Version {
  /** Such as `v1.37.2`. */
  readonly gitVersion: string;
  /** Such as `1.37`, whatever it emulates: its own texts are those of this minor. */
  readonly release: string;
  readonly minor: number;
  /** The minor whose CEL it takes: the one that it emulates. */
  readonly cel: number;
}

export async function readVersion(): Promise<Version> {
  const { gitVersion = '', major, minor, emulationMinor = minor } = JSON.parse((await api().get('/version')).text);
  const number = Number.parseInt(minor, 10); // some append a plus
  return { gitVersion, release: `${major}.${number}`, minor: number, cel: Number.parseInt(emulationMinor, 10) };
}
