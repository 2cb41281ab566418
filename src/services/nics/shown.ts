import { required } from '../../invariant.js';
import type { Nic } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { profileId } from '../inventory.js';
import { isBlankNic } from '../blanknics.js';
import { resumePort } from '../ports.js';

/**
 * A NIC, and its port. A port that replaced another (PowerVC cannot move a port to another network) keeps the first
 * one's id in its note `nic`: oVirt's ids outlive such a change.
 */
export interface Shown {
  readonly nic: Nic;
  readonly port: Nic;
}

export async function shown(scope: Scope, vmId: string): Promise<Shown[]> {
  const ports = await scope.session.nics.list(vmId);
  for (const port of ports) resumePort(scope, port);
  const replaced = new Set(ports.map(({ notes }) => notes?.['old']));
  const there = ports.filter(({ id }) => !replaced.has(id));
  const names = namesOf(there);
  return there.map((port, index) => ({ port, nic: asNic(port, vmId, required(names[index], 'the name of a NIC')) }));
}

/** A port that Nova made has no name: it has the first of nic1, nic2 … that no other has. */
export function namesOf(ports: readonly Nic[]): string[] {
  const taken = new Set(ports.flatMap(({ name }) => name || []));
  return ports.map(({ name }) => {
    if (name) return name;
    let number = 1;
    while (taken.has(`nic${number}`)) number += 1;
    taken.add(`nic${number}`);
    return `nic${number}`;
  });
}

const asNic = (port: Nic, vmId: string, name: string): Nic => ({
  ...port,
  network: isBlankNic(port) ? undefined : port.network,
  id: port.notes?.['nic'] ?? port.id,
  name,
  vm: { id: vmId },
  interface: shownInterface(port),
  plugged: port.attachedTo === vmId,
  ...(port.network?.id !== undefined && !isBlankNic(port) && { vnicProfile: { id: profileId(port.network.id) } }),
});

/** Names of emulated adapters: one that was asked for is noted and read back, though the adapter is what it is. */
const EMULATED: ReadonlySet<string> = new Set(['e1000', 'rtl8139', 'rtl8139_virtio', 'virtio']);

const shownInterface = ({ interface: real = 'spapr_vlan', notes }: Nic): string =>
  real === 'spapr_vlan' ? (notes?.['interface'] ?? real) : real;

/** The note of the interface that was asked for; none for what the port is anyway. */
export const interfaceNote = (scope: Scope, asked: string | undefined): { readonly interface?: string } =>
  asked !== undefined && EMULATED.has(asked) && isAble(scope, 'nic.notes') ? { interface: asked } : {};

/** The notes when another interface is asked for; undefined when that changes nothing. */
export function notesWith(
  scope: Scope,
  { nic, port }: Shown,
  asked: string | undefined,
): Record<string, string> | undefined {
  if (asked === undefined || asked === nic.interface || !isAble(scope, 'nic.notes')) return undefined;
  const { interface: before, ...rest } = port.notes ?? {};
  const note = interfaceNote(scope, asked);
  return before === note.interface ? undefined : { ...rest, ...note };
}
