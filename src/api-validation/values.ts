import { quote } from '../endpoints/quote.ts';
import type { Refusal } from './report.ts';

type Description = () => Omit<Refusal, 'path'>;

/** What is absent is `''`, as an API server decodes it; `undefined` for what is no text, which cannot be decoded at all. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : undefined;
}

export function missing(remedy: string): Description {
  return () => ({ message: 'is missing', remedy, reason: 'FieldValueRequired' });
}

export function invalid(value: string, wanted: string, syntax: string): Description {
  return () => ({ message: `${quote(value)} is not ${wanted}`, remedy: `write ${syntax}` });
}

export function duplicate(value: string): Description {
  return () => ({ message: `${quote(value)} is here a second time`, remedy: 'make it unique, or remove it' });
}

export function tooMany(count: number, most: number, what: string): Description {
  const message = `holds ${count} ${what}, and ${most} is the most`;
  return () => ({ message, remedy: 'split the object, or remove some', reason: 'FieldValueTooMany' });
}
