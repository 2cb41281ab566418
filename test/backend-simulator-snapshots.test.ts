import { describe, expect, it } from 'vitest';
import { type Snapshot } from '../src/model/index.js';
import { GIB } from './support/units.js';
import { session, until, vmWhen, diskWhen, newVm, newDisk, useSimulatedSession } from './simulated-session.js';

useSimulatedSession();

describe('snapshots', () => {
  it('are taken, listed, restored and removed, and a VM is made from one', async () => {
    const vm = await newVm('snapped');
    const vmId = vm.id;
    const boot = await newDisk('snapped-boot');
    await session.disks.attach(vmId, boot.id, { boot: true });
    await diskWhen(boot.id, ({ vmIds }) => vmIds!.includes(vmId));

    await session.snapshots.create(vmId, { name: 'ovirt-0001', description: 'before', volumeIds: [boot.id] });
    const [snapshot] = await until(
      () => session.snapshots.list(vmId),
      (list: Snapshot[]) => list[0]?.status === 'ok',
    );
    expect(snapshot).toMatchObject({
      name: 'ovirt-0001',
      description: 'before',
      type: 'regular',
      vm: { id: vmId },
      backendStatus: 'available',
      volumes: [{ volumeId: boot.id, bootable: true, sizeBytes: GIB }],
    });
    expect(snapshot!.createdAt).toMatch(/Z$/);
    expect(await session.snapshots.get(snapshot!.id)).toEqual(snapshot);

    await session.snapshots.restore(vmId, snapshot!.id);
    await until(
      () => session.snapshots.get(snapshot!.id),
      ({ status }) => status === 'ok',
    );
    await expect(session.snapshots.rollback(vmId, snapshot!.id)).rejects.toMatchObject({
      code: expect.stringMatching(/^backend\.(refused|conflict)$/) as unknown,
    });

    const copyId = await session.vms.create({
      name: 'copy',
      memoryBytes: 2 * GIB,
      volumeSnapshots: snapshot!.volumes!.map(({ snapshotId, sizeBytes }) => ({
        id: snapshotId!,
        sizeBytes: sizeBytes!,
      })),
    });
    const copy = await vmWhen(copyId, ({ status }) => status === 'up' || status === 'unknown');
    expect(copy).toMatchObject({ status: 'up', volumeIds: [expect.any(String) as unknown] });
    expect(copy.volumeIds).not.toContain(boot.id);

    await session.snapshots.remove(snapshot!.id);
    await until(
      () => session.snapshots.list(vmId),
      (list: Snapshot[]) => list.length === 0,
    );
    await expect(session.snapshots.get(snapshot!.id)).rejects.toMatchObject({ code: 'not-found' });
  });
});
