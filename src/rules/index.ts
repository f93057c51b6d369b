import { addressesRequired } from './addresses-required.ts';
import { forbiddenNetwork } from './forbidden-network.ts';
import { forbiddenPort } from './forbidden-port.ts';
import { foreignPod } from './foreign-pod.ts';
import { fqdnAddress } from './fqdn-address.ts';
import { hostnameLabel } from './hostname-label.ts';
import { nodeAddress } from './node-address.ts';
import { nodeName } from './node-name.ts';
import { objectName } from './object-name.ts';
import { portNameLabel } from './port-name-label.ts';
import { portNameRequired } from './port-name-required.ts';
import { portRange } from './port-range.ts';
import { portsRequired } from './ports-required.ts';
import { protocol } from './protocol.ts';
import { readyAndNotReady } from './ready-and-not-ready.ts';
import type { Rule } from './rule.ts';
import { serviceAddress } from './service-address.ts';
import { serviceExternalIP } from './service-external-ip.ts';
import { serviceExternalName } from './service-external-name.ts';
import { serviceTargetPort } from './service-target-port.ts';
import { specialAddress } from './special-address.ts';
import { subsetsRequired } from './subsets-required.ts';
import { targetFieldPath } from './target-field-path.ts';
import { targetResourceVersion } from './target-resource-version.ts';
import { unclaimedAddress } from './unclaimed-address.ts';

/** Every rule besides `well-formed`, in the order in which violations are reported. */
export const rules: readonly Rule[] = [
  objectName,
  subsetsRequired,
  addressesRequired,
  portsRequired,
  specialAddress,
  hostnameLabel,
  nodeName,
  portNameLabel,
  portNameRequired,
  portRange,
  protocol,
  readyAndNotReady,
  targetResourceVersion,
  targetFieldPath,
  forbiddenNetwork,
  forbiddenPort,
  fqdnAddress,
  foreignPod,
  unclaimedAddress,
  serviceAddress,
  nodeAddress,
  serviceExternalIP,
  serviceExternalName,
  serviceTargetPort,
];
