/** The API server cannot be asked at all; the message says what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}
