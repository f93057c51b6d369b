import { readFileSync } from 'node:fs';

/** File watchers miss how Kubernetes replaces a mounted Secret or ConfigMap. */
const readIntervalMilliseconds = 10_000;

/** Reads files again and again, and calls back when one of them differs from the time before. Returns what ends it. */
export function followFiles(files: readonly string[], changed: () => void): () => void {
  let seen = contentOf(files);
  const timer = setInterval(() => {
    const content = contentOf(files);
    if (content === seen) return;
    seen = content;
    changed();
  }, readIntervalMilliseconds);
  timer.unref(); // a process that cannot start ends
  return () => clearInterval(timer);
}

/** Differs whenever any of the files does. A file that cannot be read counts as empty. */
function contentOf(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\0');
}
