import { Fault } from '../../model/index.js';
import { noteOf } from './configurations.js';
import type { Scope, Started } from '../context.js';
import { forget } from './notes.js';
import { unlessGone, until, watched } from '../work/wait.js';
import { regular } from './find.js';

/** Deletes the snapshot, then what the VM's notes keep of it. */
export async function remove(scope: Scope, vmId: string, id: string): Promise<Started<void>> {
  const { vm, snapshot } = await regular(scope, vmId, id, 'snapshot.remove');
  scope.concerns?.({ what: snapshot.description ?? snapshot.name });
  await scope.session.snapshots.remove(id);
  const finished = scope.work.run(`snapshot/${id}`, async () => {
    await until(
      scope,
      `Removing snapshot ${id}`,
      () => unlessGone(scope.session.snapshots.get(id)),
      (seen) => {
        if (seen?.failure === 'remove')
          throw new Fault('backend.failed', { text: `Snapshot ${id} could not be removed.` });
        return seen ? undefined : true;
      },
    );
    if (vm.notes?.[noteOf(snapshot.name ?? '')] !== undefined) await forget(scope, vmId, noteOf(snapshot.name ?? ''));
  });
  return { value: undefined, finished: watched(finished) };
}
