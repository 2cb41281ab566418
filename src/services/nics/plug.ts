import { required } from '../../invariant.js';
import { Fault, type Nic } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isBlankNic } from './blank.js';
import { beginPort, type PendingPort, type PortIntent } from '../work/ports.js';
import { patiently } from '../work/patience.js';
import { may, related } from '../rules.js';
import { look } from '../vms/find.js';
import { type Shown, interfaceNote } from './shown.js';
import { keepNames, naming } from './names.js';
import { free } from './find.js';

/** Unplugs and deletes the port. */
export async function remove(scope: Scope, vmId: string, id: string): Promise<void> {
  const { all, found } = await free(scope, vmId, id, 'nic.remove.plugged');
  if (found.nic.plugged) may(scope, 'nic.remove.plugged', await look(scope, vmId));
  await naming(scope, vmId, () =>
    keepNames(
      scope,
      all.filter((one) => one !== found),
    ),
  );
  await mark(scope, found.port, vmId, 'remove');
}

/** Plugs the NIC; no effect on one that is plugged already. */
export const activate = async (scope: Scope, vmId: string, id: string): Promise<void> => replug(scope, vmId, id, true);
/** Detaches the port, which stays listed, unplugged. */
export const deactivate = async (scope: Scope, vmId: string, id: string): Promise<void> =>
  replug(scope, vmId, id, false);

async function replug(scope: Scope, vmId: string, id: string, plugged: boolean): Promise<void> {
  const rule = plugged ? 'nic.activate' : 'nic.deactivate';
  const { found } = await free(scope, vmId, id, rule);
  may(scope, rule, await look(scope, vmId));
  if (plugged && isBlankNic(found.port))
    throw new Fault('conflict', { text: 'Cannot activate Interface. It has no network: set one first.' });
  if (found.nic.plugged !== plugged) await plug(scope, vmId, found, plugged);
}

/**
 * A port without notes may be Nova's own, which Nova deletes when it is unplugged: another port then replaces it, and
 * keeps the NIC's id and address.
 */
export async function plug(scope: Scope, vmId: string, { nic, port }: Shown, plugged: boolean): Promise<void> {
  if (plugged) return mark(scope, port, vmId, 'plug');
  if (port.notes?.['vm'] !== undefined) return mark(scope, port, vmId, 'unplug');
  await standIn(scope, nic, {
    vm: vmId,
    ...interfaceNote(scope, nic.interface),
    nic: nic.id,
    old: port.id,
    ...(nic.mac !== undefined && { mac: nic.mac }),
    pending: 'leave' satisfies PendingPort,
  });
}

const RULES = { plug: 'nic.activate', unplug: 'nic.deactivate', remove: 'nic.remove.plugged' } as const;

export async function mark(scope: Scope, port: Nic, vmId: string, pending: PortIntent['pending']): Promise<void> {
  await scope.session.nics.update(port.id, { notes: { ...port.notes, vm: vmId, pending } });
  await patiently(scope, beginPort(scope, port.id, { pending, lost: () => related(scope, RULES[pending]) }));
}

export async function standIn(
  scope: Scope,
  { name, network, mac, linked }: Nic,
  notes: Record<string, string>,
): Promise<void> {
  const created = await scope.session.nics.create({
    name: required(name, 'the name of a NIC'),
    networkId: required(network?.id, 'the network of a NIC'),
    // Two ports of one network cannot have the same address: it is set once the former port is gone.
    ...(mac !== undefined && notes['mac'] === undefined && { mac }),
    ...(linked !== undefined && { linked }),
    notes,
  });
  await patiently(scope, beginPort(scope, created.id));
}
