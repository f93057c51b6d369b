import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'test/cel/**'],
    testTimeout: 30_000,
    coverage: {
      provider: 'v8',
      autoAttachSubprocess: true,
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      // a branch of a file that runs both here and in a child process is counted twice, once for each way of stripping its types
      thresholds: { lines: 98, branches: 93 },
    },
  },
});
