/** What stands for the program in a remedy, until it is known who asks. */
export const programUser = '<its user>';
export const programNamespace = '<its namespace>';

/** The end of a remedy: what a program that rightly breaks the rule needs, in the words of the policy file. */
export function programExemption(rule: string): string {
  return `if a program writes it so (a leader lock, a restore, a mirror), an administrator can exempt it in the policy: exempt: [{users: [${programUser}], namespaces: [${programNamespace}], rules: [${rule}]}]`;
}
