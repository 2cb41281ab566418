import { beforeEach, describe, expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { fakeThings, wrongs } from '../../../test/support/invariants.js';
import { scopeOn, type FakeScope } from '../../../test/support/scope.js';
import { Fault, ZERO_ID } from '../../model/index.js';
import * as cdroms from './cdroms.js';
import * as disks from '../disks/index.js';
import * as vms from './index.js';

const VM = id('vm', 1);

let world: FakeWorld;
let scope: FakeScope;
beforeEach(() => {
  world = new FakeWorld();
  world.addVm({ id: VM, name: 'web' });
  scope = scopeOn(world, { timeoutMs: 300 });
});

const media = () => [...world.volumes.values()].map(({ notes }) => notes['medium']);
const put = (file: string, options = {}) => cdroms.change(scope, VM, ZERO_ID, { file: { id: file } }, options);
const file = async (options = {}) => (await cdroms.get(scope, VM, ZERO_ID, options)).file?.id;
const power = (status: 'up' | 'down') => {
  Object.assign(world.vm(VM), { status, powerState: status === 'up' ? 'running' : 'shutdown' });
};
const quiet = () => {
  expect(wrongs(fakeThings(world), new Set())).toEqual([]);
};

it('a medium is a volume of the image, attached read-only, and no disk', async () => {
  await put('boot.iso');
  expect([...world.volumes.values()]).toMatchObject([
    { vmIds: [VM], readOnly: true, sizeBytes: 2 ** 30, notes: { medium: 'boot.iso', vm: VM } },
  ]);
  expect(await disks.list(scope, VM)).toEqual([]);
  await expect(disks.get(scope, VM, [...world.volumes.keys()][0]!)).rejects.toMatchObject({ code: 'not-found' });
  quiet();
});

it('changes by inserting the new one before the old one goes, and ejects with an empty name', async () => {
  await put('boot.iso');
  const calls = scope.session.calls.length;
  await put('tools.iso');
  expect(media()).toEqual(['tools.iso']);
  const created = scope.session.calls.slice(calls);
  expect(created.indexOf('disks.attach')).toBeLessThan(created.indexOf('disks.detach'));
  await put('');
  expect([media(), await file(), world.vm(VM).notes]).toEqual([[], undefined, {}]);
});

it('that the VM refuses leaves the old one in the drive', async () => {
  await put('boot.iso');
  scope.session.refuse('disks.attach', new Fault('backend.refused', { text: 'no slot' }), { nth: 0 });
  await expect(put('tools.iso')).rejects.toMatchObject({ detail: expect.stringContaining('no slot') as string });
  expect([media(), await file()]).toEqual([['boot.iso'], 'boot.iso']);
  quiet();
});

describe('a change for the session', () => {
  beforeEach(async () => {
    await put('boot.iso');
    power('up');
    await put('tools.iso', { current: true });
  });

  it('shows in the drive, not in the record', async () => {
    expect([await file(), await file({ current: true }), media()]).toEqual(['boot.iso', 'tools.iso', ['tools.iso']]);
    quiet();
  });
  it('ends when the VM starts again', async () => {
    power('down');
    await vms.start(scope, VM);
    expect([await file(), media()]).toEqual(['boot.iso', ['boot.iso']]);
    quiet();
  });
  it('ends when the guest restarts', async () => {
    await vms.reboot(scope, VM);
    expect(media()).toEqual(['boot.iso']);
  });
  it('may empty the drive', async () => {
    await put('', { current: true });
    expect([await file(), await file({ current: true }), media()]).toEqual(['boot.iso', undefined, []]);
    power('down');
    await vms.start(scope, VM);
    expect(media()).toEqual(['boot.iso']);
  });
});

it('a start looks for media only where there may be some', async () => {
  await vms.start(scope, VM);
  expect(scope.session.calls).toEqual(['vms.get', 'vms.start', 'vms.get']);
});

it('refuses a session of a VM that is down, a file that is not there, another drive', async () => {
  await expect(put('boot.iso', { current: true })).rejects.toMatchObject({ code: 'conflict' });
  await expect(put('none.iso')).rejects.toMatchObject({ code: 'not-found.reference' });
  await expect(cdroms.get(scope, VM, id('drive', 1))).rejects.toMatchObject({ code: 'not-found' });
  await expect(cdroms.change(scope, VM, ZERO_ID, {})).rejects.toMatchObject({ code: 'request.incomplete' });
  expect(world.vm(VM).notes).toEqual({});
});
