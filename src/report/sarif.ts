import { createHash } from 'node:crypto';
import { dump } from 'js-yaml';
import { changedHands } from '../audit/changed-hands.ts';
import { staleAddress } from '../audit/stale-address.ts';
import { pathText } from '../endpoints/field-path.ts';
import type { Kind } from '../endpoints/view.ts';
import { judgeExample } from '../review/judge-example.ts';
import { exampleObject } from '../rules/example.ts';
import { rules } from '../rules/index.ts';
import type { Documentation, DocumentedRule, Enforcement } from '../rules/rule.ts';
import { wellFormed } from '../rules/well-formed.ts';
import { jsonChunks } from './chunks.ts';
import { exampleClusterText } from './example-cluster.ts';
import { plural, type Result, type Spot } from './result.ts';

/** What is said of the run itself. One that is an error, such as what could not be read, makes it no success. */
export interface Notification {
  readonly text: string;
  readonly spot?: Spot;
  /** `error` where absent. */
  readonly level?: 'note';
}

/** More results than this make GitHub refuse the file; it shows 5,000 at most. */
const maxResults = 25_000;

const levels: Readonly<Record<Enforcement, string>> = { deny: 'error', warn: 'warning', audit: 'note', none: 'none' };
const documented: readonly Documentation[] = [wellFormed, ...rules, staleAddress, changedHands];

/**
 * Results as a SARIF 2.1.0 log that code-scanning services take. GitHub wants a physical location of each result, and refuses the whole
 * file otherwise: an object in a cluster gets the path `cluster/NAMESPACE/KIND/NAME` besides its logical location. Fingerprints do not
 * depend on lines, so a result stays the same alert when a file is edited above it. What is worst should come first.
 */
export function formatSarif(
  results: Iterable<Result>,
  count: number,
  notifications: readonly Notification[],
  version: string,
  properties?: Readonly<Record<string, number | string>>,
): Iterable<string> {
  const left = count - maxResults;
  const more: readonly Notification[] =
    left > 0 ? [{ text: `${plural(left, 'more result')} left out: use --output json` }] : [];
  const invocation = {
    executionSuccessful: notifications.every(({ level }) => level === 'note'),
    toolExecutionNotifications: [...notifications, ...more].map(({ text, spot, level = 'error' }) => ({
      level,
      message: { text: plain(text) },
      ...(spot && { locations: [locationOf(spot)] }),
    })),
  };
  const tool = { driver: driver(version) };
  const run = {
    tool,
    columnKind: 'unicodeCodePoints',
    invocations: [invocation],
    ...(properties && { properties }),
    results: [],
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  const fingerprint = fingerprints();
  const written = Iterator.from(results).take(maxResults);
  return jsonChunks(
    log,
    written.map((result) => ({
      ruleId: result.rule.id,
      ruleIndex: documented.indexOf(result.rule),
      level: result.severity,
      message: { text: plain(`${result.field && `${result.field}: `}${result.message}`) },
      locations: [locationOf(result.spot)],
      partialFingerprints: { primaryLocationLineHash: fingerprint(result) },
    })),
  );
}

/** Without the one thing that readers of SARIF make a link of. */
function plain(text: string): string {
  return text.replaceAll('](', '] (');
}

function driver(version: string) {
  return {
    name: 'endpoints-webhook',
    version,
    semanticVersion: version,
    rules: documented.map(descriptor),
  };
}

function descriptor(rule: Documentation | DocumentedRule) {
  const { id, title, why, remedy, source, enforcement } = rule;
  const because = why.trim().replace(/\s+/g, ' ');
  const examples = 'example' in rule ? examplesOf(rule) : [];
  const link = source.url === undefined ? source.text : `[${source.text}](${source.url})`;
  const help = [because, `Remedy: ${remedy}.`, ...examples, `Source: ${source.text}.`];
  const markdown = [because, `**Remedy:** ${remedy}.`, ...examples, `**Source:** ${link}.`];
  return {
    id,
    name: id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: because },
    help: { text: plain(help.join('\n\n')), markdown: markdown.join('\n\n') },
    ...(source.url !== undefined && { helpUri: source.url }),
    defaultConfiguration: { enabled: enforcement !== 'none', level: levels[enforcement] },
    properties: { tags: ['security', 'kubernetes'] },
  };
}

function examplesOf(rule: DocumentedRule): readonly string[] {
  const cluster = exampleClusterText(rule);
  return [...rule.kinds.map((kind) => exampleOf(rule, kind)), ...(cluster === undefined ? [] : [cluster])];
}

/** An object that violates the rule, and what is found in it. */
function exampleOf(rule: DocumentedRule, kind: Kind): string {
  const found = judgeExample(rule, kind).map(({ finding: { path, message } }) => `${pathText(path)}: ${message}`);
  return `For example:\n\n\`\`\`yaml\n${dump(exampleObject(rule, kind), { noRefs: true })}\`\`\`\n\nFound: ${found.join('; ')}.`;
}

function locationOf(spot: Spot) {
  if ('file' in spot) {
    const region = { startLine: spot.line, startColumn: spot.column };
    return { physicalLocation: { artifactLocation: { uri: fileUri(spot.file) }, region } };
  }
  const { namespace, kind, name } = spot;
  return {
    physicalLocation: {
      artifactLocation: {
        uri: ['cluster', namespace, kind, name].map((part) => encodeURIComponent(part.toWellFormed())).join('/'),
      },
      region: { startLine: 1 },
    },
    logicalLocations: [
      { name: namespace, fullyQualifiedName: namespace, kind: 'namespace' },
      { name, fullyQualifiedName: `${namespace}/${kind}/${name}`, kind: 'object' },
    ],
  };
}

/** A path as a relative URI reference; absolute ones as `file:`. */
function fileUri(file: string): string {
  const path = (file === '-' ? 'stdin' : file)
    .replace(/^(?:\.\/)+/, '')
    .split('/')
    .map((part) => encodeURIComponent(part.toWellFormed()))
    .join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}

/** Of the rule, the object or file, and the field; those that are the same are counted. */
function fingerprints(): (result: Result) => string {
  const seen = new Map<string, number>();
  return ({ rule, spot, field }) => {
    const where = 'file' in spot ? [spot.file] : [spot.namespace, spot.kind, spot.name];
    const parts = JSON.stringify([rule.id, ...where, ...('file' in spot ? [field] : [])]);
    const hash = createHash('sha256').update(parts).digest('hex').slice(0, 16);
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return `${hash}:${count}`;
  };
}
