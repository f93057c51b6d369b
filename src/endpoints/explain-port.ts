/** What to write instead of a port that is no integer: the most probable mistake. */
export function explainPort(port: unknown): string {
  if (Array.isArray(port)) return eachAlone;
  if (typeof port !== 'string' || port.length > 64) return plain;
  return remedies.find(([mistake]) => mistake.test(port))?.[1](port) ?? plain;
}

const plain = 'write a number from 1 to 65535 without quotes';
const eachAlone = 'write each port as an item of "ports" of its own, with a name';

/** The first that matches is told. */
const remedies: readonly (readonly [mistake: RegExp, remedy: (port: string) => string])[] = [
  [/^[1-9]\d{0,4}$/, (port) => (Number(port) > 65535 ? plain : `write ${port} without quotes`)],
  [/\{\{|\$[{(\w]|^<.*>$/, () => 'write a number, or render the template first'],
  [/^\d+\/[a-z]+$/i, () => 'write the number alone; the protocol belongs into "protocol"'],
  [
    /^\d+:\d+$/,
    () => 'write the one port that the endpoints listen on; the port of the Service belongs into the Service',
  ],
  [/^\d+(?:[-,;\s]+\d+)+$/, () => eachAlone],
  [/^[a-z][a-z\d-]*$/i, () => 'write the number that the endpoints listen on; a name belongs into "name"'],
];
