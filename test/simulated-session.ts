import { afterAll, beforeAll } from 'vitest';
import { createPowerVcBackend, powerVcSettings } from '../src/backends/powervc/index.js';
import {
  ZERO_ID,
  type Backend,
  type BackendCall,
  type BackendSession,
  type Disk,
  type Vm,
} from '../src/model/index.js';
import { startSimulator, type Simulator } from '../src/simulator/index.js';
import { GIB } from './support/units.js';

export let simulator: Simulator;

export let backend: Backend;

export let session: BackendSession;

/** Looks until it fits: each port method returns when PowerVC has accepted, not when it is done. */
export async function until<T>(look: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const value = await look();
    if (fits(value)) return value;
    if (attempt > 200) throw new Error(`never fits: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

export const vmWhen = (id: string, fits: (vm: Vm) => boolean): Promise<Vm> => until(() => session.vms.get(id), fits);

export const isDown = (vm: Vm): boolean => vm.status === 'down';

export const diskWhen = (id: string, fits: (disk: Disk) => boolean): Promise<Disk> =>
  until(() => session.disks.get(id), fits);

export const isOk = (disk: Disk): boolean => disk.status === 'ok';

/** The calls that go out meanwhile, as `METHOD path`, without what stands before the service's own path. */
export async function callsOf(act: (session: BackendSession) => Promise<unknown>): Promise<string[]> {
  const calls: BackendCall[] = [];
  await act(session.with({ onCall: (call) => calls.push(call) }));
  return calls.map(
    ({ method, path }) =>
      `${method} ${path.replace(/^\/(compute\/v2\.1|volume\/v3)\/[0-9a-f-]+/, '').replace(/^\/(network|image)/, '')}`,
  );
}

export const gone = async (look: Promise<unknown>): Promise<boolean> =>
  look.then(
    () => false,
    (error: { code?: string }) => error.code === 'not-found',
  );

/** A VM of the Blank template with one boot disk, down. */
export async function newVm(name: string, more: Partial<Vm> = {}): Promise<Vm> {
  const id = await session.vms.create({ name, memoryBytes: 2 * GIB, sockets: 2, template: { id: ZERO_ID }, ...more });
  await vmWhen(id, (vm) => vm.status !== 'wait_for_launch' && vm.status !== 'image_locked');
  if ((await session.vms.get(id)).status === 'up') await session.vms.stop(id);
  return vmWhen(id, isDown);
}

export async function newDisk(name: string, sizeBytes = GIB): Promise<Disk> {
  const { id } = await session.disks.create({ name, sizeBytes });
  return diskWhen(id, isOk);
}

/** Starts a simulated PowerVC and logs in, for the tests of a file. */
export function useSimulatedSession(): void {
  beforeAll(async () => {
    simulator = await startSimulator({ timeScale: 0 });
    backend = createPowerVcBackend(powerVcSettings(simulator.url, { referenceSeconds: 3600 }));
    session = await backend.login({ user: 'admin', password: 'powervc', profile: 'internal' });
  });
  afterAll(async () => {
    await session.logout();
    await backend.close();
    await simulator.close();
  });
}
