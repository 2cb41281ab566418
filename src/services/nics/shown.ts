import { required } from '../../invariant.js';
import { propertyOf, type Nic } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { profileId } from '../inventory/inventory.js';
import { isBlankNic } from './blank.js';
import { resumePort, type PendingPort } from '../work/ports.js';

/**
 * A NIC, and its port. A port that replaced another (PowerVC cannot move a port to another network) keeps the first
 * port's id in its note `nic`, because oVirt's ids do not change.
 */
export interface Shown {
  readonly nic: Nic;
  readonly port: Nic;
}

export async function shown(scope: Scope, vmId: string): Promise<Shown[]> {
  const ports = await scope.session.nics.list(vmId);
  for (const port of ports) resumePort(scope, port);
  const replaced = new Set(ports.map(({ notes }) => notes?.['old']));
  const current = ports.filter(({ id }) => !replaced.has(id));
  const names = namesOf(current);
  return current.map((port, index) => ({ port, nic: asNic(port, vmId, required(names[index], 'the name of a NIC')) }));
}

/** A port that Nova made has no name: it is shown with the first free one of nic1, nic2 … */
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

/** Work that ends with a NIC that is plugged, or is not: an engine shows that at once. */
const PLUGGING: ReadonlySet<string> = new Set(['join', 'add', 'plug', 'replace'] satisfies PendingPort[]);
const UNPLUGGING: ReadonlySet<string> = new Set(['unplug'] satisfies PendingPort[]);

const asNic = (port: Nic, vmId: string, name: string): Nic => ({
  ...port,
  network: isBlankNic(port) ? undefined : port.network,
  id: port.notes?.['nic'] ?? port.id,
  name,
  vm: { id: vmId },
  interface: shownInterface(port),
  plugged: isPlugged(port, vmId),
  ...(port.network?.id !== undefined && !isBlankNic(port) && { vnicProfile: { id: profileId(port.network.id) } }),
});

function isPlugged({ attachedTo, notes }: Nic, vmId: string): boolean {
  const pending = notes?.['pending'] ?? '';
  return PLUGGING.has(pending) || (attachedTo === vmId && !UNPLUGGING.has(pending));
}

/** Names of emulated adapters: a requested one is noted and shown, although the adapter is PowerVM's. */
const EMULATED: ReadonlySet<string> = new Set(['e1000', 'rtl8139', 'rtl8139_virtio', 'virtio']);

const shownInterface = ({ interface: real = 'spapr_vlan', notes }: Nic): string =>
  real === 'spapr_vlan' ? (notes?.['interface'] ?? real) : real;

/** Reports an adapter that passes a device through, where the NIC is or becomes a virtual one. */
export function reportPassthrough(scope: Scope, requested: string | undefined, now?: string): void {
  if (requested === 'pci_passthrough' && requested !== now)
    scope.report(propertyOf('Nic', 'interface'), 'a NIC that is added or changed through this API is always virtual');
}

/** The note of the requested interface; none for the port's own. */
export const interfaceNote = (scope: Scope, requested: string | undefined): { readonly interface?: string } =>
  requested !== undefined && EMULATED.has(requested) && isAble(scope, 'nic.interface') ? { interface: requested } : {};

/** The notes with another interface; undefined if nothing changes. */
export function notesWith(
  scope: Scope,
  { nic, port }: Shown,
  requested: string | undefined,
): Record<string, string> | undefined {
  if (requested === undefined || requested === nic.interface || !isAble(scope, 'nic.interface')) return undefined;
  const { interface: before, ...rest } = port.notes ?? {};
  const note = interfaceNote(scope, requested);
  return before === note.interface ? undefined : { ...rest, ...note };
}
