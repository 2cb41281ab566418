import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultIds } from '../src/simulator/index.js';
import { ask, LOGIN } from './facts/entry-point.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/**
 * How many calls an action or a small collection costs PowerVC, logins apart. A budget is a promise: who raises one
 * says why.
 */
let testbed: Testbed;
beforeEach(async () => {
  testbed = await startTestbed();
});
afterEach(() => testbed.close());

const { rhel: UP, sles: DOWN } = defaultIds.servers;
const ROOT = '00000000-0000-0000-0000-000000000000';

/**
 * Calls until nothing goes on in the background; looks at work under way do not count, as their number is a matter of
 * time.
 */
async function costs(
  method: string,
  path: string,
  body?: string,
): Promise<{ readonly status: number; readonly calls: number }> {
  await ask(`${testbed.gateways[0]!.url}/api/vms/${UP}`, { headers: LOGIN });
  testbed.simulator.resetCalls();
  const { status } = await ask(testbed.gateways[0]!.url + path, {
    method,
    headers: { ...LOGIN, 'content-type': 'application/xml' },
    ...(body !== undefined && { body }),
  });
  await testbed.gateways[0]!.settled();
  const seen = testbed.simulator.calls.filter(({ service }) => service !== 'identity' || path.endsWith('permissions'));
  const repeated = seen.filter(
    (call, index) => call.method === 'GET' && seen[index - 1]?.method === 'GET' && seen[index - 1]?.path === call.path,
  );
  return { status, calls: seen.length - repeated.length };
}

describe('calls on PowerVC', () => {
  it.each([
    ['start', 3, 'POST', `/api/vms/${DOWN}/start`, '<action/>', 200],
    ['stop', 2, 'POST', `/api/vms/${UP}/stop`, '<action/>', 200],
    ['migrate', 2, 'POST', `/api/vms/${UP}/migrate`, '<action/>', 200],
    [
      'migrate to a host, names not yet known',
      4,
      'POST',
      `/api/vms/${UP}/migrate`,
      '<action><host><name>p9-s924</name></host></action>',
      200,
    ],
    ['cancelmigration', 1, 'POST', `/api/vms/${UP}/cancelmigration`, '<action/>', 409],
    [
      'export',
      6, // with a look whether the domain holds one already
      'POST',
      `/api/vms/${DOWN}/export`,
      '<action><storage_domain><name>ISO</name></storage_domain></action>',
      202,
    ],
    ['clone', 17, 'POST', `/api/vms/${DOWN}/clone`, '<action><vm><name>copy</name></vm></action>', 202],
    [
      'move, with one disk',
      10,
      'POST',
      `/api/vms/${DOWN}/move`,
      `<action><storage_domain id="${defaultIds.types.thick}"/></action>`,
      202,
    ],
    ['what no backend has', 0, 'POST', `/api/vms/${UP}/logon`, '<action/>', 409],
    ['tags', 1, 'GET', '/api/tags', undefined, 200],
    ['one tag', 1, 'GET', `/api/tags/${ROOT}`, undefined, 200],
    ['add a tag', 2, 'POST', '/api/tags', '<tag><name>prod</name></tag>', 201],
    ['tags of a VM', 2, 'GET', `/api/vms/${UP}/tags`, undefined, 200],
    ['permissions of a VM', 2, 'GET', `/api/vms/${UP}/permissions`, undefined, 200],
    ['reported devices', 2, 'GET', `/api/vms/${UP}/reporteddevices`, undefined, 200],
    ['watchdogs', 1, 'GET', `/api/vms/${UP}/watchdogs`, undefined, 200],
  ])('%s: at most %d', async (_, budget, method, path, body, expected) => {
    const { status, calls } = await costs(method, path, body);
    expect(status).toBe(expected);
    expect(calls).toBeLessThanOrEqual(budget);
  });
});
