import { globSync, readFileSync } from 'node:fs';
import type { Message } from './source-messages.ts';

/** What kubectl printed of refusals by API servers, in the end-to-end tests. */
export function recordedRefusals(): readonly Message[] {
  return globSync('test/e2e/golden/**/*.txt')
    .sort()
    .flatMap((file) => linesOf(file).map((text) => ({ text, file })))
    .filter(({ text }) => !text.startsWith('The ') || / is invalid: \S/.test(text))
    .filter(({ file, text }) => file.endsWith('.api-server.txt') || text.startsWith('Warning: '));
}

/** What kubectl printed of refusals by the webhook. */
export function recordedDenials(): readonly Message[] {
  return globSync('test/e2e/golden/**/*.txt')
    .sort()
    .filter((file) => !file.endsWith('.api-server.txt'))
    .flatMap((file) => linesOf(file).map((text) => ({ text, file })))
    .filter(({ text }) => text.includes('[endpoints-webhook'));
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** What a test of the suite waits for, in the words of API servers, kubelets and Helm. */
const foreign = [
  'failed calling webhook',
  'connection refused',
  'no endpoints available',
  'certificate signed by unknown authority',
  'certificate has expired',
  'UPGRADE FAILED',
  'conflict with "[a-z-]+"',
  'insufficient quota to match these scopes',
  'MountVolume.SetUp failed',
];

/** Those of them that its files have. */
export function expectedOfOthers(): readonly Message[] {
  return globSync('{test/e2e/**/*.ts,docs/platforms.md}')
    .sort()
    .flatMap((file) => {
      const source = readFileSync(file, 'utf8').replaceAll('\\.', '.');
      const found = foreign.flatMap((text) => [...source.matchAll(new RegExp(text, 'g'))].map(([one]) => one));
      return [...new Set(found)].map((text) => ({ text, file }));
    });
}

export const foreignTexts = foreign.length;
