import { Fault, type Host } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { until, watched } from '../work/wait.js';

/**
 * Puts a host into maintenance and ends it: PowerVC's maintenance mode, which first moves running VMs away
 * (docs/reference/power.md, 1.4).
 */

const changed = {
  deactivate: { verb: 'switch', to: 'maintenance', from: ['up'] },
  activate: { verb: 'activate', to: 'up', from: ['maintenance', 'error', 'preparing_for_maintenance'] },
} as const;

/** The host as it is now. */
async function look(scope: Scope, id: string): Promise<Host> {
  const found = (await scope.session.inventory.hosts({ fresh: true })).find((host) => host.id === id);
  if (!found) throw new Fault('not-found', { what: 'Host', id });
  return found;
}

/** Two calls, then polls until it is done. Throws `conflict` for a host whose state does not allow it. */
async function change(scope: Scope, id: string, how: keyof typeof changed): Promise<Started<void>> {
  const { verb, to, from } = changed[how];
  const { name, status } = await look(scope, id);
  scope.concerns?.({ what: name });
  if (status === to) return { value: undefined, finished: Promise.resolve() };
  if (!(from as readonly Host['status'][]).includes(status))
    throw new Fault('conflict', {
      text: `Cannot ${verb} Host${to === 'maintenance' ? ' to Maintenance mode' : ''}. Host is ${status}.`,
    });
  await scope.session.inventory.maintain({ id }, to === 'maintenance');
  const finished = until(
    scope,
    `Host ${id}`,
    () => look(scope, id),
    ({ status: now }) => {
      if (now === 'error') throw new Fault('backend.failed', { text: `Host ${id} could not be switched to ${to}.` });
      return now === to ? true : undefined;
    },
  );
  return { value: undefined, finished: watched(finished.then(() => undefined)) };
}

export const activate = (scope: Scope, id: string): Promise<Started<void>> => change(scope, id, 'activate');
export const deactivate = (scope: Scope, id: string): Promise<Started<void>> => change(scope, id, 'deactivate');
