import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Bounds are for hangs: no test fails because a machine is slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
