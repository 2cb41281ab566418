import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const { OS_CLOUD, OS_AUTH_URL } = process.env;
// A cloud on this machine shares it
const cores = availableParallelism();
const common = {
  root: new URL('../../', import.meta.url).pathname,
  maxConcurrency: cores + 2,
  maxWorkers: Math.max(1, cores - 1),
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

/**
 * Tests against a real cloud: `npm run test:openstack`. First the corpus, then the clients of test/clients: what all
 * projects share they would see of each other.
 * Without a cloud the corpus says so.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { ...common, name: 'corpus', include: ['test/openstack/**/*.cloud.ts'], sequence: { groupOrder: 0 } } },
      ...((OS_CLOUD ?? OS_AUTH_URL)
        ? [
            {
              test: {
                ...common,
                name: 'clients',
                include: ['test/clients/*.test.ts'],
                env: { CLIENTS_ON: 'openstack' },
                sequence: { groupOrder: 1 },
              },
            },
          ]
        : []),
    ],
  },
});
