import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A headless Chromium, asked over its own protocol: that works with the page's scripts switched off, as `--dump-dom` does not. */
export interface Browser {
  /** The document of a file as the browser understood it. */
  open(file: string, scripts: 'on' | 'off'): Promise<string>;
  /** Opens a page that draws itself, in a window of this size, and waits until an expression is true in it. */
  visit(url: string, size: readonly [width: number, height: number], isDrawn: string): Promise<void>;
  /** What an expression comes to in the page that is open, as JSON has it. */
  evaluate(expression: string): Promise<unknown>;
  /** A PNG of the page that is open. */
  picture(width: number, height: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** The name of a Chromium that runs here. */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'].find((name) => {
    try {
      return name !== undefined && execFileSync(name, ['--version'], { stdio: 'pipe' }).length > 0;
    } catch {
      return false;
    }
  });
}

export async function startChromium(program: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  const own = [`--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'];
  const child = spawn(program, [...flags, ...own], { stdio: ['ignore', 'ignore', 'pipe'] });
  const call = await session(await addressOf(child));
  await call('Page.enable');
  const evaluate = async (expression: string) => {
    const { result } = (await call('Runtime.evaluate', { expression, awaitPromise: true })) as {
      result: { value?: unknown };
    };
    return result.value;
  };
  return {
    evaluate,
    async open(file, scripts) {
      await call('Emulation.setScriptExecutionDisabled', { value: scripts === 'off' });
      await call('Page.navigate', { url: `file://${file}` });
      await new Promise((resolve) => setTimeout(resolve, 1500)); // an image that cannot load tells its handler late
      const { root } = (await call('DOM.getDocument')) as { root: { nodeId: number } };
      const { outerHTML } = (await call('DOM.getOuterHTML', { nodeId: root.nodeId })) as { outerHTML: string };
      return outerHTML;
    },
    async visit(url, [width, height], isDrawn) {
      await call('Emulation.setScriptExecutionDisabled', { value: false });
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
      await call('Page.navigate', { url });
      for (let tries = 0; tries < 100; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        if ((await evaluate(isDrawn)) === true) return;
      }
      throw new Error(`${url} is not drawn after 30 s: ${isDrawn}`);
    },
    async picture(width, height) {
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
      const { data } = (await call('Page.captureScreenshot', { format: 'png' })) as { data: string };
      return Buffer.from(data, 'base64');
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Chromium says on standard error where it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`Chromium did not start:\n${text}`)), 60_000);
    child.on('error', reject);
    child.stderr?.on('data', (chunk) => {
      text += chunk;
      const [, port] = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(text) ?? [];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(`http://127.0.0.1:${port}`);
    });
  });
}

type Call = (method: string, params?: object) => Promise<unknown>;

/** Speaks to the first page. */
async function session(address: string): Promise<Call> {
  const targets = (await (await fetch(`${address}/json/list`)).json()) as {
    type: string;
    webSocketDebuggerUrl: string;
  }[];
  const page = targets.find(({ type }) => type === 'page');
  const socket = new WebSocket(page?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const waiting = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>();
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data));
    waiting.get(answer.id)?.(answer);
  });
  let next = 0;
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++next;
      waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result),
      );
      socket.send(JSON.stringify({ id, method, params }));
    });
}
