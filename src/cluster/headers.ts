import { ClusterError } from './cluster-error.ts';

/** A list is a header that is sent more than once. */
export type Headers = Readonly<Record<string, string | string[]>>;

/** Headers are bytes: text goes out as UTF-8, as kubectl sends it. The message of a client that refuses one holds its value. */
export function encodeHeaders(headers: Headers, place: string): Headers {
  const encodeOne = (name: string, value: string) => {
    if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value))
      throw new ClusterError(`${place} has a line break or another control character in what is sent as ${name}`);
    return Buffer.from(value, 'utf8').toString('latin1');
  };
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? encodeOne(name, value) : value.map((one) => encodeOne(name, one)),
    ]),
  );
}
