import { Fault, type AffinityGroup, type AffinityGroupInput, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { cluster } from '../inventory/inventory.js';
import { asVm } from '../vms/index.js';

/**
 * Affinity groups are PowerVC's collocation rules (docs/reference/power.md, 1.4). Such a rule holds wherever its VMs
 * are: every cluster shows them all. A VM joins one when it is deployed, and leaves it when it is removed.
 */
export async function list(scope: Scope, clusterId: string): Promise<AffinityGroup[]> {
  const [{ id }, groups] = await Promise.all([cluster(scope, clusterId), scope.session.inventory.affinityGroups()]);
  return groups.map((group) => ({ ...group, cluster: { id } }));
}

export async function get(scope: Scope, clusterId: string, id: string): Promise<AffinityGroup> {
  const found = (await list(scope, clusterId)).find((group) => group.id === id);
  if (!found) throw new Fault('not-found', { what: 'AffinityGroup', id });
  return found;
}

/** Three calls. Throws `duplicate-name`. */
export async function add(
  scope: Scope,
  clusterId: string,
  { name = '', positive = false, enforcing = false }: AffinityGroupInput,
): Promise<AffinityGroup> {
  if ((await list(scope, clusterId)).some((group) => group.name === name))
    throw new Fault('duplicate-name', { verb: 'add', what: 'Affinity Group' });
  const created = await scope.session.inventory.addAffinityGroup({ name, positive, enforcing });
  return { ...created, cluster: { id: clusterId } };
}

export async function remove(scope: Scope, clusterId: string, id: string): Promise<void> {
  await get(scope, clusterId, id);
  await scope.session.inventory.removeAffinityGroup(id);
}

/** The group's VMs, filtered from pages of all: two calls, and one a page. */
export async function* vms(scope: Scope, clusterId: string, id: string): AsyncGenerator<Vm[]> {
  const members = new Set((await get(scope, clusterId, id)).vmIds);
  for await (const page of scope.session.vms.list())
    yield page.filter((vm) => members.has(vm.id)).map((vm) => asVm(vm));
}
