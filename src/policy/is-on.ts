import type { Policy } from './policy.ts';

/** Whether a rule is not `none`, at least in some namespaces. */
export function isOn({ settings }: Pick<Policy, 'settings'>, id: string): boolean {
  const all = [settings.rules, ...settings.namespaces.map((entry) => entry.rules)];
  return all.some((one) => (one[id]?.enforcement ?? 'none') !== 'none');
}
