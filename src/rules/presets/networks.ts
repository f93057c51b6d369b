/** Networks that many clusters want to forbid, by the name a policy gives them. */
export type NetworkPreset = (typeof networkPresets)[number];

export const networkPresets = ['cloud-metadata', 'private'] as const;

/** Each in the order in which its documents name them. */
export const presetNetworks: Readonly<Record<NetworkPreset, readonly string[]>> = {
  // Metadata and platform services of clouds that answer outside 169.254.0.0/16, which special-address refuses anyway.
  'cloud-metadata': [
    // AWS: instance metadata, DNS, time. https://docs.aws.amazon.com/whitepapers/latest/ipv6-on-aws/supporting-amazon-vpc-services.html
    'fd00:ec2::254/128',
    'fd00:ec2::253/128',
    'fd00:ec2::123/128',
    // AWS: credentials of pods. https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
    'fd00:ec2::23/128',
    // Azure: agent, DNS, DHCP, probes. https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
    '168.63.129.16/32',
    // Google Cloud, IPv6-only machines. https://github.com/GoogleCloudPlatform/k8s-config-connector/blob/master/operator/pkg/controllers/configconnector/metadata_host_test.go
    'fd20:ce::254/128',
    // Alibaba Cloud. https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
    '100.100.100.200/32',
    // Its IPv6 twin, as cloud-init's tests ask it; Alibaba's own pages do not name it.
    // https://github.com/canonical/cloud-init/blob/main/tests/unittests/net/test_ephemeral.py
    'fd00:100::100:200/128',
    // Oracle Cloud, Classic. https://docs.oracle.com/en/cloud/cloud-at-customer/occ-get-started/retrieve-predefined-instance-metadata.html
    '192.0.0.192/32',
    // Oracle Cloud, IPv6. https://github.com/oracle/oci-python-sdk/blob/master/src/oci/auth/signers/instance_principals_security_token_signer.py
    'fd00:c1::a9fe:a9fe/128',
  ],
  private: [
    // https://www.rfc-editor.org/rfc/rfc1918
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    // https://www.rfc-editor.org/rfc/rfc6598
    '100.64.0.0/10',
    // https://www.rfc-editor.org/rfc/rfc4193
    'fc00::/7',
  ],
};
