import * as z from 'zod';
import type { ConfigurationName } from '../cluster/webhooks.ts';

const names = z.array(z.string());

/** Of an object: it becomes a part of a path, which must not lead elsewhere. */
const objectName = z.string().regex(/^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/, 'is no name of an object');

/** What the chart has written down of an installation. Members of newer charts are left alone. */
const schema = z.object({
  version: z.string(),
  deployment: objectName,
  /** Labels of the pods. */
  selector: z.record(z.string(), z.string()),
  ports: z.object({ https: z.number(), operations: z.number() }),
  /** The name that the serving certificate has to be for. */
  servingName: z.string(),
  /** Absent where API servers call a URL. */
  service: z.object({ name: objectName, port: z.number() }).optional(),
  /** `validating/NAME` or `mutating/NAME`, and the SHA-256 of its webhooks as rendered. */
  configurations: z.record(
    z.string().regex(/^(?:validating|mutating)\/[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/),
    z.string(),
  ),
  /** Where the parts of the policy are, in the order in which they are merged; `sha256`, of the text without its last line end, of what the chart wrote. */
  policies: z.array(z.object({ configMap: objectName, key: z.string(), sha256: z.string().optional() })),
  extraServiceLabels: names,
  /** The names of ValidatingAdmissionPolicies, and the digest of the policy they were printed from; empty where it is none of these. */
  admissionPolicies: z.record(objectName, z.string()),
  exemptPrefixes: names,
  exemptUsers: names,
});

export type Installation = z.infer<typeof schema>;

/** The key of the ConfigMap `<name>-installation`. */
export const installationKey = 'installation.json';

/** Reads what the chart has written down; `problem`: why that is not it. */
export function parseInstallation(text: unknown): Installation | { readonly problem: string } {
  if (typeof text !== 'string') return { problem: `it has no key ${installationKey}` };
  try {
    const { data, error } = schema.safeParse(JSON.parse(text));
    if (data) return data;
    const [issue] = error.issues;
    return { problem: `${installationKey}: ${issue?.path.join('.')}: ${issue?.message}` };
  } catch {
    return { problem: `${installationKey} is no JSON` };
  }
}

/** A configuration that has to be there. */
export interface ExpectedConfiguration extends ConfigurationName {
  /** `validating/NAME` */
  readonly fullName: string;
  readonly digest: string;
}

export function configurationsOf({ configurations }: Installation): readonly ExpectedConfiguration[] {
  return Object.entries(configurations).map(([fullName, digest]) => ({
    fullName,
    digest,
    kind: fullName.startsWith('mutating/') ? 'mutating' : 'validating',
    name: fullName.slice(fullName.indexOf('/') + 1),
  }));
}
