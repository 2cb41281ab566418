import { Fault, type Host, type Ref, type Vm } from '../../model/index.js';
import type { Scope, Started } from '../context.js';
import { resolve } from '../references.js';
import { may } from '../rules.js';
import { asVm, look } from './index.js';
import { settledVm } from './settled.js';
import { started, until } from '../work/wait.js';

const conflict = (text: string): Fault => new Fault('conflict', { text });

export interface Migration {
  /** Absent: the backend chooses. */
  readonly host?: Ref;
  /** With this, engines also move a VM that only users may migrate (affinity `user_migratable`). */
  readonly force?: boolean;
}

/**
 * Live-migrates a VM to another host. Engines migrate nothing else: a VM that is down starts where there is room. Three
 * calls with a host, two without. Throws `conflict`, `conflict.transition`, `not-found.reference`.
 */
export async function migrate(
  scope: Scope,
  id: string,
  { host, force = false }: Migration = {},
): Promise<Started<void>> {
  const vm = await settledVm(scope, id, 'vm.migrate');
  // Where the cloud has no affinity it is a note, which the gateway enforces
  const { affinity } = asVm(vm);
  const target = host && resolve<Host>('Host', host, await scope.session.inventory.hosts());
  if (affinity === 'pinned') throw conflict('Cannot migrate VM. VM is pinned to Host.');
  if (affinity === 'user_migratable' && !force)
    throw conflict('Cannot migrate VM. VM is non migratable and user did not specify the force-migration flag');
  may(scope, 'vm.migrate', vm);
  if (target && target.id === vm.host?.id) throw conflict('Cannot migrate VM. source and destination is the same.');
  await scope.session.vms.migrate(id, target && { id: target.id });
  return started(undefined, () => arrived(scope, vm));
}

const arrived = (scope: Scope, { id, name, host: from }: Vm): Promise<void> =>
  until(
    scope,
    `Migrating VM ${id}`,
    () => scope.session.vms.get(id),
    (vm) => {
      if (vm.status === 'migrating') return undefined;
      if (vm.status === 'down') {
        scope.concerns?.({ as: 'vms.migrate.abort' });
        throw new Fault('backend.failed', { text: `VM ${name} went down while it was migrated.` });
      }
      if (vm.host?.id === from?.id)
        throw new Fault('backend.failed', {
          text:
            `VM ${name} was not migrated: it is still on ` +
            `${from?.name ?? 'its host'}.${vm.statusDetail === undefined ? '' : ` ${vm.statusDetail}`}`,
        });
      return true as const;
    },
  ).then(() => undefined);

/** Only for a VM that is migrating: any other has nothing to cancel (docs/reference/ovirt.md, section 10). */
export async function assertMigrating(scope: Scope, id: string): Promise<void> {
  may(scope, 'vm.cancelmigration', await look(scope, id));
}

/** Cancels a running migration. */
export async function cancel(scope: Scope, id: string): Promise<void> {
  await assertMigrating(scope, id);
  await scope.session.vms.cancelMigration(id);
}
