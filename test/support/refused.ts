import type { Kind } from '../../src/endpoints/view.ts';

// What API servers refuse: what `check` says of it (test/api-validation), beside what Kubernetes 1.37 says (test/e2e).

export interface RefusedCase {
  readonly title: string;
  readonly kind: Kind;
  readonly text: string;
  /** `line:column field: message [rule]` each. */
  readonly says: readonly string[];
  /** What is in the API server's answer, literally. */
  readonly server: string;
}

const slice = (rest: string, metadata = 'name: web-1') =>
  `apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {${metadata}}\n${rest}`;
const endpoints = (rest: string, metadata = 'name: web') =>
  `apiVersion: v1\nkind: Endpoints\nmetadata: {${metadata}}\n${rest}`;
const endpoint = (fields: string, type = 'IPv4') =>
  `addressType: ${type}\nendpoints: [{${fields}}]\nports: [{port: 80}]\n`;
const goodSlice = endpoint('addresses: [10.1.2.3]');
const goodSubsets = 'subsets: [{addresses: [{ip: 10.1.2.3}], ports: [{port: 80}]}]\n';
const slicePorts = (ports: string) => `addressType: IPv4\nendpoints: [{addresses: [10.1.2.3]}]\nports: [${ports}]\n`;
const portsOf = (ports: string) => endpoints(`subsets: [{addresses: [{ip: 10.1.2.3}], ports: [${ports}]}]\n`);
const address = (fields: string) =>
  endpoints(`subsets: [{addresses: [{ip: 10.1.2.3, ${fields}}], ports: [{port: 80}]}]\n`);
const endpointsMeta = (metadata: string) => endpoints(goodSubsets, `name: web, ${metadata}`);
const sliceMeta = (metadata: string) => slice(goodSlice, `name: web-1, ${metadata}`);

const one = (title: string, text: string, says: string, server: string): RefusedCase => ({
  ...{ title, text, says: [says], server },
  kind: text.includes('kind: EndpointSlice') ? 'EndpointSlice' : 'Endpoints',
});

/** Keys that are no fields, and the nearest right name. */
export const unknownFields: readonly RefusedCase[] = [
  one(
    'port for ports',
    slice('addressType: IPv4\nendpoints: [{addresses: [10.1.2.3]}]\nport: [{port: 80}]\n'),
    '6:1 port: is no field of EndpointSlice: write ports [well-formed]',
    'unknown field "port"',
  ),
  one(
    'a number under port',
    slice('addressType: IPv4\nendpoints: [{addresses: [10.1.2.3]}]\nport: 80\n'),
    '6:1 port: is no field of EndpointSlice: write ports [well-formed]',
    'unknown field "port"',
  ),
  one(
    'nodename',
    slice(endpoint('addresses: [10.1.2.3], nodename: a')),
    '5:37 endpoints[0].nodename: is no field of Endpoint: write nodeName [well-formed]',
    'unknown field "endpoints[0].nodename"',
  ),
  one(
    'condition',
    slice(endpoint('addresses: [10.1.2.3], condition: {ready: true}')),
    '5:37 endpoints[0].condition: is no field of Endpoint: write conditions [well-formed]',
    'unknown field "endpoints[0].condition"',
  ),
  one(
    'a condition outside of conditions',
    slice(endpoint('addresses: [10.1.2.3], ready: true')),
    '5:37 endpoints[0].ready: is no field of Endpoint: write it inside of conditions [well-formed]',
    'unknown field "endpoints[0].ready"',
  ),
  one(
    'a misspelt condition',
    slice(endpoint('addresses: [10.1.2.3], conditions: {redy: true}')),
    '5:50 endpoints[0].conditions.redy: is no field of EndpointConditions: write ready [well-formed]',
    'unknown field "endpoints[0].conditions.redy"',
  ),
  one(
    'lables',
    slice(goodSlice, 'name: web-1, lables: {a: b}'),
    '3:25 metadata.lables: is no field of ObjectMeta: write labels [well-formed]',
    'unknown field "metadata.lables"',
  ),
  one(
    'labels outside of metadata',
    slice(`labels: {a: b}\n${goodSlice}`),
    '4:1 labels: is no field of EndpointSlice: write it inside of metadata [well-formed]',
    'unknown field "labels"',
  ),
  one(
    'what is near to nothing',
    endpoints(`spec: {}\n${goodSubsets}`),
    '4:1 spec: is no field of Endpoints: remove it; the fields of Endpoints are apiVersion, kind, metadata, subsets [well-formed]',
    'unknown field "spec"',
  ),
  one(
    'adresses, and says not that addresses are missing',
    slice(endpoint('adresses: [10.1.2.3]')),
    '5:14 endpoints[0].adresses: is no field of Endpoint: write addresses [well-formed]',
    'unknown field "endpoints[0].adresses"',
  ),
  one(
    'addresstype, and says not that addressType is missing',
    slice('addresstype: IPv4\nendpoints: [{addresses: [10.1.2.3]}]\nports: [{port: 80}]\n'),
    '4:1 addresstype: is no field of EndpointSlice: write addressType [well-formed]',
    'unknown field "addresstype"',
  ),
  one(
    'endpoint',
    slice('addressType: IPv4\nendpoint: [{addresses: [10.1.2.3]}]\nports: [{port: 80}]\n'),
    '5:1 endpoint: is no field of EndpointSlice: write endpoints [well-formed]',
    'unknown field "endpoint"',
  ),
  one(
    'forZone',
    slice(endpoint('addresses: [10.1.2.3], hints: {forZone: [{name: a}]}')),
    '5:45 endpoints[0].hints.forZone: is no field of EndpointHints: write forZones [well-formed]',
    'unknown field "endpoints[0].hints.forZone"',
  ),
  one(
    'forZones outside of hints',
    slice(endpoint('addresses: [10.1.2.3], forZones: [{name: a}]')),
    '5:37 endpoints[0].forZones: is no field of Endpoint: write it inside of hints [well-formed]',
    'unknown field "endpoints[0].forZones"',
  ),
  one(
    'a zone of a hint',
    slice(endpoint('addresses: [10.1.2.3], hints: {forZones: [{zone: a}]}')),
    '5:57 endpoints[0].hints.forZones[0].zone: is no field of ForZone: write it further out, in Endpoint [well-formed]',
    'unknown field "endpoints[0].hints.forZones[0].zone"',
  ),
  one(
    'a misspelt kind of a target',
    slice(endpoint('addresses: [10.1.2.3], targetRef: {king: Pod}')),
    '5:49 endpoints[0].targetRef.king: is no field of ObjectReference: write kind [well-formed]',
    'unknown field "endpoints[0].targetRef.king"',
  ),
  one(
    'topology',
    slice(endpoint('addresses: [10.1.2.3], topology: {a: b}')),
    '5:37 endpoints[0].topology: is no field of Endpoint: write deprecatedTopology [well-formed]',
    'unknown field "endpoints[0].topology"',
  ),
  one(
    'the wrong case, and says not that ip is missing',
    endpoints('subsets: [{addresses: [{IP: 10.1.2.3}], ports: [{port: 80}]}]\n'),
    '4:25 subsets[0].addresses[0].IP: is no field of EndpointAddress: write ip [well-formed]',
    'unknown field "subsets[0].addresses[0].IP"',
  ),
  one(
    'subset, and says not that subsets are missing',
    endpoints('subset: [{addresses: [{ip: 10.1.2.3}], ports: [{port: 80}]}]\n'),
    '4:1 subset: is no field of Endpoints: write subsets [well-formed]',
    'unknown field "subset"',
  ),
  one(
    'address, and says not that addresses are missing',
    endpoints('subsets: [{address: [{ip: 10.1.2.3}], ports: [{port: 80}]}]\n'),
    '4:12 subsets[0].address: is no field of EndpointSubset: write addresses [well-formed]',
    'unknown field "subsets[0].address"',
  ),
  one(
    'notReady',
    endpoints('subsets: [{addresses: [{ip: 10.1.2.3}], notReady: [{ip: 10.1.2.4}], ports: [{port: 80}]}]\n'),
    '4:41 subsets[0].notReady: is no field of EndpointSubset: write notReadyAddresses [well-formed]',
    'unknown field "subsets[0].notReady"',
  ),
  one(
    'port for ports of Endpoints, and says not that ports are missing',
    endpoints('subsets: [{addresses: [{ip: 10.1.2.3}], port: [{port: 80}]}]\n'),
    '4:41 subsets[0].port: is no field of EndpointSubset: write ports [well-formed]',
    'unknown field "subsets[0].port"',
  ),
  one(
    'prot, and says not that port is missing',
    endpoints('subsets: [{addresses: [{ip: 10.1.2.3}], ports: [{prot: 80}]}]\n'),
    '4:50 subsets[0].ports[0].prot: is no field of EndpointPort: write port [well-formed]',
    'unknown field "subsets[0].ports[0].prot"',
  ),
  one(
    'the wrong case of a name',
    portsOf('{Name: a, port: 80}'),
    '4:50 subsets[0].ports[0].Name: is no field of EndpointPort: write name [well-formed]',
    'unknown field "subsets[0].ports[0].Name"',
  ),
  one(
    'a field of slices in Endpoints',
    address('zone: a'),
    '4:39 subsets[0].addresses[0].zone: is no field of EndpointAddress: remove it; the fields of EndpointAddress are ip, hostname, nodeName, targetRef [well-formed]',
    'unknown field "subsets[0].addresses[0].zone"',
  ),
  one(
    'ip by another name',
    address('ipAddress: 10.1.2.4'),
    '4:39 subsets[0].addresses[0].ipAddress: is no field of EndpointAddress: remove it, since ip is here already [well-formed]',
    'unknown field "subsets[0].addresses[0].ipAddress"',
  ),
  one(
    'controler',
    sliceMeta('ownerReferences: [{apiVersion: v1, kind: Pod, name: a, uid: b, controler: true}]'),
    '3:88 metadata.ownerReferences[0].controler: is no field of OwnerReference: write controller [well-formed]',
    'unknown field "metadata.ownerReferences[0].controler"',
  ),
  one(
    'the wrong case of a uid',
    sliceMeta('ownerReferences: [{apiVersion: v1, kind: Pod, name: a, UID: b}]'),
    '3:80 metadata.ownerReferences[0].UID: is no field of OwnerReference: write uid [well-formed]',
    'unknown field "metadata.ownerReferences[0].UID"',
  ),
  one(
    'a misspelt manager',
    sliceMeta('managedFields: [{manger: a, operation: Update}]'),
    '3:42 metadata.managedFields[0].manger: is no field of ManagedFieldsEntry: write manager [well-formed]',
    'unknown field "metadata.managedFields[0].manger"',
  ),
  one(
    'metdata, and says not that the name is missing',
    `apiVersion: v1\nkind: Endpoints\nmetdata: {name: web}\n${goodSubsets}`,
    '3:1 metdata: is no field of Endpoints: write metadata [well-formed]',
    'unknown field "metdata"',
  ),
  one(
    'a field of Endpoints in a slice',
    slice(`${goodSlice}subsets: []\n`),
    '7:1 subsets: is no field of EndpointSlice: remove it; the fields of EndpointSlice are apiVersion, kind, metadata, addressType, endpoints, ports [well-formed]',
    'unknown field "subsets"',
  ),
];

/** Values of the wrong type, or that an API server validates. */
export const refusedValues: readonly RefusedCase[] = [
  one(
    'a label that is a number',
    endpointsMeta('labels: {a: 1}'),
    '3:35 metadata.labels.a: 1 is not a string: put it in quotes [well-formed]',
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ),
  one(
    'an annotation that is true',
    endpointsMeta('annotations: {a: true}'),
    '3:40 metadata.annotations.a: true is not a string: put it in quotes [well-formed]',
    'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.annotations of type string',
  ),
  one(
    'a finalizer that is a number',
    endpointsMeta('finalizers: [5]'),
    '3:36 metadata.finalizers[0]: 5 is not a string: write one finalizer as a string [well-formed]',
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.finalizers of type string',
  ),
  one(
    'hints that are no list',
    slice(endpoint('addresses: [10.1.2.3], hints: {forZones: a}')),
    '5:55 endpoints[0].hints.forZones: "a" is not a list: write a list [well-formed]',
    'json: cannot unmarshal string into Go struct field EndpointHints.endpoints.hints.forZones of type []v1.ForZone',
  ),
  one(
    'an application protocol that is a number',
    portsOf('{port: 80, appProtocol: 5}'),
    '4:73 subsets[0].ports[0].appProtocol: 5 is not a string: put it in quotes [well-formed]',
    'json: cannot unmarshal number into Go struct field EndpointPort.subsets.ports.appProtocol of type string',
  ),
  one(
    'a port of more than 32 bits',
    slice(slicePorts('{port: 2147483648}')),
    '6:16 ports[0].port: 2147483648 is not a port: write a port from 1 to 65535 [port-range]',
    'json: cannot unmarshal number 2147483648 into Go struct field EndpointPort.ports.port of type int32',
  ),
  one(
    'a time that is none',
    endpointsMeta('creationTimestamp: yesterday'),
    '3:42 metadata.creationTimestamp: "yesterday" is not a time: write 2026-01-31T12:00:00Z [well-formed]',
    'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
  ),
  one(
    'a generation that is no integer',
    endpointsMeta('generation: 1.5'),
    '3:35 metadata.generation: 1.5 is not an integer of 64 bits: write an integer of 64 bits [well-formed]',
    'json: cannot unmarshal number 1.5 into Go struct field ObjectMeta.metadata.generation of type int64',
  ),
  one(
    'the name of a slice',
    slice(goodSlice, 'name: Web_1'),
    '3:18 metadata.name: "Web_1" is not a DNS subdomain: write lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit, at most 253 characters [well-formed]',
    "metadata.name: Invalid value: \"Web_1\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'a slice without a name',
    slice(goodSlice, ''),
    '3:11 metadata.name: is missing: give the object a name, or a generateName [well-formed]',
    'metadata.name: Required value: name or generateName is required',
  ),
  one(
    'generateName',
    slice(goodSlice, 'generateName: Web-'),
    '3:26 metadata.generateName: "Web-" is not the beginning of a DNS subdomain: write lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit, at most 253 characters [well-formed]',
    "metadata.generateName: Invalid value: \"Web-\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'a dot at the end of generateName',
    slice(goodSlice, 'generateName: web.'),
    '3:26 metadata.generateName: "web." is not the beginning of a DNS subdomain: write lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit, at most 253 characters [well-formed]',
    "metadata.generateName: Invalid value: \"web.\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'the name of a namespace',
    sliceMeta('namespace: Shop_1'),
    '3:36 metadata.namespace: "Shop_1" is not a DNS label: write the name of a namespace [well-formed]',
    'namespaces "Shop_1" not found',
  ),
  one(
    'the key of a label',
    sliceMeta('labels: {"a b": c}'),
    '3:34 metadata.labels[a b]: "a b" is not the key of a label: write at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit, with a DNS subdomain and "/" before it or without [well-formed]',
    "metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'the value of a label',
    sliceMeta('labels: {a: "b c"}'),
    '3:37 metadata.labels.a: "b c" is not the value of a label: write at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit [well-formed]',
    "metadata.labels: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'the key of an annotation',
    endpointsMeta('annotations: {"a/b/c": d}'),
    '3:37 metadata.annotations[a/b/c]: "a/b/c" is not the key of an annotation: write at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit, with a DNS subdomain and "/" before it or without [well-formed]',
    "metadata.annotations: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'an owner without uid',
    endpointsMeta('ownerReferences: [{apiVersion: v1, kind: Pod, name: a}]'),
    "3:41 metadata.ownerReferences[0].uid: is missing: write the owner's uid [well-formed]",
    'metadata.ownerReferences[0].uid: Required value: must not be empty',
  ),
  one(
    'the version of an owner',
    endpointsMeta('ownerReferences: [{apiVersion: a/b/c, kind: Pod, name: a, uid: b}]'),
    '3:54 metadata.ownerReferences[0].apiVersion: "a/b/c" is not a group and version: write one such as apps/v1 or v1 [well-formed]',
    'metadata.ownerReferences[0].apiVersion: Invalid value: "a/b/c": must be <group>/<version> or <version>',
  ),
  one(
    'an Event that owns',
    endpointsMeta('ownerReferences: [{apiVersion: v1, kind: Event, name: a, uid: b}]'),
    '3:41 metadata.ownerReferences[0]: an Event cannot be an owner: remove it [well-formed]',
    'metadata.ownerReferences[0]: Invalid value: {"apiVersion":"v1","kind":"Event","name":"a","uid":"b"}: /v1, Kind=Event is disallowed from being an owner',
  ),
  one(
    'two controllers',
    endpointsMeta(
      'ownerReferences: [{apiVersion: v1, kind: Pod, name: a, uid: b, controller: true}, {apiVersion: v1, kind: Pod, name: c, uid: d, controller: true}]',
    ),
    '3:162 metadata.ownerReferences[1].controller: is true of two owners: leave it true of the one that controls the object [well-formed]',
    'metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"a","uid":"b","controller":true},{"apiVersion":"v1","kind":"Pod","name":"c","uid":"d","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod/a and Pod/c',
  ),
  one(
    'a finalizer',
    endpointsMeta('finalizers: [mine]'),
    '3:36 metadata.finalizers[0]: "mine" is not a finalizer: write kubernetes, orphan, foregroundDeletion, or a qualified name such as example.com/name [well-formed]',
    'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
  ),
  one(
    'finalizers that contradict each other',
    endpointsMeta('finalizers: [orphan, foregroundDeletion]'),
    '3:35 metadata.finalizers: are orphan and foregroundDeletion: keep one of them [well-formed]',
    'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
  ),
  one(
    'a negative generation of Endpoints',
    endpointsMeta('generation: -1'),
    '3:35 metadata.generation: -1 is negative: leave it out [well-formed]',
    'metadata.generation: Invalid value: -1: must be greater than or equal to 0',
  ),
  one(
    'an endpoint without addresses',
    slice(endpoint('hostname: a')),
    '5:13 endpoints[0].addresses: is missing: write at least one address [well-formed]',
    'endpoints[0].addresses: Required value',
  ),
  one(
    'an endpoint with no address',
    slice(endpoint('addresses: []')),
    '5:25 endpoints[0].addresses: is missing: write at least one address [well-formed]',
    'endpoints[0].addresses: Required value',
  ),
  one(
    'the type of addresses',
    slice(endpoint('addresses: [10.1.2.3]', 'ipv4')),
    '4:14 addressType: "ipv4" is not IPv4, IPv6 or FQDN: write IPv4 [well-formed]',
    'addressType: Unsupported value: "ipv4": supported values: "FQDN", "IPv4", "IPv6"',
  ),
  one(
    'the family of an address',
    slice(endpoint('addresses: ["2001:db8::1"]')),
    '5:26 endpoints[0].addresses[0]: "2001:db8::1" is an IPv6 address, and addressType is IPv4: write an IPv4 address, or move it to a slice with addressType IPv6 [well-formed]',
    'endpoints[0].addresses: Invalid value: "2001:db8::1": must be an IPv4 address',
  ),
  one(
    'an IPv6 address that is not canonical',
    slice(endpoint('addresses: ["2001:DB8:0::1"]', 'IPv6')),
    '5:26 endpoints[0].addresses[0]: "2001:DB8:0::1" is not in canonical form, which Kubernetes demands of slices: write 2001:db8::1 [well-formed]',
    'endpoints[0].addresses[0]: Invalid value: "2001:DB8:0::1": must be in canonical form ("2001:db8::1")',
  ),
  one(
    'a special address',
    slice(endpoint('addresses: [127.0.0.1]')),
    '5:26 endpoints[0].addresses[0]: "127.0.0.1" is a loopback address (127.0.0.0/8): write an address that every node reaches the same way, such as that of a pod or of an external server [special-address]',
    'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
  ),
  one(
    'a name of one label',
    slice(endpoint('addresses: [db]', 'FQDN')),
    '5:26 endpoints[0].addresses[0]: "db" is a name, which can mean any address at any time: write the addresses in a slice of addressType IPv4 or IPv6, use a Service of type ExternalName for a name, or ask an administrator for "create" on the "restricted" subresource [fqdn-address]',
    'endpoints[0].addresses[0]: Invalid value: "db": should be a domain with at least two segments separated by dots',
  ),
  one(
    'a name with a capital',
    slice(endpoint('addresses: [Db.example.com]', 'FQDN')),
    '5:26 endpoints[0].addresses[0]: "Db.example.com" is a name, which can mean any address at any time: write the addresses in a slice of addressType IPv4 or IPv6, use a Service of type ExternalName for a name, or ask an administrator for "create" on the "restricted" subresource [fqdn-address]',
    "endpoints[0].addresses[0]: Invalid value: \"Db.example.com\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'an empty hostname of a slice',
    slice(endpoint('addresses: [10.1.2.3], hostname: ""')),
    '5:47 endpoints[0].hostname: "" is not a DNS label: write lower-case letters, digits and "-", at most 63, without dots, beginning and ending with a letter or digit [well-formed]',
    'endpoints[0].hostname: Invalid value: "": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \'-\', and must start and end with an alphanumeric character',
  ),
  one(
    'a hostname',
    slice(endpoint('addresses: [10.1.2.3], hostname: a.b')),
    '5:47 endpoints[0].hostname: "a.b" is not a DNS label: write "a": DNS appends the names of the Service and of the namespace [hostname-label]',
    'endpoints[0].hostname: Invalid value: "a.b": must not contain dots',
  ),
  one(
    'the name of a node',
    slice(endpoint('addresses: [10.1.2.3], nodeName: A')),
    '5:47 endpoints[0].nodeName: "A" is not a DNS subdomain: write the name of a node, or leave nodeName out [node-name]',
    "endpoints[0].nodeName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'a zone twice',
    slice(endpoint('addresses: [10.1.2.3], hints: {forZones: [{name: a}, {name: a}]}')),
    '5:74 endpoints[0].hints.forZones[1].name: "a" is here a second time: make it unique, or remove it [well-formed]',
    'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
  ),
  one(
    'the name of a zone',
    slice(endpoint('addresses: [10.1.2.3], hints: {forZones: [{name: "a b"}]}')),
    '5:63 endpoints[0].hints.forZones[0].name: "a b" is not the name of a zone: write at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit [well-formed]',
    "endpoints[0].hints.forZones[0].name: Invalid value: \"a b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'an empty name of a node in a hint',
    slice(endpoint('addresses: [10.1.2.3], hints: {forNodes: [{name: ""}]}')),
    '5:63 endpoints[0].hints.forNodes[0].name: "" is not a DNS subdomain: write lower-case letters, digits, "-" and ".", beginning and ending with a letter or digit, at most 253 characters [well-formed]',
    "endpoints[0].hints.forNodes[0].name: Invalid value: \"\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'nine zones',
    slice(
      endpoint(
        'addresses: [10.1.2.3], hints: {forZones: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}, {name: f}, {name: g}, {name: h}, {name: i}]}',
      ),
    ),
    '5:55 endpoints[0].hints.forZones: holds 9 hints, and 8 is the most: split the object, or remove some [well-formed]',
    'endpoints[0].hints.forZones: Too many: 9: must have at most 8 items',
  ),
  one(
    'a protocol of a slice',
    slice(slicePorts('{port: 80, protocol: http}')),
    '6:30 ports[0].protocol: "http" is not TCP, UDP or SCTP: write TCP, UDP or SCTP [well-formed]',
    'ports[0].protocol: Unsupported value: "http": supported values: "SCTP", "TCP", "UDP"',
  ),
  one(
    'an empty protocol of a slice',
    slice(slicePorts('{port: 80, protocol: ""}')),
    '6:30 ports[0].protocol: "" is not TCP, UDP or SCTP: write TCP, UDP or SCTP [well-formed]',
    'ports[0].protocol: Unsupported value: "": supported values: "SCTP", "TCP", "UDP"',
  ),
  one(
    'an application protocol',
    slice(slicePorts('{port: 80, appProtocol: "a b"}')),
    '6:33 ports[0].appProtocol: "a b" is not an application protocol: write at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit, with a DNS subdomain and "/" before it or without [well-formed]',
    "ports[0].appProtocol: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'two ports of one name',
    slice(slicePorts('{name: a, port: 80}, {name: a, port: 81}')),
    '6:37 ports[1].name: "a" is here a second time: make it unique, or remove it [well-formed]',
    'ports[1].name: Duplicate value: "a"',
  ),
  one(
    'two ports without a name',
    slice(slicePorts('{port: 80}, {port: 81}')),
    '6:21 ports[1].name: is missing of a second port: name each port, one of them at most may have none [well-formed]',
    'ports[1].name: Duplicate value: ""',
  ),
  one(
    'the name of a port',
    slice(slicePorts('{name: A, port: 80}')),
    '6:16 ports[0].name: "A" is not a DNS label: write "a", here and in the Service [port-name-label]',
    'ports[0].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \'-\', and must start and end with an alphanumeric character',
  ),
  one(
    'a subset without addresses',
    endpoints('subsets: [{addresses: [], ports: [{port: 80}]}]\n'),
    '4:23 subsets[0].addresses: holds no ready address: write at least one address under "addresses"; if a program writes it so (a leader lock, a restore, a mirror), an administrator can exempt it in the policy: exempt: [{users: [<its user>], namespaces: [<its namespace>], rules: [addresses-required]}] [addresses-required]',
    'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
  ),
  one(
    'an empty application protocol',
    portsOf('{port: 80, appProtocol: ""}'),
    '4:73 subsets[0].ports[0].appProtocol: "" is not an application protocol: write at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit, with a DNS subdomain and "/" before it or without [well-formed]',
    "subsets[0].ports[0].appProtocol: Invalid value: \"\": name part must be non-empty, subsets[0].ports[0].appProtocol: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ),
  one(
    'an empty name of a node',
    address('nodeName: ""'),
    '4:49 subsets[0].addresses[0].nodeName: "" is not a DNS subdomain: write the name of a node, or leave nodeName out [node-name]',
    "subsets[0].addresses[0].nodeName: Invalid value: \"\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  ),
];
