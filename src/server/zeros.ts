import { allKinds, resourceName } from '../kinds/index.ts';
import { rules } from '../rules/index.ts';
import { wellFormed } from '../rules/well-formed.ts';
import type { Series } from './series.ts';

/** Why a call got no verdict about an object. */
export const rejections = [
  'aborted',
  'bad-request',
  'client-overloaded',
  'content',
  'internal-error',
  'late',
  'method',
  'overloaded',
  'path',
  'too-large',
  'too-long',
] as const;

/** What was wrong with the certificate of a client. */
export const clientRefusals = ['missing', 'expired', 'untrusted', 'name'] as const;

/** Why the server ended a connection. */
export const drops = ['client-limit', 'gave-way', 'limit', 'no-request', 'pipelined', 'stalled'] as const;

/** Why a TLS handshake failed. */
export const handshakeFailures = ['aborted', 'certificate-refused', 'no-tls', 'other', 'protocol', 'timeout'] as const;

const decisions = {
  validate: { resources: allKinds.map(resourceName), decisions: 'allowed authorized denied exempt unchanged' },
  mutate: {
    resources: allKinds.filter(({ hasDefaults }) => hasDefaults).map(resourceName),
    decisions: 'allowed patched',
  },
};

/** Every series that is known beforehand starts at 0: an alert on an increase does not see one that appears with a 1. About 120 series. */
export function startAtZero({ requests, denials, violations, accessReviews, reloads, ...series }: Series): void {
  for (const [webhook, known] of Object.entries(decisions))
    for (const resource of known.resources)
      for (const operation of ['CREATE', 'UPDATE'])
        for (const decision of known.decisions.split(' '))
          requests.inc({ webhook, resource, operation, decision, dry_run: 'false' }, 0);
  for (const { id: rule } of [wellFormed, ...rules]) {
    denials.inc({ rule }, 0);
    for (const enforcement of ['deny', 'warn', 'audit']) violations.inc({ rule, enforcement }, 0);
  }
  for (const reason of rejections) series.rejected.inc({ reason }, 0);
  for (const reason of drops) series.dropped.inc({ reason }, 0);
  for (const reason of handshakeFailures) series.failedHandshakes.inc({ reason }, 0);
  for (const result of ['allowed', 'refused', 'wildcard', 'unanswered', 'cached']) accessReviews.inc({ result }, 0);
  for (const reason of clientRefusals) series.refusedClients.inc({ reason }, 0);
  for (const counter of [reloads, series.policyReloads])
    for (const result of ['ok', 'error']) counter.inc({ result }, 0);
}
