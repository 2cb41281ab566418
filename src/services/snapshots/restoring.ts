import { Fault } from '../../model/index.js';
import type { Scope } from '../context.js';
import { forget } from './notes.js';
import { unlessGone, until } from '../work/wait.js';

export const RESTORING = 'restoring';

export const finishRestore = (scope: Scope, vmId: string, id: string): Promise<void> =>
  scope.work.run(`restore/${vmId}`, () => restoreToEnd(scope, vmId, id));

export async function restoreToEnd(scope: Scope, vmId: string, id: string): Promise<void> {
  const { snapshots } = scope.session;
  const end = await until(
    scope,
    `Restoring snapshot ${id}`,
    () => unlessGone(snapshots.get(id)),
    (seen) => {
      if (!seen) return 'gone';
      return seen.failure ?? (seen.status === 'locked' ? undefined : 'done');
    },
  );
  let left: string | void = undefined;
  if (end === 'restore') {
    left = await snapshots.rollback(vmId, id);
    await until(
      scope,
      `Rolling back snapshot ${id}`,
      () => snapshots.get(id),
      (seen) => (seen.status === 'locked' && !seen.failure ? undefined : true),
    );
  }
  await forget(scope, vmId, RESTORING);
  if (end === 'restore' || end === 'rollback') {
    throw new Fault('interrupted', {
      what: `Restoring snapshot ${id}`,
      text: 'It ended in an error.',
      undone: left ?? 'The volumes are as they were before.',
    });
  }
}
