import { incomplete, propertyOf, type VmSpec } from '../../../model/index.js';
import type { CreateServer } from '../../../generated/openstack/nova.js';
import type { PlainInventory } from '../inventory.js';
import { split } from '../notes/notes.js';

/** The parts of a server's creation that every OpenStack has. */

type Networks = NonNullable<CreateServer['server']['networks']>;

/** A placement host takes precedence over the host group: Nova has one field for both. */
export async function zoneOf(
  { placementHosts, cluster }: VmSpec,
  inventory: PlainInventory,
): Promise<string | undefined> {
  const [host] = placementHosts ?? [];
  if (host) return `:${await inventory.hostNameOf(host)}`;
  return cluster && inventory.zoneOf(cluster);
}

/** The ports and networks of a new server; undefined for none. */
export function networksOf(nics: NonNullable<VmSpec['nics']> = []): Networks | undefined {
  if (nics.length === 0) return undefined;
  return nics.map(({ id, network }) => {
    if (id !== undefined) return { port: id };
    if (network?.id === undefined) throw incomplete(propertyOf('Nic', 'network'), 'add');
    return { uuid: network.id };
  });
}

/** Notes, the description among them. */
export const notesOf = ({ notes, description }: VmSpec): Record<string, string> =>
  split({ ...notes, ...(description !== undefined && { description }) });

/** User data as Nova takes them. */
export const userDataOf = ({ userData }: VmSpec): { user_data: string; config_drive: boolean } | undefined =>
  userData === undefined
    ? undefined
    : { user_data: Buffer.from(userData, 'utf8').toString('base64'), config_drive: true };

/** Existing volumes, in order: the first one boots. They stay when the server is removed. */
export const volumeDevices = (
  ids: readonly string[] = [],
): {
  boot_index: number;
  uuid: string;
  source_type: 'volume';
  destination_type: 'volume';
  delete_on_termination: false;
}[] =>
  ids.map((uuid, index) => ({
    boot_index: index === 0 ? 0 : -1,
    uuid,
    source_type: 'volume',
    destination_type: 'volume',
    delete_on_termination: false,
  }));
