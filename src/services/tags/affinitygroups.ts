import { Fault, isFault, propertyOf, type AffinityGroup, type AffinityGroupInput, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { cluster } from '../inventory/inventory.js';
import { asVm } from '../vms/index.js';

/** The note with a group's description, among those that all projects share: a server group has none. */
const noteOf = (id: string): string => `affinitygroup.${id}`;

/**
 * Affinity groups are PowerVC's collocation rules (docs/reference/power.md, 1.4). Such a rule holds wherever its VMs
 * are: every cluster shows them all. A VM joins one when it is deployed, and leaves it when it is removed. Three calls.
 */
export async function list(scope: Scope, clusterId: string): Promise<AffinityGroup[]> {
  const [{ id }, groups, notes] = await Promise.all([
    cluster(scope, clusterId),
    scope.session.inventory.affinityGroups(),
    scope.session.shared.read(),
  ]);
  return groups.map((group) => {
    const description = notes[noteOf(group.id)];
    return { ...group, cluster: { id }, ...(description !== undefined && { description }) };
  });
}

export async function get(scope: Scope, clusterId: string, id: string): Promise<AffinityGroup> {
  const found = (await list(scope, clusterId)).find((group) => group.id === id);
  if (!found) throw new Fault('not-found', { what: 'AffinityGroup', id });
  return found;
}

/** Throws `duplicate-name`. Reports a description that cannot be kept. */
export async function add(
  scope: Scope,
  clusterId: string,
  { name = '', description = '', positive = false, enforcing = false }: AffinityGroupInput,
): Promise<AffinityGroup> {
  if ((await list(scope, clusterId)).some((group) => group.name === name))
    throw new Fault('duplicate-name', { verb: 'add', what: 'Affinity Group' });
  const created = await scope.session.inventory.addAffinityGroup({
    name,
    positive,
    enforcing,
    ...(description !== '' && { description }),
  });
  const kept =
    description !== '' && (created.description === description || (await keep(scope, created.id, description)));
  return { ...created, cluster: { id: clusterId }, ...(kept && { description }) };
}

/** Whether the description could be stored: not every cloud and not every user can. */
async function keep(scope: Scope, id: string, description: string): Promise<boolean> {
  try {
    await scope.session.shared.note({ [noteOf(id)]: description });
    return true;
  } catch (error) {
    if (!isFault(error, 'unsupported') && !isFault(error, 'backend.forbidden')) {
      await scope.session.inventory.removeAffinityGroup(id);
      throw error;
    }
    scope.report(propertyOf('AffinityGroup', 'description'), error.message);
    return false;
  }
}

export async function remove(scope: Scope, clusterId: string, id: string): Promise<void> {
  const { name, description } = await get(scope, clusterId, id);
  scope.concerns?.({ what: name });
  await scope.session.inventory.removeAffinityGroup(id);
  if (description === undefined) return;
  await scope.session.shared.note({ [noteOf(id)]: null }).catch((error: unknown) => {
    // A backend without such notes keeps it with the group
    if (isFault(error, 'unsupported')) return;
    // No id is used twice: what is left belongs to nothing
    scope.log.warn('the description of a removed affinity group is left', { group: id, error: String(error) });
  });
}

/** The group's VMs, filtered from pages of all: two calls, and one a page. */
export async function* vms(scope: Scope, clusterId: string, id: string): AsyncGenerator<Vm[]> {
  const members = new Set((await get(scope, clusterId, id)).vmIds);
  for await (const page of scope.session.vms.list())
    yield page.filter((vm) => members.has(vm.id)).map((vm) => asVm(vm));
}
