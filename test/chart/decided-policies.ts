const networks = ['10.0.0.0/8'];
const enclosing = { 'forbidden-network': { networks } };
const noServices = { 'service-external-ip': { enforcement: 'none' }, 'service-external-name': { enforcement: 'none' } };
const noNames = { 'fqdn-address': { enforcement: 'none' }, ...noServices };
const noTargets = { 'forbidden-network': { enforcement: 'none' }, ...noNames };
const warned = { 'forbidden-network': { networks, enforcement: 'warn' } };
const everywhere = (rules: object) => ({ rules: enclosing, namespaces: [{ match: ['*'], rules }] });
const inShop = (rules: object) => [{ match: ['shop'], rules }];
const exempt = (...entries: readonly object[]) => ({ rules: enclosing, exempt: entries });

/** What the chart decides something of, by what is particular about it. */
export const policies: Readonly<Record<string, object>> = {
  nothing: {},
  'networks that enclose everything': { rules: enclosing },
  'audit only': { mode: 'audit', rules: enclosing },
  'enforce, literally': { mode: 'enforce', rules: enclosing },
  'neither networks nor names': { rules: noTargets },
  'a port, and neither networks nor names': { rules: { ...noTargets, 'forbidden-port': { ports: ['TCP/22'] } } },
  'external IPs of Services only': { rules: { ...noTargets, 'service-external-ip': { enforcement: 'deny' } } },
  'some external IPs allowed': { rules: { ...noTargets, 'service-external-ip': { allowed: ['192.0.2.0/24'] } } },
  'external names of Services only': { rules: { ...noTargets, 'service-external-name': { enforcement: 'deny' } } },
  'ports of Services only': {
    rules: {
      ...noTargets,
      'forbidden-port': { enforcement: 'none', presets: ['control-plane'] },
      'service-target-port': {},
    },
  },
  'ports of Services in a namespace only': {
    rules: { ...noTargets, 'service-target-port': {} },
    namespaces: [{ match: ['a'], rules: { 'forbidden-port': { ports: ['TCP/22'] } } }],
  },
  'ports of Services only warned of': {
    rules: {
      ...noTargets,
      'forbidden-port': { enforcement: 'none', ports: ['TCP/22'] },
      'service-target-port': { enforcement: 'warn' },
    },
  },
  'a preset of ports only': { rules: { ...noTargets, 'forbidden-port': { presets: ['control-plane'] } } },
  'a port that is only warned of': {
    rules: { ...noTargets, 'forbidden-port': { enforcement: 'warn', ports: ['TCP/22'] } },
  },
  'ports denied, of which none is forbidden': { rules: { ...noTargets, 'forbidden-port': { enforcement: 'deny' } } },
  'networks denied, of which none is forbidden': { rules: { 'forbidden-network': { presets: [] }, ...noNames } },
  'networks without a preset': { rules: { 'forbidden-network': { networks, presets: [] }, ...noNames } },
  'names only': { rules: { 'forbidden-network': { enforcement: 'none' } } },
  'networks only warned of': { rules: warned },
  'networks only warned of, and no names': { rules: { ...warned, ...noNames } },
  'names only audited': { rules: { ...enclosing, 'fqdn-address': { enforcement: 'audit' } } },
  'special addresses only warned of': { rules: { ...enclosing, 'special-address': { enforcement: 'warn' } } },
  'networks denied in a namespace': {
    rules: { ...warned, ...noNames },
    namespaces: inShop({ 'forbidden-network': { enforcement: 'deny' } }),
  },
  'names denied in a namespace': { rules: noTargets, namespaces: inShop({ 'fqdn-address': { enforcement: 'deny' } }) },
  'names audited in a namespace': {
    rules: noTargets,
    namespaces: inShop({ 'fqdn-address': { enforcement: 'audit' } }),
  },
  'ports denied in a namespace, none forbidden': {
    rules: { ...noTargets, 'forbidden-port': { enforcement: 'warn' } },
    namespaces: inShop({ 'forbidden-port': { enforcement: 'deny' } }),
  },
  'ports denied in a namespace, forbidden in another': {
    rules: { ...noTargets, 'forbidden-port': { enforcement: 'warn' } },
    namespaces: [
      ...inShop({ 'forbidden-port': { enforcement: 'deny' } }),
      { match: ['s*'], rules: { 'forbidden-port': { ports: ['TCP/22'] } } },
    ],
  },
  'ports forbidden in a namespace': {
    rules: noTargets,
    namespaces: inShop({ 'forbidden-port': { presets: ['openshift-mcs'] } }),
  },
  'networks taken away in a namespace': {
    rules: enclosing,
    namespaces: inShop({ 'forbidden-network': { enforcement: 'none' } }),
  },
  'networks taken away everywhere': everywhere({ 'forbidden-network': { enforcement: 'none' } }),
  'networks emptied everywhere': everywhere({ 'forbidden-network': { networks: [] } }),
  'names let through everywhere': everywhere({ 'fqdn-address': { enforcement: 'warn' } }),
  'special addresses let through everywhere': everywhere({ 'special-address': { enforcement: 'audit' } }),
  'the same said everywhere': everywhere({ 'forbidden-network': { enforcement: 'deny' } }),
  'something else said everywhere': everywhere({ protocol: { enforcement: 'warn' } }),
  'taken away where a pattern matches all': {
    rules: enclosing,
    namespaces: [{ match: ['shop', '**'], rules: { 'forbidden-network': { enforcement: 'audit' } } }],
  },
  'taken away where there is a hyphen': {
    rules: enclosing,
    namespaces: [{ match: ['*-*'], rules: { 'forbidden-network': { enforcement: 'none' } } }],
  },
  'taken away where a pattern names little': {
    rules: enclosing,
    namespaces: [{ match: ['a*'], rules: { 'fqdn-address': { enforcement: 'none' } } }],
  },
  'taken away where a pattern names something': {
    rules: enclosing,
    namespaces: [{ match: ['legacy-*'], rules: { 'forbidden-network': { enforcement: 'none' } } }],
  },
  'presets emptied everywhere': everywhere({ 'forbidden-network': { presets: [] } }),
  'another preset everywhere': everywhere({ 'forbidden-network': { presets: ['private'] } }),
  'one more preset everywhere': everywhere({ 'forbidden-network': { presets: ['private', 'cloud-metadata'] } }),
  'other networks everywhere': everywhere({ 'forbidden-network': { networks: ['192.0.2.0/24'] } }),
  'one more network everywhere': everywhere({ 'forbidden-network': { networks: [...networks, '192.0.2.0/24'] } }),
  'everybody exempt': exempt({ users: ['*'] }),
  'everybody exempt in every namespace': exempt({ users: ['*'], groups: ['*'], namespaces: ['*'] }),
  'every service account exempt': exempt({ groups: ['system:serviceaccounts'] }),
  'whoever is not logged in exempt': exempt({ groups: ['system:unauthenticated'] }),
  'the anonymous user exempt': exempt({ users: ['system:anonymous'] }),
  'authenticated users exempt': exempt({ groups: ['system:authenticated'] }),
  'everybody exempt in namespaces with a hyphen': exempt({ users: ['*'], namespaces: ['*-*'] }),
  'accounts of any namespace exempt where there is a hyphen': exempt({
    users: ['system:serviceaccount:*:default'],
    namespaces: ['*-*'],
  }),
  'namespaces with a hyphen exempt': exempt({ namespaces: ['shop', '*-*'] }),
  'namespaces with an a exempt': exempt({ namespaces: ['*a*'] }),
  'namespaces of one prefix exempt': exempt({ namespaces: ['legacy-*'] }),
  'accounts of any namespace exempt in one': exempt({
    users: ['system:serviceaccount:*:default'],
    namespaces: ['shop'],
  }),
  'whoever is logged in exempt': exempt({ groups: ['system:auth*'] }),
  'every account exempt from names': exempt({ groups: ['system:serviceaccounts'], rules: ['fqdn-address'] }),
  'every account exempt from protocol': exempt({ groups: ['system:serviceaccounts'], rules: ['protocol'] }),
  'every account exempt in one namespace': exempt({ groups: ['system:serviceaccounts'], namespaces: ['shop'] }),
  'accounts of one namespace exempt': exempt({ users: ['system:serviceaccount:shop:*'] }),
  'a user and a group that no tenant has': exempt({ users: ['jane'] }, { groups: ['platform'] }),
  'a user who would have to be in a group': exempt({ users: ['*'], groups: ['platform'] }),
  'a name with a dot, which is no pattern': exempt({ users: ['system.serviceaccount:*'] }),
};
