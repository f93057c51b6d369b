import { createExchange, type Exchange, example, expectAllowed, expectDenied, expectPatch } from './exchanges.ts';

export interface ProbeExchange extends Exchange {
  /** Whether `well-formed`, which no policy can turn off, must deny the object. A policy in audit mode only records that. */
  readonly mustDeny: boolean;
}

/** What tells a webhook that judges from anything else that answers, whatever its policy. */
export function createProbeExchanges(): readonly ProbeExchange[] {
  const malformed = { ...example, subsets: [{ addresses: [{ ip: '010.1.2.3' }], ports: [{ port: 80 }] }] };
  const patched = createExchange(
    'The example of “Creating an Endpoints Object” comes out as its example response',
    '/mutate',
    example,
    expectPatch,
  );
  const valid = createExchange('It is valid', '/validate', example, expectAllowed);
  const denied = createExchange('Refused by well-formed', '/validate', malformed, expectDenied(422, 'well-formed]'));
  return [
    { ...patched, mustDeny: false },
    { ...valid, mustDeny: false },
    { ...denied, mustDeny: true },
  ];
}
