import { globSync, readFileSync } from 'node:fs';
import type { Message } from './source-messages.ts';

const folder = 'charts/endpoints-webhook/templates';

/** What the chart refuses to render, as its templates write it. What they fill in is `…`. */
export function chartMessages(): readonly Message[] {
  return globSync(`${folder}/**/*.{yaml,tpl}`)
    .sort()
    .flatMap((file) => refusalsIn(readFileSync(file, 'utf8')).map((text) => ({ text, file })));
}

function refusalsIn(template: string): readonly string[] {
  const calls = template.matchAll(/(?:append \$errors|fail) \(?(?:printf )?"((?:[^"\\]|\\.)*)"/g);
  const texts = [...calls].map(([, text = '']) => text.replaceAll('\\"', '"').replaceAll(/%[sdq]/g, '…'));
  return texts.filter((text) => /[a-z]{3,} [a-z]{2,}/.test(text));
}

/** The warnings at the end of an installation. */
export function notesWarnings(): readonly Message[] {
  const file = `${folder}/NOTES.txt`;
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('WARNING: '))
    .map((line) => ({ file, text: line.replaceAll(/\{\{.*?\}\}/g, '…') }));
}
