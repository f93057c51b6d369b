interface Late {
  readonly problem: string;
}

/** What is asked of an API server, or that it has not answered after so many milliseconds. Rejects where `asked` does, in that time. */
export async function answerWithin<T>(
  asked: Promise<T>,
  milliseconds: number,
  toLate: (milliseconds: number) => Late = late,
): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<Late>((resolve) => {
    timer = setTimeout(() => resolve(toLate(milliseconds)), milliseconds);
  });
  const answer = await Promise.race([asked, end]);
  clearTimeout(timer);
  return answer;
}

export function late(milliseconds: number): Late {
  return { problem: `the API server did not answer within ${Math.round(milliseconds)} ms` };
}
