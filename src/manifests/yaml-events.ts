import { EVENT_ID, type Event, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { joinFlowLines } from './flow-lines.ts';

/** A text that cannot be read, and the offset of what is wrong with it. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Deeper than any object of Kubernetes; each level costs the parser some of its stack. */
const maxDepth = 1000;

/** What go.yaml.in/yaml/v2 refuses wherever it stands. */
const control = /[\0-\x08\v\f\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** How many collections are put right whose lines are not indented. Each is another reading of the text. */
const maxJoined = 100;

/** What a YAML text is made of, in order. Throws a YamlError. */
export function parseYaml(text: string): readonly Event[] {
  const at = text.search(control);
  if (at >= 0) throw new YamlError('control characters are not allowed', at);
  let joined = text;
  for (let tries = 0; ; tries++) {
    try {
      return parseEvents(joined, { maxDepth });
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const offset = error.mark?.position ?? 0;
      const next =
        error.reason === 'deficient indentation' && tries < maxJoined ? joinFlowLines(joined, offset) : joined;
      if (next === joined) throw new YamlError(error.reason, offset);
      joined = next;
    }
  }
}

/** Where a node begins in a text; `otherwise` where it is empty. */
export function offsetOf(text: string, event: Event | undefined, otherwise: number): number {
  if (event?.type === EVENT_ID.SEQUENCE || event?.type === EVENT_ID.MAPPING) return event.start;
  if (event?.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event?.type !== EVENT_ID.SCALAR || event.valueStart < 0) return otherwise;
  const { style, valueStart } = event;
  if (style === SCALAR_STYLE.PLAIN) return valueStart;
  if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) return valueStart - 1;
  const header = text.slice(text.lastIndexOf('\n', valueStart - 2) + 1, valueStart);
  return valueStart - header.length + Math.max(0, header.search(/[|>][-+\d]*[ \t]*(?:[ \t]#.*)?\r?\n?$/));
}
