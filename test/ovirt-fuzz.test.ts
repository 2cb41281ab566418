import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer, defaultProtocolSettings } from '../src/ovirt/index.js';
import { Work } from '../src/services/work/work.js';
import { createWorld, fakeBackend } from './ovirt-fake.js';
import { fuzz } from './support/fuzz/campaign.js';
import { fuzzers } from './support/fuzz/fuzzers.js';
import { openTarget, startHere, type Target } from './support/fuzz/target.js';

/** A short form of `npm run chaos -- fuzz`, always with the same cases. */
describe('whatever is sent, kept or answered by the cloud', () => {
  let target: Target;
  beforeAll(async () => {
    target = await openTarget(startHere);
  });
  afterAll(() => target.close());

  it.each(Object.entries(fuzzers))('gets answers of the protocol without internal details: %s', async (name) => {
    // these ask for several things in each case, or wait for the cloud
    const runs = ['notes', 'backend'].includes(name) ? 15 : 40;
    const { wrong, cases } = await fuzz(name, target, { seed: 20260201, runs });
    expect(wrong).toBeUndefined();
    expect(cases).toBe(runs);
  });
});

describe('what comes before the protocol', () => {
  it('may answer, and may fail', async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const server = createServer(
      {
        backend: fakeBackend(createWorld()),
        settings: defaultProtocolSettings,
        log,
        work: new Work(log),
        services: { pollMs: 1, pollMaxMs: 1, timeoutMs: 1, leaseMs: 1, afterCreate: 'stop', readerRoles: [] },
      },
      {
        fronts: [
          (request, response) => {
            if (request.path === '/metrics') return Promise.resolve(Boolean(response.end('metrics')));
            if (request.path === '/broken') return Promise.reject(new Error('broken'));
            return request.path === '/api' ? Promise.resolve(false) : undefined;
          },
        ],
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await (await fetch(`${url}/metrics`)).text()).toBe('metrics');
    const broken = await fetch(`${url}/broken`);
    expect([broken.status, (await broken.text()).includes('<fault>')]).toEqual([500, true]);
    expect((await fetch(`${url}/api`)).status).toBe(401);
    await new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  });
});
