import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import * as z from 'zod';
import { allKinds } from '../kinds/index.ts';
import { prefix } from '../server/series.ts';

/** What an audit writes (src/audit/summary.ts) is a few kilobytes. */
const maxBytes = 65_536;

/** Shows what an audit has written into a file, whenever the metrics are read; nothing as long as there is no such file. */
export function showAudit(file: string | undefined, registry: Registry, log: Logger): void {
  if (file === undefined) return;
  const read = createReader(file, log);
  const add = (name: string, help: string, labelNames: string[], show: (gauge: Gauge, summary: Summary) => void) => {
    const gauge: Gauge = new Gauge({
      ...{ name: `${prefix}${name}`, help, labelNames, registers: [registry] },
      collect() {
        gauge.reset();
        if (labelNames.length === 0) gauge.remove();
        const summary = read();
        if (summary) show(gauge, summary);
      },
    });
  };
  add('audit_timestamp_seconds', 'When the last audit that could read everything began.', [], (gauge, { time }) =>
    gauge.set(time),
  );
  add('audit_objects', 'Objects that the last audit looked at.', ['kind'], (gauge, { objects }) => {
    for (const [kind, count] of Object.entries(objects)) gauge.set({ kind }, count ?? 0);
  });
  add('audit_namespaces', 'Namespaces in which the last audit found something.', [], (gauge, { namespaces }) =>
    gauge.set(namespaces),
  );
  add(
    'audit_findings',
    'What the last audit found: one for each object and rule.',
    ['rule', 'enforcement'],
    (gauge, { findings }) => {
      for (const { rule, enforcement, count } of findings) gauge.set({ rule, enforcement }, count);
    },
  );
}

/** Says once what is wrong with a file. */
function createReader(file: string, log: Logger): () => Summary | undefined {
  let said: string | undefined;
  return () => {
    const text = readText(file);
    const summary = text === undefined ? undefined : parseSummary(text);
    if (text !== undefined && !summary && text !== said)
      log.warn({ file }, 'this is not what endpoints-webhook audit writes: there are no metrics of audits');
    said = text;
    return summary;
  };
}

/** `undefined` where there is none, as long as no audit has written it. Nothing is waited for: to open a pipe would be to wait for its writer. */
function readText(file: string): string | undefined {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(descriptor).isFile()) return 'no regular file';
      const buffer = Buffer.alloc(maxBytes + 1);
      const length = readSync(descriptor, buffer);
      return length > maxBytes ? 'too large' : buffer.toString('utf8', 0, length);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

const count = z.int().min(0);
const label = z.string().regex(/^[A-Za-z][-A-Za-z0-9]{0,62}$/);
const summarySchema = z.object({
  time: count,
  namespaces: count,
  objects: z.partialRecord(z.enum(allKinds.map(({ kind }) => kind)), count),
  findings: z.array(z.object({ rule: label, enforcement: label, count })).max(200),
});

type Summary = z.infer<typeof summarySchema>;

function parseSummary(text: string): Summary | undefined {
  try {
    return summarySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
