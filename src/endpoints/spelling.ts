/** Whether a value is the word in other letters, or with white space. */
export function isSpelling(value: string, word: string): boolean {
  return value.length < 2 * word.length && value.trim().toLowerCase() === word.toLowerCase();
}
