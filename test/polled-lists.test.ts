import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultIds, defaultInventory, mergeInventory } from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/**
 * Lists and VMs that clients poll: what did not change is neither parsed, mapped nor written again, and nothing is ever
 * out of date.
 */
const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;
const VM = defaultIds.servers.aix;

/** More than what is parsed at once. */
const servers = Array.from({ length: 60 }, (_, n) => ({
  id: `5e600000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  name: `like-${n}`,
}));

let testbed: Testbed;

interface View {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The second gateway is the one that nobody polls. */
async function listed(replica: 0 | 1, { path, headers }: View): Promise<string> {
  const { url } = testbed.gateways[replica]!;
  const answer = await fetch(url + path, { headers: { authorization: LOGIN, ...headers } });
  expect(answer.status).toBe(200);
  const text = (await answer.text()).replaceAll(url, '');
  // an OVF has the time at which it was written, to the second
  const written = /ExportDate&gt;([^&]+)&lt;/.exec(text)?.[1];
  return written === undefined ? text : text.replaceAll(written, 'now');
}

beforeAll(async () => {
  testbed = await startTestbed({
    manualTime: true,
    inventory: mergeInventory(defaultInventory, { servers }),
    gateways: 2,
  });
});
afterAll(() => testbed.close());

const views: readonly View[] = [
  { path: '/api/vms', headers: {} },
  { path: '/api/vms', headers: { accept: 'application/json' } },
  { path: '/api/vms', headers: { filter: 'true' } },
  { path: '/ovirt-engine/api/vms', headers: {} },
  { path: '/ovirt-engine/api/v3/vms', headers: { accept: 'application/x-yaml' } },
  { path: '/api/vms?search=name%3Dlike*', headers: {} },
  { path: '/api/vms;detail=disks', headers: {} },
  { path: `/api/vms/${VM}`, headers: {} },
  { path: `/api/vms/${VM}`, headers: { accept: 'application/json' } },
  { path: `/api/vms/${VM}`, headers: { filter: 'true' } },
  { path: `/api/vms/${VM}`, headers: { 'all-content': 'true' } },
  { path: `/api/vms/${VM};detail=nics`, headers: {} },
  { path: `/ovirt-engine/api/vms/${VM}`, headers: {} },
  { path: `/ovirt-engine/api/vms/${VM}?follow=nics`, headers: { accept: 'application/json' } },
  { path: `/ovirt-engine/api/vms/${VM}?next_run=true`, headers: {} },
];

it('answers as a gateway does that never listed before, in each view', async () => {
  for (let round = 0; round < 4; round += 1) for (const view of views) await listed(0, view);
  for (const view of views) expect(await listed(0, view)).toBe(await listed(1, view));
});

it('shows a change at once, and only what changed', async () => {
  const [before = ''] = [await listed(0, views[0]!)];
  const change = await fetch(`${testbed.gateways[0]!.url}/api/vms/${VM}`, {
    method: 'PUT',
    headers: { authorization: LOGIN, 'content-type': 'application/xml' },
    body: '<vm><description>changed</description></vm>',
  });
  expect(change.status).toBe(200);
  for (const view of views) {
    const after = await listed(0, view);
    if (!view.path.includes('search')) expect(after).toContain('changed');
    expect(after).toBe(await listed(1, view));
  }
  const after = await listed(0, views[0]!);
  const linesOf = (text: string): string[] => text.split('\n');
  expect(linesOf(after).filter((line) => !linesOf(before).includes(line))).toEqual([
    expect.stringContaining('<description>changed</description>'),
  ]);
});
