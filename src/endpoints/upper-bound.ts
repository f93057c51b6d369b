/** How many of the ascending numbers are not above a value. */
export function upperBound(
  sorted: { readonly length: number; at(index: number): number | undefined },
  value: number,
): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted.at(middle) ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
