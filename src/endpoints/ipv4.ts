/**
 * Four decimal octets without leading zeros, as an unsigned 32-bit number; -1 for anything else. `codeAt`: the character codes, of which
 * those from `start` to before `end` are read.
 */
export function readIPv4(codeAt: (index: number) => number, start: number, end: number): number {
  if (end - start > 15) return -1;
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const code = codeAt(i);
    if (code >= 48 && code <= 57) {
      if (octet === 0) return -1; // a leading zero
      octet = octet < 0 ? code - 48 : octet * 10 + code - 48;
      if (octet > 255) return -1;
    } else if (code === 46 && octet >= 0 && dots < 3) {
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}
