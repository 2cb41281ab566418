import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** Files that change what a whole process shares: OpenTelemetry's global providers and its variables, the time zone. */
const ALONE = ['test/traces.test.ts', 'test/races.test.ts'];

const common = {
  // Bounds are for hangs: no test fails because a machine is slow.
  testTimeout: 600_000,
  hookTimeout: 600_000,
};

export default defineConfig({
  test: {
    // Some tests wait for timers and child processes: one worker per core leaves cores idle.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          ...common,
          name: 'shared',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...ALONE],
          // The files of a worker share the program's modules: to load them anew for each took a quarter of the CPU.
          isolate: false,
        },
      },
      { test: { ...common, name: 'alone', include: ALONE } },
    ],
  },
});
