import type { Request, Response } from 'express';

/** What goes back: an AdmissionReview, or a Status where no verdict can be addressed. Never with `Retry-After`. */
export interface Reply {
  readonly code: number;
  readonly text: string;
}

/** What the buffers of the system do not take at once waits in memory for its client, but not for longer than this. */
const [maxBufferedLength, maxSendingMilliseconds] = [65_536, 10_000];

/** `leave`: whether to ask the client to close its connection. */
export function sendReply(response: Response, leave: boolean, reply: Reply): void {
  if (leave) response.setHeader('Connection', 'close');
  writeHead(response, reply).end(reply.text);
  const { socket } = response;
  if (reply.text.length <= maxBufferedLength || !socket) return;
  const timer = setTimeout(() => socket.destroy(), maxSendingMilliseconds);
  response.once('close', () => clearTimeout(timer));
}

const lingerMilliseconds = 1000;

/**
 * Answers a call whose body is still arriving. The whole answer is written at once, but ended only when the client stops sending, or
 * after a while: many clients lose the answer if the connection is closed while bytes of theirs are unread.
 */
export function sendAndClose(request: Request, response: Response, reply: Reply): void {
  response.setHeader('Connection', 'close');
  writeHead(response, reply).write(reply.text);
  const timer = setTimeout(() => response.end(), lingerMilliseconds);
  request.once('close', () => clearTimeout(timer)).once('end', () => response.end());
}

function writeHead(response: Response, { code, text }: Reply): Response {
  return response.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
}
