const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text of others, safe to show: controls, bidirectional overrides and what else cannot be seen become escapes; so does what CI systems take
 * for a command anywhere in a line, such as `##vso[task.complete]`.
 */
export function visible(text: string): string {
  const shown = text.replace(invisible, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  return shown.replace(/#(?=#\w*\[)/g, '\\u0023');
}

/** A line to print, with its end; never one that begins as a command to GitHub does: `::set-output`. */
export function printedLine(text: string): string {
  return `${visible(text).replace(/^(\s*):(?=:)/, '$1\\u003a')}\n`;
}

/** A text whose line ends are ours. JSON stays the same JSON. */
export function visibleLines(text: string): string {
  return text.replace(/[^\n]+/g, visible);
}
