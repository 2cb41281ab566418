import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FaultRule } from '../src/simulator/faults.js';
import { powerVsIds as ids, startPowerVsSimulator, type PowerVsSimulator } from '../src/simulator/powervs/index.js';
import { operationOf, wrongWith } from './support/powervs-models.js';

/**
 * Clones of volumes on the simulated Power Virtual Server: in phases, whose states IBM's documents describe ("Creating
 * a volumes-clone"), by a task, and by version 1. Every answer is held to its model.
 */
let simulator: PowerVsSimulator;
let access: string;
const WS = '/pcloud/v1/cloud-instances/121d5ee5-b87d-4a0e-86b8-aaff42213547';
const WS2 = WS.replace('/v1/', '/v2/');
const CLONES = `${WS2}/volumes-clone`;
const both = [ids.volumes.aixBoot, ids.volumes.aixData];

interface Clone {
  readonly volumesCloneID: string;
  readonly status: string;
  readonly clonedVolumes: { source: { volumeID: string }; clone: { volumeID: string; name: string } }[];
}
interface Answered {
  readonly status: number;
  readonly body: Clone & Record<string, unknown>;
}

async function call(method: string, path: string, body?: unknown): Promise<Answered> {
  const response = await fetch(simulator.url + path, {
    method,
    headers: { authorization: `Bearer ${access}`, crn: simulator.crn, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Answered['body'];
  const model = operationOf(method, path.replace(/\?.*/, ''))?.answers.get(response.status);
  if (response.ok) expect(wrongWith(model ?? 'none', answer), `${method} ${path}`).toEqual([]);
  return { status: response.status, body: answer };
}

beforeEach(async () => {
  simulator = await startPowerVsSimulator({ seed: 1, manualTime: true });
  const response = await fetch(`${simulator.url}/identity/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: ids.apiKey }),
  });
  access = ((await response.json()) as { access_token: string }).access_token;
});
afterEach(() => simulator.close());

const prepare = (name: string, volumeIDs: readonly string[] = both): Promise<Answered> =>
  call('POST', CLONES, { name, volumeIDs });
const look = async (name: string): Promise<Clone> => (await call('GET', `${CLONES}/${name}`)).body;
const namesOfVolumes = (): string[] => [...simulator.world.volumes.values()].map(({ name }) => name);

/** A request that is `available`. */
async function started(name: string): Promise<void> {
  await prepare(name);
  simulator.advance(10_000);
  expect((await call('POST', `${CLONES}/${name}/start`)).body).toMatchObject({ action: 'start', status: 'available' });
}

test('prepare, start, execute: each passes through its states, and ends in clones', async () => {
  expect(await prepare('night')).toMatchObject({
    status: 202,
    body: { name: 'night', action: 'prepare', status: 'preparing', percentComplete: 0 },
  });
  expect((await call('POST', `${CLONES}/night/start`)).status, 'not prepared yet').toBe(400);
  simulator.advance(10_000);
  expect(await look('night')).toMatchObject({ status: 'prepared', percentComplete: 100 });
  expect((await call('POST', `${CLONES}/night/execute`, { name: 'copy' })).status, 'not started yet').toBe(400);
  expect((await call('POST', `${CLONES}/night/start`)).body).toMatchObject({ action: 'start', status: 'available' });

  expect(await call('POST', `${CLONES}/night/execute`, { name: 'copy', targetStorageTier: 'tier1' })).toMatchObject({
    status: 202,
    body: { action: 'execute', status: 'executing', percentComplete: 0 },
  });
  expect((await call('PUT', `${WS}/volumes/${both[1]!}`, { size: 900 })).status, 'a source grows').toBe(409);
  expect((await look('night')).clonedVolumes).toEqual([]);
  simulator.advance(10_000);
  const { status, clonedVolumes, volumesCloneID } = await look('night');
  expect(status).toBe('completed');
  expect(clonedVolumes.map(({ source }) => source.volumeID)).toEqual(both);
  for (const [index, { clone }] of clonedVolumes.entries()) {
    expect(clone.name).toMatch(new RegExp(`^clone-copy-\\d{5}-${index + 1}$`));
    const source = simulator.world.volumes.get(both[index]!)!;
    expect((await call('GET', `${WS}/volumes/${clone.volumeID}`)).body).toMatchObject({
      state: 'available',
      diskType: 'tier1',
      size: source.size,
      volumePool: source.volumePool,
    });
  }
  expect((await call('PUT', `${WS}/volumes/${both[1]!}`, { size: 900 })).status, 'it may grow again').toBe(200);
  expect((await call('DELETE', `${CLONES}/${volumesCloneID}`)).status).toBe(200);
  expect((await call('GET', `${CLONES}/night`)).status).toBe(404);
});

test('what the documents refuse', async () => {
  expect((await prepare('one', [both[0]!])).status, 'a single volume').toBe(400);
  expect((await prepare('idle', [ids.volumes.floating, ids.volumes.shared])).status, 'none is in use').toBe(400);
  expect((await prepare('gone', [both[0]!, 'none'])).status).toBe(404);
  expect((await prepare('held', [ids.volumes.rhelBoot, ids.volumes.rhelData])).status, 'of a snapshot').toBe(409);
  expect((await prepare('first')).status).toBe(202);
  expect((await prepare('first')).status, 'the name').toBe(409);
  expect((await prepare('second')).status, 'the same volumes').toBe(409);
  expect((await call('DELETE', `${CLONES}/first`)).status, 'not at its end').toBe(400);
  simulator.advance(10_000);
  await call('POST', `${CLONES}/first/start`);
  expect((await prepare('third', [both[0]!, ids.volumes.floating])).status, 'of a request that was started').toBe(409);
  expect((await call('POST', `${CLONES}/first/execute`, { name: 'x', targetStorageTier: 'none' })).status).toBe(400);
});

test('a cancelled request leaves no clone; while it executes it has to be forced', async () => {
  const before = namesOfVolumes();
  await started('night');
  await call('POST', `${CLONES}/night/execute`, { name: 'copy' });
  expect(namesOfVolumes()).toHaveLength(before.length + 2);
  expect((await call('POST', `${CLONES}/night/cancel`, { force: false })).status).toBe(400);
  expect(await call('POST', `${CLONES}/night/cancel`, { force: true })).toMatchObject({
    status: 202,
    body: { action: 'cancel', status: 'cancelling', percentComplete: 0 },
  });
  simulator.advance(10_000);
  expect(await look('night')).toMatchObject({ status: 'cancelled', percentComplete: 100, clonedVolumes: [] });
  expect(namesOfVolumes()).toEqual(before);
  expect((await call('POST', `${CLONES}/night/cancel`, { force: true })).status).toBe(400);
});

test.each([
  [false, 'available-rollback', 'available'],
  [true, 'failed', 'failed'],
])('an execution that fails leaves no clone; rollbackPrepare %s: %s, then %s', async (rollbackPrepare, then, last) => {
  const before = namesOfVolumes();
  const rule: FaultRule = { work: '^volumesclone\\.execute', count: 1, then: { fail: 'no room' } };
  simulator.addFault(rule);
  await started('night');
  await call('POST', `${CLONES}/night/execute`, { name: 'copy', rollbackPrepare });
  simulator.advance(6_000);
  expect(await look('night')).toMatchObject({ status: then, failureMessage: 'no room' });
  simulator.advance(10_000);
  expect((await look('night')).status).toBe(last);
  expect(namesOfVolumes()).toEqual(before);
});

test('the list is filtered by phase', async () => {
  await prepare('night');
  const listed = async (filter: string): Promise<unknown> =>
    ((await call('GET', `${CLONES}?filter=${filter}`)).body.volumesClone as Clone[]).length;
  expect([await listed(''), await listed('prepare'), await listed('finalized')]).toEqual([1, 1, 0]);
  expect((await call('GET', `${CLONES}?filter=none`)).status).toBe(400);
});

test('a task, and version 1, clone volumes at once; one has the whole name, several are numbered', async () => {
  const long = 'a-name-of-more-than-twenty';
  const first = await call('POST', `${WS}/volumes/clone`, { displayName: long, volumeIDs: [both[0]] });
  const clones = first.body.clonedVolumes as unknown as Record<string, string>;
  expect(Object.keys(clones)).toEqual([both[0]]);
  expect((await call('GET', `${WS}/volumes/${clones[both[0]!]!}`)).body).toMatchObject({
    name: `clone-${long}`,
    state: 'creating',
  });
  expect((await call('POST', `${WS}/volumes/clone`, { displayName: long, volumeIDs: [both[0]] })).status).toBe(409);

  const { body } = await call('POST', `${WS2}/volumes/clone`, { name: long, volumeIDs: both });
  const task = `${WS2}/volumes/clone-tasks/${String(body.cloneTaskID)}`;
  expect((await call('GET', task)).body).toMatchObject({ status: 'running' });
  expect((await call('DELETE', `${WS}/volumes/${ids.volumes.floating}`)).status).toBe(200);
  expect((await call('PUT', `${WS}/volumes/${both[1]!}`, { size: 900 })).status).toBe(409);
  simulator.advance(10_000);
  expect((await call('GET', task)).body).toMatchObject({ status: 'completed', percentComplete: 100 });
  expect(namesOfVolumes().filter((name) => /^clone-a-name-of-more-than--\d{5}-[12]$/.test(name))).toHaveLength(2);
});
