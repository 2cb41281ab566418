import { propertyOf, type Nic, type NicInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { fit, isAble, ofNic, requireAble } from '../fitting.js';
import { asksBlank, BLANK, isBlankNic, requireBlank, withoutBlank } from './blank.js';
import type { PendingPort } from '../work/ports.js';
import { may, related } from '../rules.js';
import { look } from '../vms/find.js';
import { type Shown, interfaceNote, notesWith, reportPassthrough } from './shown.js';
import { free, get, isJoining, pick } from './find.js';
import { checkName, renaming } from './names.js';
import { checkMac, otherNetwork } from './network.js';
import { plug, standIn } from './plug.js';

/** Changes what differs: name, link state, network (by a new port in the old one's place), MAC, plugged. */
export async function update(scope: Scope, vmId: string, id: string, given: NicInput): Promise<Nic> {
  const { all, found } = await free(scope, vmId, id, 'nic.update');
  const { nic, port } = found;
  const input = fit(scope, ofNic, 'update NIC', given, nic);
  reportPassthrough(scope, input.interface, nic.interface);
  may(scope, 'nic.update', await look(scope, vmId));
  checkMac(input.mac);
  if (input.name !== undefined && input.name !== nic.name) checkName(scope, all, input.name);

  if (asksBlank(input)) requireBlank(scope, 'update NIC', port);
  const network = asksBlank(input) ? undefined : await otherNetwork(scope, nic, input);
  if (network && isBlankNic(port) && !isAble(scope, 'nic.notes')) {
    await connect(scope, vmId, nic, { name: input.name ?? nic.name, network });
    return get(scope, vmId, id);
  }
  if (network) requireAble(scope, 'nic.notes', 'update NIC', propertyOf('Nic', 'network'));
  const mac = input.mac !== undefined && input.mac.toLowerCase() !== nic.mac ? input.mac.toLowerCase() : undefined;
  // A NIC that gets a network is plugged
  const plugged = !asksBlank(input) && (input.plugged ?? (nic.plugged === true || (isBlankNic(port) && !!network)));
  const notes = notesWith(scope, found, input.interface);
  const settled = {
    ...(notes && { notes }),
    ...(input.name !== undefined && input.name !== nic.name && { name: input.name }),
    ...(input.linked !== undefined && input.linked !== nic.linked && { linked: input.linked }),
  };
  const isBack = network !== undefined && isBlankNic(port) && network.id === port.network?.id;
  // another port would be plugged beside the one that waits
  if (network && isJoining(found)) throw related(scope, 'nic.update');
  if ((network && !isBack) || (mac !== undefined && nic.plugged && !isJoining(found))) {
    await replace(scope, vmId, found, {
      ...nic,
      ...settled,
      ...(input.interface !== undefined && { interface: input.interface }),
      plugged,
      network: network ?? nic.network,
      mac: mac ?? nic.mac,
    });
    return get(scope, vmId, id);
  }
  if (mac !== undefined || Object.keys(settled).length)
    await renaming(scope, vmId, found, settled.name, () =>
      scope.session.nics.update(port.id, { ...settled, ...(mac !== undefined && { mac }) }),
    );
  const now = isBack ? { ...found, port: { ...port, notes: withoutBlank(port.notes) } } : found;
  if (isBack) await scope.session.nics.update(port.id, { notes: now.port.notes });
  if (plugged !== nic.plugged) await plug(scope, vmId, now, plugged);
  if (asksBlank(input)) await emptied(scope, vmId, id);
  return get(scope, vmId, id);
}

/** Marks its unplugged port as one that is shown without its network. */
async function emptied(scope: Scope, vmId: string, id: string): Promise<void> {
  const { port } = await pick(scope, vmId, id);
  await scope.session.nics.update(port.id, { notes: { ...port.notes, vm: vmId, ...BLANK } });
}

/** Where a NIC without a network has no port, a new port keeps its id. */
const connect = (
  scope: Scope,
  vm: string,
  { id }: Nic,
  { name, network }: Pick<Nic, 'name' | 'network'>,
): Promise<void> => standIn(scope, { id, name, network }, { vm, nic: id, pending: 'add' satisfies PendingPort });

/** Replaces the NIC's port; the old one is deleted once the new one is plugged. */
const replace = (scope: Scope, vmId: string, { port }: Shown, nic: Nic): Promise<void> =>
  standIn(scope, nic, {
    vm: vmId,
    ...interfaceNote(scope, nic.interface),
    nic: nic.id,
    old: port.id,
    pending: (nic.plugged ? 'replace' : 'replace-unplugged') satisfies PendingPort,
  });
