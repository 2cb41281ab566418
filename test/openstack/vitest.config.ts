import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const DAY = 'test/clients/openstack-day.test.ts';
const CONFORM = 'test/openstack/conform.cloud.ts';
const { OS_CLOUD, OS_AUTH_URL } = process.env;
// A cloud on this machine shares it
const cores = availableParallelism();
const common = {
  root: new URL('../../', import.meta.url).pathname,
  // More at once take as long, and each one longer: Nova gives up an attachment after a minute
  maxConcurrency: 2 * cores,
  // What they do most is to wait for the cloud
  maxWorkers: Math.max(3, cores),
  testTimeout: 600_000,
  hookTimeout: 600_000,
};

/**
 * Tests against a real cloud: `npm run test:openstack`. First the corpus, then the clients of test/clients: what all
 * projects share they would see of each other. The day of OpenStack's own clients looks at nothing but its own things.
 * Without a cloud the corpus says so.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'corpus',
          include: ['test/openstack/**/*.cloud.ts'],
          exclude: [CONFORM],
          sequence: { groupOrder: 0 },
        },
      },
      // alone: its tags would be seen by others, and it takes any template and storage domain, those of others, too
      { test: { ...common, name: 'conform', include: [CONFORM], sequence: { groupOrder: 2 } } },
      ...((OS_CLOUD ?? OS_AUTH_URL)
        ? [
            {
              test: {
                ...common,
                name: 'day',
                include: [DAY],
                env: { CLIENTS_ON: 'openstack' },
                sequence: { groupOrder: 0 },
              },
            },
            {
              test: {
                ...common,
                name: 'clients',
                include: ['test/clients/*.test.ts'],
                exclude: [DAY],
                env: { CLIENTS_ON: 'openstack' },
                sequence: { groupOrder: 1 },
              },
            },
          ]
        : []),
    ],
  },
});
