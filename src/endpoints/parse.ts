import { parseEndpointSlice } from './endpoint-slice.ts';
import { parseEndpoints } from './endpoints.ts';
import type { Parsed } from './members.ts';
import type { Kind } from './view.ts';

/** Reads an object as what it was sent as, whatever it says of itself. Total, with at most `limit` findings. */
export function parse(kind: Kind, object: unknown, limit: number): Parsed {
  return kind === 'EndpointSlice' ? parseEndpointSlice(object, limit) : parseEndpoints(object, limit);
}
