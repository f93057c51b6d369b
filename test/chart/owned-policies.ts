const networks = ['10.0.0.0/8'];
const enclosing = { 'forbidden-network': { networks } };
const noTargets = { 'forbidden-network': { enforcement: 'none' }, 'fqdn-address': { enforcement: 'none' } };
const inShop = (rules: object) => [{ match: ['shop'], rules }];
const deny = { enforcement: 'deny' };
const owned = { 'foreign-pod': deny, 'unclaimed-address': deny, 'service-address': deny, 'node-address': deny };
const ownedBut = (rule: keyof typeof owned, settings: object) => ({ ...owned, [rule]: { ...deny, ...settings } });
const ownedAndThere = (rules: object, everywhere: object = owned) => ({
  rules: everywhere,
  namespaces: [{ match: ['*'], rules }],
});

/** Those with rules that know the cluster. */
export const ownedPolicies: Readonly<Record<string, object>> = {
  'whose it is': { rules: owned },
  'whose it is, and networks': { rules: { ...enclosing, ...owned } },
  'whose it is, only audited': { mode: 'audit', rules: owned },
  'whose it is, only warned of': { rules: ownedBut('foreign-pod', { enforcement: 'warn' }) },
  'whose it is, but for nodes': { rules: ownedBut('node-address', { enforcement: 'none' }) },
  'whose it is, but for what is nobody’s': { rules: ownedBut('unclaimed-address', { enforcement: 'audit' }) },
  'whose it is, but for Services': { rules: ownedBut('service-address', { enforcement: 'none' }) },
  'pods alone': { rules: { 'foreign-pod': deny } },
  'what is nobody’s alone': { rules: { 'unclaimed-address': { enforcement: 'audit' } } },
  'Services alone': { rules: { 'service-address': { enforcement: 'warn' } } },
  'nodes alone': { rules: { 'node-address': deny } },
  'pods, and no other rule that RBAC can exempt from': { rules: { ...noTargets, 'foreign-pod': deny } },
  'pods only warned of, and no other such rule': { rules: { ...noTargets, 'foreign-pod': { enforcement: 'warn' } } },
  'Services without networks, and no other such rule': {
    rules: { ...noTargets, 'service-address': { ...deny, networks: [], presets: [] } },
  },
  'pods in a namespace': { rules: enclosing, namespaces: inShop({ 'foreign-pod': deny }) },
  'nodes in a namespace, and no other such rule': { rules: noTargets, namespaces: inShop({ 'node-address': deny }) },
  'pods everywhere but in a namespace': {
    rules: owned,
    namespaces: inShop({ 'foreign-pod': { enforcement: 'none' } }),
  },
  'settings of rules that are off': {
    rules: { ...enclosing, 'unclaimed-address': { networks }, 'foreign-pod': { enforcement: 'none' } },
  },
  'whose it is, unless it is unknown': { rules: owned, cluster: { whenUnknown: 'warn' } },
  'whose it is, also where it is unknown': { rules: owned, cluster: { whenUnknown: 'deny', staleAfter: '1m' } },
  'unknown without anything to know': { rules: enclosing, cluster: { whenUnknown: 'warn' } },
  'trust of everybody in everybody': { rules: ownedBut('foreign-pod', { trust: [{ from: ['*'], to: ['*'] }] }) },
  'trust in a letter': { rules: ownedBut('service-address', { trust: [{ from: ['any-*', '*'], to: ['x', 'b*'] }] }) },
  'trust in a namespace by name': { rules: ownedBut('foreign-pod', { trust: [{ from: ['*'], to: ['knative-*'] }] }) },
  'trust of a namespace by name': { rules: ownedBut('service-address', { trust: [{ from: ['agents'], to: ['*'] }] }) },
  'nodes by some ports': { rules: ownedBut('node-address', { ports: ['TCP/10250'] }) },
  'networks, and nodes by some ports': {
    rules: { ...enclosing, ...ownedBut('node-address', { ports: ['TCP/10250'] }) },
  },
  'pods let through everywhere': ownedAndThere({ 'foreign-pod': { enforcement: 'warn' } }),
  'nobody’s let through everywhere': ownedAndThere({ 'unclaimed-address': { presets: [] } }),
  'some ports of nodes everywhere': ownedAndThere({ 'node-address': { ports: ['TCP/10250'] } }),
  'every port of nodes everywhere': ownedAndThere({ 'node-address': { ports: [] } }),
  'everybody trusted everywhere': ownedAndThere({ 'foreign-pod': { trust: [{ from: ['**'], to: ['*'] }] } }),
  'somebody trusted everywhere': ownedAndThere({ 'foreign-pod': { trust: [{ from: ['*'], to: ['istio'] }] } }),
  'what is off stays off everywhere': ownedAndThere({ 'node-address': { enforcement: 'none' } }, enclosing),
  'every account exempt from pods': {
    rules: owned,
    exempt: [{ groups: ['system:serviceaccounts'], rules: ['foreign-pod'] }],
  },
  'every account exempt from pods, which are forbidden by networks': {
    rules: enclosing,
    exempt: [{ groups: ['system:serviceaccounts'], rules: ['foreign-pod'] }],
  },
};
