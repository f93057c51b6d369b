// The example of the document "Creating an Endpoints Object", without what the API server makes up (uid, times, versions).

export const request = {
  kind: 'Endpoints',
  apiVersion: 'v1',
  metadata: { name: 'cluster-test' },
  subsets: [
    { addresses: [{ ip: '172.16.106.152' }], ports: [{ port: 1 }] },
    { addresses: [{ ip: '172.16.79.157' }], ports: [{ port: 1 }] },
  ],
};

export const response = {
  subsets: [
    {
      addresses: [{ ip: '172.16.106.152' }, { ip: '172.16.79.157' }],
      ports: [{ port: 1, protocol: 'TCP' }],
    },
  ],
};
