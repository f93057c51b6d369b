import { defineConfig } from 'vitest/config';

// What `npm run release` made, which must be there.
export default defineConfig({
  test: {
    include: ['test/release/made/*.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
    reporters: ['verbose'],
  },
});
