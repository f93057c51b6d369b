import { vi } from 'vitest';

type Options = Exclude<Parameters<typeof vi.waitFor>[1], number | undefined>;

/** Checks again until it passes. The limit is for a test that fails: nothing is measured by it. */
export function eventually<T>(check: () => T | Promise<T>, options: Options = {}): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, ...options });
}
