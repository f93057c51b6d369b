import { among, type CelValidation, type CheckInput, shown } from './cel-validation.ts';

/** targetRef.resourceVersion is not set. */
export function forbidResourceVersion({ fields }: CheckInput): CelValidation {
  const list = among('variables.addresses', 'a.?targetRef.?resourceVersion.orValue("") != ""');
  const problem = (found: string) => `${shown(`${found}[0][0].targetRef.resourceVersion`)} + " must not be set"`;
  const field = 'subsets[*].addresses[*].targetRef.resourceVersion';
  return { variables: [fields.addresses], violationLists: [{ list, field, problem }] };
}

/** targetRef.fieldPath is a field access statement. */
export function requireFieldPath({ fields }: CheckInput): CelValidation {
  const path = 'a.?targetRef.?fieldPath.orValue("")';
  const list = among(
    'variables.addresses',
    `${path} != "" && (size(${path}) > 1024 || !${path}.matches(${JSON.stringify(statement)}))`,
  );
  const problem = (found: string) =>
    `${shown(`${found}[0][0].targetRef.fieldPath`)} + " is not a field access statement"`;
  const field = 'subsets[*].addresses[*].targetRef.fieldPath';
  return { variables: [fields.addresses], violationLists: [{ list, field, problem }] };
}

/** The rule's regular expression, in RE2, whose `\s` matches less than JavaScript's. */
const name = '[A-Za-z_][A-Za-z0-9_]*';
const index = String.raw`\[(?:[0-9]+|'[^'\]\p{Cc}]+'|"[^"\]\p{Cc}]+")\]`;
const element = String.raw`\{[^{}\p{Z}\p{Cc}\x{feff}]+\}`;
const statement = String.raw`^\.?${name}(?:\.${name}|${index}|${element})*$`;
