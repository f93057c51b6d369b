/** Endpoints with one port, as a client in Go would send them. */
export function endpointsInProtobuf(name: string, ip: string | readonly string[]): Uint8Array {
  const metadata = field(1, text(1, name));
  const port = message(text(1, 'http'), number(2, 8080), text(3, 'TCP'));
  const addresses = Buffer.concat([ip].flat().map((one) => field(1, text(1, one))));
  const subset = message(addresses, field(3, port));
  const object = message(metadata, field(2, subset));
  const type = message(text(1, 'v1'), text(2, 'Endpoints'));
  return message(Buffer.from('k8s\0'), field(1, type), field(2, object));
}

function message(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

function text(tag: number, value: string): Uint8Array {
  return field(tag, Buffer.from(value));
}

function field(tag: number, value: Uint8Array): Uint8Array {
  return message(varint(tag * 8 + 2), varint(value.length), value);
}

function number(tag: number, value: number): Uint8Array {
  return message(varint(tag * 8), varint(value));
}

function varint(value: number): Uint8Array {
  const bytes = [];
  for (let left = value; ; left >>>= 7) {
    bytes.push(left < 128 ? left : (left & 127) | 128);
    if (left < 128) return Buffer.from(bytes);
  }
}
