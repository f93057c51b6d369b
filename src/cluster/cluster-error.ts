/** Why an API server cannot be asked at all; the message names the remedy. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}
