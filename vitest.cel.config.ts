import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/cel/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 900_000, // Go builds the API server's evaluator, once
    fileParallelism: false,
    disableConsoleIntercept: true,
    reporters: ['verbose'],
  },
});
