import { isDnsLabel, isDnsSubdomain } from '../endpoints/dns.ts';
import type { FieldPath } from '../endpoints/field-path.ts';
import { metadataPath } from '../endpoints/members.ts';
import { quote } from '../endpoints/quote.ts';
import { type Fields, fieldsOf, listOf } from '../json/fields.ts';
import { checkFinalizers, checkManagedFields, checkOwners } from './object-meta-lists.ts';
import type { Report } from './report.ts';
import { isLabelValue, isQualifiedName, labelSyntax, nameSyntax, qualifiedSyntax } from './syntax.ts';
import { invalid, missing, textOf } from './values.ts';

/** What an API server refuses of the metadata of any object in a namespace, given the object. */
export function checkObjectMeta({ apiVersion, metadata: value }: Fields, report: Report): void {
  const metadata = fieldsOf(value);
  checkNames(metadata, report);
  checkLabels(fieldsOf(metadata.labels), metadataPath.child('labels'), report);
  checkAnnotations(fieldsOf(metadata.annotations), metadataPath.child('annotations'), report);
  checkOwners(listOf(metadata.ownerReferences), metadataPath.child('ownerReferences'), report);
  checkFinalizers(listOf(metadata.finalizers), metadataPath.child('finalizers'), report);
  checkManagedFields(listOf(metadata.managedFields), apiVersion, metadataPath.child('managedFields'), report);
}

function checkNames({ name, generateName, namespace }: Fields, report: Report): void {
  const prefix = textOf(generateName);
  const written = textOf(name);
  if (prefix && !isNamePrefix(prefix))
    report(metadataPath.child('generateName'), invalid(prefix, 'the beginning of a DNS subdomain', nameSyntax));
  if (written === '' && prefix === '')
    report(metadataPath.child('name'), missing('give the object a name, or a generateName'));
  if (written && !isDnsSubdomain(written))
    report(metadataPath.child('name'), invalid(written, 'a DNS subdomain', nameSyntax));
  const within = textOf(namespace);
  if (within && !isDnsLabel(within))
    report(metadataPath.child('namespace'), invalid(within, 'a DNS label', 'the name of a namespace'));
}

/** Kubernetes appends five characters to what fits into 63, and does not mind a hyphen before them. */
function isNamePrefix(prefix: string): boolean {
  const masked = prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
  return isDnsSubdomain(masked) && isDnsSubdomain(`${prefix.slice(0, 58)}00000`);
}

function checkLabels(labels: Fields, path: FieldPath, report: Report): void {
  for (const [key, value] of Object.entries(labels)) {
    if (!isQualifiedName(key)) report(path.child(key), badKey(key, 'the key of a label'));
    const text = textOf(value);
    if (text && !isLabelValue(text)) report(path.child(key), invalid(text, 'the value of a label', labelSyntax));
  }
}

const maxAnnotationBytes = 256 * 1024;

function checkAnnotations(annotations: Fields, path: FieldPath, report: Report): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    if (!isQualifiedName(key.toLowerCase())) report(path.child(key), badKey(key, 'the key of an annotation'));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(textOf(value) ?? '');
  }
  if (bytes > maxAnnotationBytes)
    report(path, () => ({
      message: `hold ${bytes} bytes together, and ${maxAnnotationBytes} is the most`,
      remedy: 'remove some',
      reason: 'FieldValueTooMany',
    }));
}

function badKey(key: string, wanted: string) {
  return () => ({
    message: `${quote(key)} is not ${wanted}`,
    remedy: `write ${qualifiedSyntax}`,
    ofKey: true as const,
  });
}
