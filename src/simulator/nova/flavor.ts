import { isObject, python, str, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import type { SimulatedCall } from '../router.js';
import type { CloudKind, Flavor, Server } from '../world/types.js';
import type { World } from '../world/world.js';

const SHAPE: Readonly<Record<string, number>> = { ram: 1, vcpus: 1, disk: 0 };

/**
 * The flavor of a request: inline, which only PowerVC takes (docs/reference/power.md, 1.3), or by reference. Throws
 * Nova's 400, also for a flavor that is not public and not the project's; administrators may use any.
 */
export function flavorOf({ token }: SimulatedCall, world: World, requested: JsonObject): Flavor {
  if (requested.flavorRef !== undefined) {
    const ref = str(requested.flavorRef).split('/').at(-1) ?? '';
    const flavor = world.flavors.get(ref);
    const isTheirs =
      flavor !== undefined &&
      (flavor.is_public || flavor.access.includes(token.projectId) || token.roles.includes('admin'));
    if (!isTheirs) throw refuse.bad(`Flavor ${ref} could not be found.`);
    return flavor;
  }
  const inline = world.settings.cloud === 'powervc' ? requested.flavor : undefined;
  if (!isObject(inline))
    throw refuse.bad(
      `Invalid input for field/attribute server. Value: ${python(requested)}. 'flavorRef' is a required property`,
    );
  const [ram, vcpus, disk] = Object.entries(SHAPE).map(([key, least]) => {
    const value =
      typeof inline[key] === 'string' ? Number(inline[key]) : (inline[key] ?? (key === 'disk' ? 0 : undefined));
    if (typeof value !== 'number' || !Number.isInteger(value))
      throw refuse.bad(
        `Invalid input for field/attribute ${key}. Value: ${python(inline[key])}. ` +
          `${python(inline[key])} is not of type 'integer'`,
      );
    if (value < least)
      throw refuse.bad(
        `Invalid input for field/attribute ${key}. Value: ${value}. ${value} is less than the minimum of ${least}`,
      );
    return value;
  });
  const specs = isObject(inline.extra_specs)
    ? Object.fromEntries(Object.entries(inline.extra_specs).map(([key, value]) => [key, str(value)]))
    : {};
  return {
    id: world.random.uuid(),
    name: 'inline',
    ram: ram ?? 0,
    vcpus: vcpus ?? 0,
    disk: disk ?? 0,
    ephemeral: 0,
    swap: 0,
    rxtx_factor: 1,
    extra_specs: specs,
    description: null,
    is_public: false,
    access: [],
  };
}

type Sizing = Pick<
  Server,
  | 'flavor_id'
  | 'extra_specs'
  | 'root_gb'
  | 'cpus'
  | 'min_cpus'
  | 'max_cpus'
  | 'proc_units'
  | 'min_proc_units'
  | 'max_proc_units'
  | 'dedicated'
  | 'uncapped'
  | 'shared_weight'
  | 'avail_priority'
  | 'memory_mb'
  | 'min_memory_mb'
  | 'max_memory_mb'
  | 'srr_capability'
  | 'storage_connectivity_group_id'
>;

/**
 * What a flavor makes of a partition. `before` is what it was: specs that the flavor leaves out stay. Throws a 400 when
 * the numbers contradict each other, as PowerVC does; Nova compares no extra spec with a flavor's size. Units are in
 * steps of 0.05 (0.1 before firmware 7.6), at least a tenth of the processors (docs/reference/power.md, 1.3; shown to
 * 0.05 here).
 */
export function sizing(cloud: CloudKind, flavor: Flavor, before?: Sizing): Sizing {
  const specs = { ...before?.extra_specs, ...flavor.extra_specs };
  const spec = (key: string, fallback: number): number => {
    const text = flavor.extra_specs[`powervm:${key}`];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < 0)
      throw refuse.bad(`Invalid input for field/attribute powervm:${key}. Value: ${text}. '${text}' is not a number`);
    return value;
  };
  const flag = (key: string, fallback: boolean): boolean => {
    const text = flavor.extra_specs[`powervm:${key}`];
    return text === undefined ? fallback : text.toLowerCase() === 'true';
  };
  const dedicated = flag('dedicated_proc', before?.dedicated ?? false);
  const cpus = flavor.vcpus;
  const units = dedicated
    ? cpus
    : spec('proc_units', before !== undefined && before.proc_units >= cpus / 10 ? before.proc_units : cpus / 2);
  const sizes: Sizing = {
    flavor_id: flavor.id,
    extra_specs: specs,
    root_gb: flavor.disk === 0 ? (before?.root_gb ?? 0) : flavor.disk,
    dedicated,
    uncapped: flag('uncapped', before?.uncapped ?? true),
    cpus,
    min_cpus: spec('min_vcpu', before?.min_cpus ?? 1),
    max_cpus: spec('max_vcpu', Math.max(before?.max_cpus ?? 0, cpus)),
    proc_units: units,
    min_proc_units: spec('min_proc_units', before?.min_proc_units ?? Math.min(0.1, units)),
    max_proc_units: spec('max_proc_units', Math.max(before?.max_proc_units ?? 0, units)),
    memory_mb: flavor.ram,
    min_memory_mb: spec('min_mem', Math.min(before?.min_memory_mb ?? flavor.ram, flavor.ram)),
    max_memory_mb: spec('max_mem', Math.max(before?.max_memory_mb ?? 0, flavor.ram)),
    shared_weight: spec('shared_weight', before?.shared_weight ?? 128),
    avail_priority: spec('availability_priority', before?.avail_priority ?? 127),
    srr_capability: flag('srr_capability', before?.srr_capability ?? false),
    storage_connectivity_group_id:
      flavor.extra_specs['powervm:storage_connectivity_group'] ?? before?.storage_connectivity_group_id ?? null,
  };
  if (cloud === 'openstack') return sizes;
  within('memory', sizes.memory_mb, sizes.min_memory_mb, sizes.max_memory_mb);
  within('virtual processors', sizes.cpus, sizes.min_cpus, sizes.max_cpus);
  within('processing units', sizes.proc_units, sizes.min_proc_units, sizes.max_proc_units);
  if (units * 10 + 1e-9 < cpus)
    throw refuse.bad(
      `The number of processing units (${units}) must be at least 0.1 for each of the ${cpus} virtual processors.`,
    );
  return sizes;
}

/** PowerVC's own words for this are undocumented. */
export function within(what: string, value: number, least: number, most: number): void {
  if (value < least || value > most)
    throw refuse.bad(`The ${what} (${value}) must be between the minimum (${least}) and the maximum (${most}).`);
}
