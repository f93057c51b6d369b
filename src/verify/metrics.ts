/** What the metrics of a pod say of it. */
export interface PodMetrics {
  readonly version: string | undefined;
  /** The digest of the policy in force. */
  readonly hash: string | undefined;
  /** The configurations whose `caBundle` does not trust its certificate. */
  readonly untrusted: readonly string[];
}

const prefix = 'endpoints_webhook_';

export function readMetrics(text: string): PodMetrics {
  return {
    version: new RegExp(`^${prefix}build_info\\{version="([^"\\\\]{1,100})"\\} 1$`, 'm').exec(text)?.[1],
    hash: new RegExp(`^${prefix}policy_info\\{hash="([0-9a-f]{64})"\\} 1$`, 'm').exec(text)?.[1],
    untrusted: [
      ...text.matchAll(new RegExp(`^${prefix}ca_bundle_in_sync\\{configuration="([^"\\\\]{1,300})"\\} 0$`, 'gm')),
    ]
      .map(([, name = '']) => name)
      .slice(0, 8),
  };
}
