import type { As } from './api.ts';
import { controller } from './situation.ts';

/** A write of a Service, and which of the two webhooks API servers call about it. */
export interface ServiceWrite {
  readonly title: string;
  /** A tenant unless somebody else is named. */
  readonly as?: As;
  /** What stands there before, and what is written; without `before` the write creates, without `after` it deletes. */
  readonly before?: ServiceContent;
  readonly after?: ServiceContent;
  /** The update as it is sent, where that is not the whole object by PUT. */
  readonly patch?: { readonly type: 'merge' | 'json'; readonly body: unknown };
  readonly calls?: readonly ('judged' | 'adopting')[];
  /** What webhooks say that are called, where offending slices of the Service wait that nobody manages. */
  readonly verdict?: 'allowed';
}

export interface ServiceContent {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const port = { name: 'http', port: 8080, targetPort: 8080, protocol: 'TCP' };
const ports = [port];
const selector = { app: 'web' };

const plain = { spec: { ports, selector } };
const without = { spec: { ports } };
const inside = { spec: { type: 'ExternalName', externalName: 'db.bank.svc.cluster.local' } };
const outside = { spec: { type: 'ExternalName', externalName: 'db.example.com' } };
const claiming = (...externalIPs: readonly string[]) => ({ spec: { ...plain.spec, externalIPs } });
const withPort = (change: object, spec: object = without.spec) => ({
  spec: { ...spec, ports: [{ ...port, ...change }] },
});
const labelled = ({ spec }: ServiceContent) => ({ spec, metadata: { labels: { tier: 'front' } } });
const judged = ['judged'] as const;
const adopting = ['adopting'] as const;

const judgedWrites: readonly ServiceWrite[] = [
  { title: 'created without a selector', after: without },
  { title: 'created with selector {}', after: { spec: { ports, selector: {} } } },
  { title: 'created with selector null', after: { spec: { ports, selector: null } } },
  { title: 'created headless, without a selector', after: { spec: { ports, clusterIP: 'None' } } },
  { title: 'created as NodePort without a selector', after: { spec: { ports, type: 'NodePort' } } },
  { title: 'created as ExternalName of another namespace', after: inside },
  { title: 'created as ExternalName, with a selector', after: { spec: { ...inside.spec, selector } } },
  { title: 'created as ExternalName outside', after: outside, verdict: 'allowed' },
  {
    ...{ title: 'its selector taken away by a patch', before: plain, after: without },
    patch: { type: 'merge', body: { spec: { selector: null } } },
  },
  {
    ...{ title: 'its selector taken away by a JSON patch', before: plain, after: without },
    patch: { type: 'json', body: [{ op: 'remove', path: '/spec/selector' }] },
  },
  { title: 'its selector taken away by a PUT', before: plain, after: without },
  { title: 'its selector emptied', before: plain, after: { spec: { ports, selector: {} } } },
  { title: 'made an ExternalName of another namespace', before: plain, after: inside },
  { title: 'no ExternalName any more, without a selector', before: inside, after: without },
  {
    ...{ title: 'no ExternalName any more, though it keeps its name', before: { spec: { ...outside.spec, ports } } },
    after: { spec: { ...outside.spec, ports, type: 'ClusterIP' } },
  },
  { title: 'another name of an ExternalName', before: outside, after: inside },
  { title: 'a name outside of an ExternalName', before: inside, after: outside, verdict: 'allowed' },
  { title: 'external IPs added', before: plain, after: claiming('192.0.2.9') },
  { title: 'one external IP more', before: claiming('192.0.2.9'), after: claiming('192.0.2.9', '192.0.2.10') },
  { title: 'another external IP', before: claiming('192.0.2.9'), after: claiming('192.0.2.10') },
  { title: 'without a selector, a forbidden targetPort', before: without, after: withPort({ targetPort: 10250 }) },
  {
    title: 'without a selector, a forbidden port',
    before: without,
    after: withPort({ port: 10250, targetPort: 10250 }),
  },
  {
    title: 'without a selector, another port',
    before: without,
    after: withPort({ targetPort: 9090 }),
    verdict: 'allowed',
  },
].map((one) => ({ ...one, calls: judged }) as ServiceWrite);

const adoptingWrites: readonly ServiceWrite[] = [
  { title: 'created with a selector', after: plain },
  { title: 'created headless, with a selector', after: { spec: { ...plain.spec, clusterIP: 'None' } } },
  { title: 'created as NodePort with a selector', after: { spec: { ...plain.spec, type: 'NodePort' } } },
  { title: 'no ExternalName any more, with a selector', before: inside, after: plain },
].map((one) => ({ ...one, calls: adopting }));

const ordinaryWrites: readonly ServiceWrite[] = [
  { title: 'another selector', before: plain, after: { spec: { ports, selector: { app: 'other' } } } },
  { title: 'given a selector', before: without, after: plain },
  { title: 'labels', before: plain, after: labelled(plain) },
  { title: 'labels, without a selector', before: without, after: labelled(without) },
  { title: 'labels of an ExternalName', before: inside, after: labelled(inside) },
  { title: 'labels, with external IPs', before: claiming('192.0.2.9'), after: labelled(claiming('192.0.2.9')) },
  { title: 'annotations', before: plain, after: { ...plain, metadata: { annotations: { note: 'a' } } } },
  { title: 'a port', before: plain, after: withPort({ port: 9090 }, plain.spec) },
  { title: 'a targetPort', before: plain, after: withPort({ targetPort: 10250 }, plain.spec) },
  { title: 'ClusterIP made NodePort', before: plain, after: { spec: { ...plain.spec, type: 'NodePort' } } },
  { title: 'session affinity', before: plain, after: { spec: { ...plain.spec, sessionAffinity: 'ClientIP' } } },
  {
    title: 'addresses that are not ready',
    before: plain,
    after: { spec: { ...plain.spec, publishNotReadyAddresses: true } },
  },
  { title: 'external IPs taken away', before: claiming('192.0.2.9', '192.0.2.10'), after: claiming('192.0.2.10') },
  {
    title: 'external IPs in another order',
    before: claiming('192.0.2.9', '192.0.2.10'),
    after: claiming('192.0.2.10', '192.0.2.9'),
  },
  { title: 'nothing', before: plain, after: plain },
  { title: 'nothing, without a selector', before: without, after: without },
  { title: 'deleted', before: plain },
  { title: 'deleted, without a selector', before: without },
  { title: 'created without a selector by a controller', after: without, as: controller },
  { title: 'its selector taken away by a controller', before: plain, after: without, as: controller },
];

export const serviceWrites = [...judgedWrites, ...adoptingWrites, ...ordinaryWrites, ...bothWrites()];

function bothWrites(): readonly ServiceWrite[] {
  return [
    { title: 'created with a selector and external IPs', after: claiming('192.0.2.9'), calls: ['judged', 'adopting'] },
  ];
}
