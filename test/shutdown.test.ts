import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultIds, startSimulator, type Simulator } from '../src/simulator/index.js';
import { ensureBuilt, startProcess, type GatewayProcess } from './support/gateway-process.js';

/** Far longer than a test may take: a process that waits for such a call fails it. */
const HANGS_MS = 3_600_000;
const LOGIN = { authorization: `Basic ${btoa('admin@internal:powervc')}`, 'content-type': 'application/xml' };
const SETS = ['server.drainMs=0', 'server.shutdownMs=100', `operations.timeoutMs=${HANGS_MS}`];

let simulator: Simulator;
let gateway: GatewayProcess;
beforeEach(async () => {
  ensureBuilt();
  simulator = await startSimulator({ timeScale: 0 });
  gateway = await startProcess('powervc', simulator.url, ...SETS);
});
afterEach(async () => {
  await gateway.kill();
  await simulator.close();
});

describe('at SIGTERM, with work under way that does not end', () => {
  it.each([
    ['the cloud hangs', { delayMs: HANGS_MS }],
    ['the cloud answers, and the work waits', { status: 503, body: 'busy' }],
  ])('the process ends all the same: %s', async (_, then) => {
    const disks = `${gateway.url}/api/vms/${defaultIds.servers.sles}/disks`;
    expect((await fetch(disks, { headers: LOGIN })).status).toBe(200);
    simulator.addFault({ service: 'compute', method: 'POST', path: 'os-volume_attachments$', then });
    const body = '<disk><alias>new</alias><provisioned_size>1073741824</provisioned_size></disk>';
    expect((await fetch(disks, { method: 'POST', headers: LOGIN, body })).status).toBe(202);
    expect(await gateway.end?.()).toBe(0);
  });
});
