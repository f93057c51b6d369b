/** What is asked of an API server, or that it has not answered after so many milliseconds. Rejects where `asked` does, in that time. */
export async function answerWithin<T>(
  asked: Promise<T>,
  milliseconds: number,
): Promise<T | { readonly problem: string }> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<{ readonly problem: string }>((resolve) => {
    timer = setTimeout(() => resolve(late(milliseconds)), milliseconds);
  });
  const answer = await Promise.race([asked, end]);
  clearTimeout(timer);
  return answer;
}

export function late(milliseconds: number): { readonly problem: string } {
  return { problem: `the API server did not answer within ${Math.round(milliseconds)} ms` };
}
