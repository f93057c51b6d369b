import type { Choice, Entry } from './choice.ts';
import { comment } from './lines.ts';

/** A list of networks of a policy, each below where it comes from, and below it as comments what is left out, and why. */
export function networkLines(indent: number, { listed, left, excess }: Choice, none: string): readonly string[] {
  const space = ' '.repeat(indent);
  const start = listed.length > 0 ? [`${space}networks:`] : [...comment(none, indent), `${space}networks: []`];
  return [
    ...(excess === undefined ? [] : comment(`Not listed: ${excess}.`, indent)),
    ...start,
    ...listed.flatMap(({ network, sources }) => [
      ...comment(sources.join('; '), indent + 2),
      `${space}  - ${network.text}`,
    ]),
    ...left.flatMap((entry) => comment(leftText(entry), indent)),
  ];
}

function leftText({ network, sources, objection = '' }: Entry): string {
  return `Left out: ${network.text} (${sources.join('; ')}), since ${objection}.`;
}
