import type { Shape } from './shape.ts';

// https://github.com/kubernetes-sigs/sig-storage-lib-external-provisioner/blob/v6.3.0/controller/controller.go: Run, whose lock is
// client-go's EndpointsLock; names as nfs-subdir-external-provisioner's chart and manifests, and its log, have them
const leaderRecord = (pod: string) => ({
  'control-plane.alpha.kubernetes.io/leader': JSON.stringify({
    holderIdentity: `${pod}_9893e1e8-32b1-421c-a18e-8a87a653aacb`,
    leaseDurationSeconds: 15,
    acquireTime: '2026-11-24T09:00:00Z',
    renewTime: '2026-11-24T10:00:00Z',
    leaderTransitions: 0,
  }),
});
const provisionerLock = (user: string, name: string): Shape => ({
  what: `the lock ${name}`,
  user: `system:serviceaccount:storage:${user}`,
  namespace: 'storage',
  object: {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { name, namespace: 'storage', annotations: leaderRecord(`${user}-649cff97dc-g7whw`) },
  },
  refusedBy: ['subsets-required'],
});
export const provisioners: readonly Shape[] = [
  provisionerLock('nfs-subdir-external-provisioner', 'cluster.local-nfs-subdir-external-provisioner'),
  provisionerLock('nfs-client-provisioner', 'k8s-sigs.io-nfs-subdir-external-provisioner'),
];
