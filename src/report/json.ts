import { type Found, placesOf } from '../audit/found.ts';
import { isSystem } from '../audit/subject.ts';
import { jsonChunks } from './chunks.ts';
import { type Report, sumsOf } from './report.ts';
import { severities } from './result.ts';

/** The whole report as one JSON document. */
export function formatJson(report: Report): Iterable<string> {
  const { tool, date, cluster, namespace, policy, exempt, suppressed, found, grants, unread } = report;
  const { objects, denials, warnings, audited } = sumsOf(report);
  const frame = {
    ...{ tool, date, cluster, namespace, policy },
    ...{ objects, denials, warnings, audited, exempt, suppressed },
    ...{ grants, errors: unread, violations: [] },
  };
  return jsonChunks(frame, Iterator.from(found).map(violationOf));
}

function violationOf(found: Found) {
  const { subject, rule, enforcement, count } = found;
  return {
    ...subject,
    system: isSystem(subject),
    severity: severities[enforcement],
    rule: rule.id,
    count,
    places: placesOf(found),
  };
}
