import type { DiskInput, NicInput, Ref } from '../../generated/entities.js';
import type { InventoryRecord, ThingKind, Things } from '../inventory/index.js';

/** Names of what VMs refer to, by kind and id. They take little memory compared with the VMs. */
export class NameIndex {
  readonly #names = new Map<ThingKind, Map<string, string>>();
  readonly #networkOfProfile = new Map<string, string>();

  /** Adds a record of an inventory; records of VMs are skipped. */
  add(record: InventoryRecord): void {
    if (!('entity' in record) || record.record === 'vm') return;
    const { id, name } = record.entity as { id?: string; name?: string };
    if (id === undefined) return;
    const names = this.#names.get(record.record) ?? new Map<string, string>();
    this.#names.set(record.record, names.set(id, name ?? id));
    if (record.record !== 'vnicProfile') return;
    const { network } = record.entity as Things['vnicProfile'];
    if (network?.id !== undefined) this.#networkOfProfile.set(id, network.id);
  }

  /** The name of the referenced entity, or its id if the inventory does not have it. */
  of(kind: ThingKind, ref: Ref | undefined): string | undefined {
    if (ref === undefined) return undefined;
    return (ref.id === undefined ? undefined : this.#names.get(kind)?.get(ref.id)) ?? ref.name ?? ref.id;
  }

  all(kind: ThingKind): string[] {
    return [...(this.#names.get(kind)?.values() ?? [])];
  }

  /** A NIC refers to its network directly or through a vNIC profile. */
  networkOf({ network, vnicProfile }: NicInput): string | undefined {
    const id = network?.id ?? (vnicProfile?.id === undefined ? undefined : this.#networkOfProfile.get(vnicProfile.id));
    return this.of('network', id === undefined ? network : { id }) ?? this.of('vnicProfile', vnicProfile);
  }

  storageDomainOf({ storageDomain }: DiskInput): string | undefined {
    return this.of('storageDomain', storageDomain);
  }
}
