import { kubernetes, unsayable } from './minor.ts';
import { run, succeeded } from './program.ts';

/** The command that prints the ValidatingAdmissionPolicies of the default policy for this minor. */
export const printing = [
  'src/main.ts',
  'manifests',
  'validating-admission-policy',
  '--kubernetes-version',
  `1.${kubernetes.cel}`,
];

/**
 * `validatingAdmissionPolicy.manifests` with which the chart installs on this minor: its own where it can say them; or else, as the refusals
 * say, without the rules that it cannot say, which are left to the webhook.
 */
export async function policiesOfThisMinor(): Promise<string> {
  if (unsayable.size === 0) return '';
  const leftOut = [...unsayable.keys()].flatMap((id) => ['--leave-out', id]);
  return succeeded(await run(process.execPath, [...printing, ...leftOut]), 'printing the policies of this minor').out;
}
