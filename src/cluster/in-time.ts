/** The answer, or after so many milliseconds what there is to say then: what waits for its turn may have less time than those before it. */
export async function inTime<T>(
  asked: Promise<T>,
  milliseconds: number,
  late: (milliseconds: number) => T,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late(milliseconds)), milliseconds);
  });
  const answer = await Promise.race([asked, end]);
  clearTimeout(timer);
  return answer;
}
