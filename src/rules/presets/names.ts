/** Names that mean something else on each machine. */
interface SpecialNames {
  /** Follows "is". */
  readonly meaning: string;
  readonly names: readonly string[];
  /** Names below which all names mean the same, themselves included. */
  readonly domains: readonly string[];
}

/** In lower case. `*` is one label. */
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
      // What clusters on one's own machine call it: https://github.com/kubernetes/minikube/issues/12654, https://github.com/k3d-io/k3d/releases/tag/v3.1.0,
      // https://lima-vm.io/docs/config/network/user, https://deepwiki.com/rancher-sandbox/rancher-desktop/4.7-networking-and-virtual-network-stack
      ...['host.minikube.internal', 'host.k3d.internal', 'host.lima.internal'],
      ...['host.rancher-desktop.internal', 'gateway.rancher-desktop.internal'],
    ],
  },
  {
    meaning: "the name of a cloud's metadata service",
    domains: [],
    names: [
      // https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
      ...['metadata.google.internal', 'metadata.goog', 'metadata'],
      // EC2: cloud-init asks `instance-data`, which the resolver of a machine completes, in most regions to a name such as
      // `instance-data.us-west-2.compute.internal`, which scripts ask, too.
      // https://docs.cloud-init.io/en/latest/reference/datasources/ec2.html
      ...['instance-data', 'instance-data.ec2.internal', 'instance-data.*.compute.internal'],
      // CloudStack. https://github.com/canonical/cloud-init/blob/21.3/doc/rtd/topics/datasources/cloudstack.rst
      'data-server',
      // Rancher 1, whose DNS server answers 169.254.169.250; no page of its own names it, many scripts do.
      ...['rancher-metadata', 'rancher-metadata.rancher.internal'],
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

/** A regular expression for names in lower case without a dot at their end, in JavaScript and in RE2. */
export function namePattern(groups: readonly Pick<SpecialNames, 'names' | 'domains'>[]): string {
  const anyOf = (texts: readonly string[]) => texts.join('|').replaceAll('.', String.raw`\.`).replaceAll('*', '[^.]+');
  const domains = anyOf(groups.flatMap((one) => one.domains));
  const names = anyOf(groups.flatMap((one) => one.names));
  return [...(domains ? [String.raw`(?:.*\.)?(?:${domains})`] : []), names].join('|');
}
