/** Names that mean something else on each machine. */
interface SpecialNames {
  /** Follows "is". */
  readonly meaning: string;
  readonly names: readonly string[];
  /** Names below which all names mean the same, themselves included. */
  readonly domains: readonly string[];
}

/** In lower case. */
export const specialNames: readonly SpecialNames[] = [
  {
    meaning: 'a name by which each machine calls itself',
    domains: [
      // https://www.rfc-editor.org/rfc/rfc6761#section-6.3
      'localhost',
      // systemd-resolved answers it like localhost. https://www.freedesktop.org/software/systemd/man/latest/systemd-resolved.service.html
      'localhost.localdomain',
    ],
    names: [
      // /etc/hosts of Debian (netcfg) and of Fedora (setup).
      ...['ip6-localhost', 'ip6-loopback', 'loopback'],
      ...['localhost4', 'localhost4.localdomain4', 'localhost6', 'localhost6.localdomain6'],
      // https://docs.docker.com/desktop/features/networking/ and the lines that it adds to /etc/hosts
      ...['host.docker.internal', 'gateway.docker.internal', 'kubernetes.docker.internal'],
      // https://docs.podman.io/en/latest/markdown/podman-run.1.html (--add-host)
      'host.containers.internal',
    ],
  },
  {
    meaning: "the name of a cloud's metadata service",
    domains: [],
    names: [
      // https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
      ...['metadata.google.internal', 'metadata.goog'],
      // EC2: cloud-init asks `instance-data`, which the resolver of a machine completes.
      // https://docs.cloud-init.io/en/latest/reference/datasources/ec2.html
      ...['instance-data', 'instance-data.ec2.internal'],
      // https://cloud.ibm.com/apidocs/vpc-metadata
      'api.metadata.cloud.ibm.com',
      // https://www.tencentcloud.com/document/product/213/4934
      'metadata.tencentyun.com',
      // https://community.exoscale.com/product/compute/instances/how-to/cloud-init-user-data/
      'metadata.exoscale.com',
      // Equinix Metal, formerly Packet. https://github.com/coreos/ignition/blob/main/internal/providers/packet/packet.go
      ...['metadata.platformequinix.com', 'metadata.packet.net'],
      // No page of Microsoft's names it, lists of names that proxies refuse do.
      'metadata.azure.internal',
    ],
  },
];
