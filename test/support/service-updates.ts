/** What is judged of Services, as a policy says it. */
export const serviceRules = {
  'service-external-ip': { allowed: ['203.0.113.0/24'] },
  'service-external-name': { clusterDomain: 'k8s.example' },
  'forbidden-port': { presets: ['control-plane'] },
};

/** A change of a Service's spec, and what is found in it: rules with fields. */
export interface ServiceUpdate {
  readonly title: string;
  readonly before: object;
  readonly after: object;
  readonly violated: readonly string[];
}

export const firstExternalIP = 'service-external-ip spec.externalIPs[0]';
const secondExternalIP = 'service-external-ip spec.externalIPs[1]';
export const externalName = 'service-external-name spec.externalName';
export const targetPort = 'service-target-port spec.ports[0].targetPort';

const selector = { app: 'web' };

export function named(name: string) {
  return { type: 'ExternalName', externalName: name };
}

export function to(target: unknown, more: object = {}) {
  return { ports: [{ port: 443, targetPort: target, ...more }] };
}

const rows: readonly (readonly [title: string, before: object, after: object, violated: readonly string[]])[] = [
  ['the same external IP', { externalIPs: ['10.96.0.1'] }, { externalIPs: ['10.96.0.1'], selector }, []],
  ['one more', { externalIPs: ['10.96.0.1'] }, { externalIPs: ['10.96.0.1', '10.96.0.2'] }, [secondExternalIP]],
  ['another spelling', { externalIPs: ['fd00::1'] }, { externalIPs: ['fd00:0::1'] }, [firstExternalIP]],
  ['other order', { externalIPs: ['10.0.0.1', '10.0.0.2'] }, { externalIPs: ['10.0.0.2', '10.0.0.1'] }, []],
  ['one less', { externalIPs: ['10.0.0.1', '10.0.0.2'] }, { externalIPs: ['10.0.0.2'] }, []],
  ['an allowed one more', {}, { externalIPs: ['203.0.113.1'] }, []],
  ['the same name', named('metadata'), { ...named('metadata'), sessionAffinity: 'None' }, []],
  ['another name', named('metadata'), named('localhost'), [externalName]],
  ['the name with a dot', named('db.bank.svc'), named('db.bank.svc.'), [externalName]],
  ['ExternalName only now', { externalName: 'metadata', selector }, named('metadata'), [externalName]],
  ['no ExternalName any more', named('metadata'), { externalName: 'metadata' }, []],
  ['the same port', to(10250), { ...to(10250), sessionAffinity: 'None' }, []],
  ['the same port under another number', to(10250), to(10250, { port: 8443 }), []],
  ['another port', to(10250), to(6443), [targetPort]],
  ['the port over TCP', to(10250, { protocol: 'UDP' }), to(10250), [targetPort]],
  ['the selector taken away', { ...to(10250), selector }, to(10250), [targetPort]],
  ['an empty selector', { ...to(10250), selector }, { ...to(10250), selector: {} }, [targetPort]],
  [
    'a selector, but ExternalName',
    { ...to(10250), selector },
    { ...to(10250), selector, ...named('a.example') },
    [targetPort],
  ],
  ['a name before', to('kubelet'), to(10250), [targetPort]],
  ['a selector given', to(10250), { ...to(6443), selector }, []],
];

/** Of a Service with the `serviceRules`: an UPDATE is judged by what it adds. */
export const serviceUpdates: readonly ServiceUpdate[] = rows.map(([title, before, after, violated]) => ({
  ...{ title, before, after, violated },
}));
