import { Fault, nameId, isFault, type Vm, type VmInput, type VmSize, type VmSpec } from '../../../model/index.js';
import { converters } from '../../../mapping/converters.js';
import type { NamedFlavor, Server } from '../../../generated/openstack/nova.js';
import type { Connection } from '../connection.js';
import { looseNumber } from '../loose.js';
import { all, hasNext, pages } from '../paging.js';
import { removed } from '../../http/removal.js';
import { GIB } from '../../../units.js';

/** A size that a flavor must have. */
export interface FlavorSpec {
  readonly ram: number;
  readonly vcpus: number;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

/** The prefix of the gateway's own flavors. */
const OWN = 'ovirt-';

/** Extra specs that tie a server to certain hosts or devices: a flavor with one that was not requested does not fit. */
const BINDING = /^(hw|pci_passthrough|resources|trait|aggregate_instance_extra_specs|quota)[:\d]/;

const mib = (bytes: number): number => converters.mib.out(bytes);

/** What Nova calls the custom property `hugepages`: the size of a page, KiB in both. */
export const PAGE_SIZE = 'hw:mem_page_size';

/** Custom properties as extra specs; of the same name the last counts. */
function specsOf(...properties: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const { hugepages = '0', ...specs } = Object.assign({}, ...properties) as Record<string, string>;
  return hugepages === '0' ? specs : { ...specs, [PAGE_SIZE]: hugepages };
}

const named = ({ customProperties = [] }: VmInput): Record<string, string> =>
  Object.fromEntries(customProperties.map(({ name, value }) => [name, value]));

/** The size of a new VM; by default that of oVirt's Blank template. */
export function sizeOf(spec: VmSpec): FlavorSpec {
  const { memoryBytes } = spec;
  return {
    ram: memoryBytes === undefined ? 1024 : mib(memoryBytes),
    vcpus: (spec.sockets ?? 1) * (spec.cores ?? 1) * (spec.threads ?? 1),
    extraSpecs: specsOf(namedSpecs(spec), named(spec)),
  };
}

/**
 * The whole size after a resize, though only a part of it changes: the VM keeps its other custom properties. Bounds
 * that the memory leaves move along with it: a guaranteed size above it, or a maximum below, would be a flavor that no
 * partition can have.
 */
export function resizedSize(vm: Vm, size: VmSize): FlavorSpec {
  const memoryBytes = size.memoryBytes ?? vm.memoryBytes ?? GIB;
  const { memoryGuaranteedBytes: least, memoryMaxBytes: most } = vm;
  const bounds = {
    ...(least !== undefined && { memoryGuaranteedBytes: Math.min(least, memoryBytes) }),
    ...(most !== undefined && { memoryMaxBytes: Math.max(most, memoryBytes) }),
  };
  return {
    ram: mib(memoryBytes),
    vcpus: size.processors ?? (vm.sockets ?? 1) * (vm.cores ?? 1) * (vm.threads ?? 1),
    extraSpecs: specsOf(named(vm), namedSpecs({ ...vm, ...bounds }), size.extraSpecs ?? {}),
  };
}

/** Properties of an entity that are extra specs. */
const namedSpecs = ({
  memoryGuaranteedBytes: least,
  memoryMaxBytes: most,
  procUnits,
}: VmInput): Record<string, string> => ({
  ...(least !== undefined && { 'powervm:min_mem': String(mib(least)) }),
  ...(most !== undefined && { 'powervm:max_mem': String(mib(most)) }),
  ...(procUnits !== undefined && { 'powervm:proc_units': String(procUnits) }),
});

const ownFlavorId = ({ ram, vcpus, extraSpecs }: FlavorSpec): string =>
  nameId(
    'flavor',
    String(ram),
    String(vcpus),
    Object.keys(extraSpecs)
      .sort()
      .map((name) => `${name}=${extraSpecs[name]}`)
      .join(','),
  );

/** The name of the gateway's own flavor for a size that no other fits. */
export const ownFlavorName = (requested: FlavorSpec): string =>
  `${OWN}${requested.ram}-${requested.vcpus}${Object.keys(requested.extraSpecs).length === 0 ? '' : `-${ownFlavorId(requested).slice(0, 8)}`}`;

/**
 * The flavors of VMs: an existing one that fits, or else the gateway's own, whose id is derived from its size, so that
 * replicas share it.
 */
export interface Flavors {
  /** Calls `act` with the id of a fitting flavor; again, if another replica has removed that one meanwhile. */
  use<T>(requested: FlavorSpec, act: (id: string) => Promise<T>): Promise<T>;
  /**
   * The id of the gateway's own flavor that only this server has; undefined for any other. One call if it is the
   * gateway's.
   */
  only(server: Pick<Server, 'id' | 'flavor'>): Promise<string | undefined>;
  /** Removes a flavor, if the user may; it is made again when it is needed. */
  remove(id: string): Promise<void>;
}

export function createFlavors(connection: Connection, pageSize: number): Flavors {
  const catalogue = (): Promise<NamedFlavor[]> =>
    all(
      pages(async (marker) => {
        const { flavors, flavors_links } = await connection.call('nova.flavors.list', {
          query: { limit: pageSize, marker },
        });
        return { items: flavors, more: hasNext(flavors_links) };
      }),
    );

  async function make(requested: FlavorSpec, known: readonly NamedFlavor[]): Promise<string> {
    const { ram, vcpus, extraSpecs } = requested;
    const id = ownFlavorId(requested);
    const name = ownFlavorName(requested);
    try {
      await connection.call('nova.flavors.create', { body: { flavor: { id, name, ram, vcpus, disk: 0 } } });
    } catch (error) {
      if (isFault(error, 'backend.forbidden'))
        throw new Fault('backend.forbidden', { ...error.values, text: noneFits(requested, known) }, { cause: error });
      // It exists: another replica is making it too, or was interrupted before the extra specs
      if (!isFault(error, 'backend.conflict')) throw error;
    }
    if (Object.keys(extraSpecs).length > 0)
      await connection.call('nova.flavors.extra-specs', {
        params: { flavor: id },
        about: [{ what: 'Flavor', id }],
        body: { extra_specs: { ...extraSpecs } },
      });
    return id;
  }

  /**
   * Removes the gateway's own flavors that no server has. A server may just be being made with one: `use` makes it
   * again.
   */
  async function tidy(known: readonly NamedFlavor[]): Promise<void> {
    for (const { id } of known.filter(({ name }) => name.startsWith(OWN))) {
      const servers = await holders(id, 1);
      if (servers === undefined) return;
      if (servers.length === 0)
        await removed(
          connection.call('nova.flavors.delete', { params: { flavor: id }, about: [{ what: 'Flavor', id }] }),
        );
    }
  }

  /** Servers with the flavor, in all projects; undefined for all but administrators. Only they remove flavors, too. */
  async function holders(id: string, limit: number): Promise<readonly Pick<Server, 'id'>[] | undefined> {
    try {
      const query = { flavor: id, all_tenants: 'true', limit };
      return (await connection.call('nova.servers.list', { query })).servers;
    } catch (error) {
      if (!isFault(error, 'backend.forbidden')) throw error;
      return undefined;
    }
  }

  async function idFor(requested: FlavorSpec): Promise<string> {
    const known = await catalogue();
    const found = fitting(known, requested);
    if (found) return found.id;
    await tidy(known);
    return make(requested, known);
  }

  async function only({ id: server, flavor }: Pick<Server, 'id' | 'flavor'>): Promise<string | undefined> {
    const requested: FlavorSpec = {
      ram: looseNumber(flavor?.ram) ?? 0,
      vcpus: looseNumber(flavor?.vcpus) ?? 0,
      extraSpecs: flavor?.extra_specs ?? {},
    };
    if (flavor?.original_name !== ownFlavorName(requested)) return undefined;
    const id = ownFlavorId(requested);
    return (await holders(id, 2))?.every((one) => one.id === server) ? id : undefined;
  }

  async function remove(id: string): Promise<void> {
    try {
      await connection.call('nova.flavors.delete', { params: { flavor: id }, about: [{ what: 'Flavor', id }] });
    } catch (error) {
      if (!isFault(error, 'not-found') && !isFault(error, 'backend.forbidden')) throw error;
    }
  }

  return {
    only,
    remove,
    async use(requested, act) {
      const id = await idFor(requested);
      try {
        return await act(id);
      } catch (error) {
        if (!isFault(error) || !/flavor.*(could not be found|not found)/i.test(error.message)) throw error;
        return act(await idFor(requested));
      }
    },
  };
}

/** Of those that fit, the one with the fewest unrequested extra specs. */
function fitting(flavors: readonly NamedFlavor[], { ram, vcpus, extraSpecs }: FlavorSpec): NamedFlavor | undefined {
  const others = ({ extra_specs: specs = {} }: NamedFlavor): string[] =>
    Object.keys(specs).filter((name) => !(name in extraSpecs));
  return flavors
    .filter((one) => looseNumber(one.ram) === ram && looseNumber(one.vcpus) === vcpus)
    .filter(
      (one) =>
        Object.entries(extraSpecs).every(([name, value]) => one.extra_specs?.[name] === value) &&
        !others(one).some((name) => BINDING.test(name)),
    )
    .sort((a, b) => others(a).length - others(b).length)[0];
}

/** How many flavors a refusal names. */
const NAMED = 10;

/** What a user who may not create flavors is told: the size that was requested, and the sizes that there are. */
function noneFits({ ram, vcpus, extraSpecs }: FlavorSpec, flavors: readonly NamedFlavor[]): string {
  const specs = Object.entries(extraSpecs).map(([name, value]) => `${name}=${value}`);
  const size = [`${ram} MiB`, `${vcpus} ${vcpus === 1 ? 'processor' : 'processors'}`, ...specs].join(', ');
  const sizes = flavors.map((one) => `${one.name} (${one.ram} MiB, ${one.vcpus})`);
  const more = sizes.length > NAMED ? ` and ${sizes.length - NAMED} more` : '';
  return `No flavor has ${size}, and only administrators may create flavors. There are: ${sizes.slice(0, NAMED).join(', ')}${more}.`;
}
