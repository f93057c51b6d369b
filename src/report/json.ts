import { isSystem } from '../audit/found.ts';
import { type Report, sumsOf } from './report.ts';
import { severities } from './result.ts';

/** How many places of one object and rule are listed. */
const shownPlaces = 10;

/** The whole report as one JSON document. */
export function reportJson(report: Report): string {
  const { tool, date, cluster, namespace, policy, exempt, spared, found, grants, unread } = report;
  const violations = found.map(({ subject, rule, enforcement, items, count }) => ({
    ...subject,
    system: isSystem(subject),
    severity: severities[enforcement],
    rule: rule.id,
    count,
    places: items.slice(0, shownPlaces).map(({ field, message }) => ({ field, message })),
  }));
  const { objects, denials, warnings, audited } = sumsOf(report);
  const document = {
    ...{ tool, date, cluster, namespace, policy },
    ...{ objects, denials, warnings, audited, exempt, spared },
    ...{ violations, grants, errors: unread },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
