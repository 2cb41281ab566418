import { defineConfig } from 'vitest/config';

/** Tests against a real cloud: `npm run test:openstack`. */
export default defineConfig({
  root: new URL('../../', import.meta.url).pathname,
  test: { include: ['test/openstack/**/*.cloud.ts'], maxConcurrency: 6, testTimeout: 300_000, hookTimeout: 300_000 },
});
