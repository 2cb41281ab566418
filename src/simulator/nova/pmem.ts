import { isArray, isObject, objectIn, python, textIn, truthy } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { PmemVolume, Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { freeMemoryMb } from './schedule.js';
import { note } from './servers.js';
import { checkState } from './states.js';
import { pmemBody } from './powervm.js';

/**
 * Persistent memory: PowerVC pmem API; rules in docs/reference/power.md, section 2. Sizes are MB of 2^20 bytes.
 */
export interface NewPmem {
  readonly name: string;
  readonly size: number;
  readonly affinity: boolean;
  readonly device: string;
}

/** IBM's own sample has the device in typographic quotes. */
const plain = (text: string): string => text.replace(/[\u201c\u201d"]/g, '').trim();

function parse(item: unknown): NewPmem {
  const name = plain(textIn(item, 'name') ?? '');
  const size = isObject(item) ? Number(item.size) : NaN;
  const device = plain(textIn(item, 'device') ?? 'DRAM');
  if (name === '')
    throw refuse.bad(`Invalid input for field/attribute name. Value: ${python(item)}. 'name' is a required property`);
  if (!Number.isInteger(size) || size <= 0)
    throw refuse.bad(
      `Invalid input for field/attribute size. Value: ${python(isObject(item) ? item.size : undefined)}. ` +
        'The size of a persistent memory volume is a positive number of megabytes.',
    );
  return { name, size, device, affinity: isObject(item) && truthy(item.affinity) };
}

/** `powervm:pmem_vol_<n>` of a flavor: `name:pmem1, size:256, affinity:true, device:DRAM`. */
export function parsePmemSpecs(specs: Record<string, string>): NewPmem[] {
  return Object.entries(specs)
    .filter(([key]) => /^powervm:pmem_vol_\d+$/.test(key))
    .map(([, text]) =>
      parse(
        Object.fromEntries(
          text
            .split(',')
            .map((part) => part.split(':').map((piece) => piece.trim()))
            .map(([key = '', value = '']) => [key, key === 'size' ? Number(value) : value]),
        ),
      ),
    );
}

/** Throws a 400 for what PowerVM cannot have, and a 409 for a name that is taken. */
export function checkNewPmem(world: World, requested: readonly NewPmem[], distro: string, lmbMb = 1): void {
  if (requested.length > 0 && distro === 'ibmi')
    throw refuse.bad('Persistent memory volumes are not supported for IBM i virtual machines.');
  const names = new Set([...world.pmemVolumes.values()].map(({ name }) => name));
  for (const { name, size, device } of requested) {
    if (device !== 'DRAM')
      throw refuse.bad(
        `The device ${device} of persistent memory volume ${name} is not supported. The supported device is DRAM.`,
      );
    if (size % lmbMb !== 0)
      throw refuse.bad(
        `The size ${size} of persistent memory volume ${name} is not a multiple of the logical memory block ` +
          `size ${lmbMb} MB.`,
      );
    if (names.has(name)) throw refuse.conflict(`A persistent memory volume with the name ${name} already exists.`);
    names.add(name);
  }
}

export function addPmem(
  world: World,
  server: Server,
  requested: readonly NewPmem[],
  aggregated: boolean,
  status: string,
): PmemVolume[] {
  return requested.map(({ name, size, affinity, device }) =>
    world.add('pmemVolumes', {
      uuid: world.random.uuid(),
      name,
      size,
      affinity,
      type: device,
      status,
      volume_uuid: status === 'ACTIVE' ? world.random.uuid().toUpperCase() : null,
      created_at: world.clock.stamp(),
      server_id: server.id,
      project_id: server.project_id,
      aggregated,
    }),
  );
}

/** The items of an action, one at least. */
function itemsOf(action: string, args: unknown): readonly unknown[] {
  if (isArray(args) && args.length > 0) return args;
  throw refuse.bad(
    `Invalid input for field/attribute ${action}. Value: ${python(args)}. ${python(args)} is not of type 'array'`,
  );
}

/** `add-pmem-vol`; `aggregated` when it came inside `resize`: RAM then shrinks by as much. */
export function addPmemVolumes(
  call: SimulatedCall,
  world: World,
  server: Server,
  args: unknown,
  aggregated: boolean,
): Answer {
  const requested = itemsOf('add-pmem-vol', args).map(parse);
  const host = world.hosts.get(server.host ?? '');
  checkState(server, 'add-pmem-vol', ['stopped']);
  checkNewPmem(world, requested, server.os_distro, host?.lmb_mb);
  const total = requested.reduce((sum, { size }) => sum + size, 0);
  if (aggregated && server.memory_mb - total < server.min_memory_mb)
    throw refuse.bad(
      `The memory (${server.memory_mb - total}) must be between the minimum (${server.min_memory_mb}) and ` +
        `the maximum (${server.max_memory_mb}).`,
    );
  if (!aggregated && host !== undefined && freeMemoryMb(world, host) < total)
    throw refuse.conflict(
      `The host ${host.display_name} has not enough free memory for ${total} MB of persistent memory.`,
    );
  if (aggregated) server.memory_mb -= total;
  const created = addPmem(world, server, requested, aggregated, 'CONFIGURING');
  note(call, world, server, 'add-pmem-vol');
  server.task_state = 'updating_pmem';
  world.work.begin('pmem.add', server.id, { volumes: created.map(({ uuid }) => uuid).join(' ') });
  return accepted({ pmem_vol: created.map(pmemBody) });
}

/** `del-pmem-vol`: by PowerVC's uuid, or by PHYP's where `resize` is not around it. */
export function deletePmemVolumes(
  call: SimulatedCall,
  world: World,
  server: Server,
  args: unknown,
  aggregated: boolean,
): Answer {
  const found = itemsOf('del-pmem-vol', args).map((item) => {
    const [uuid, phyp] = [textIn(item, 'uuid'), aggregated ? undefined : textIn(item, 'volume_uuid')];
    const volume = [...world.pmemVolumes.values()].find(
      (candidate) =>
        candidate.server_id === server.id &&
        (candidate.uuid === uuid || (phyp !== undefined && candidate.volume_uuid === phyp)),
    );
    if (volume === undefined)
      throw refuse.missing(`Persistent memory volume ${uuid ?? phyp ?? ''} could not be found.`);
    return volume;
  });
  checkState(server, 'del-pmem-vol', ['stopped']);
  for (const volume of found) volume.status = 'DELETING';
  note(call, world, server, 'del-pmem-vol');
  server.task_state = 'updating_pmem';
  world.work.begin('pmem.remove', server.id, {
    volumes: found.map(({ uuid }) => uuid).join(' '),
    aggregated: String(aggregated),
  });
  return accepted();
}

function list(call: SimulatedCall, world: World): Answer {
  const everywhere = call.token.roles.includes('admin') && /^(1|true)$/i.test(call.query.get('all_tenants') ?? '');
  return ok({
    pmem_vol: [...world.pmemVolumes.values()]
      .filter(({ project_id }) => everywhere || project_id === call.token.projectId)
      .map(pmemBody),
  });
}

function rename(call: SimulatedCall, world: World): Answer {
  const id = call.params.pmem ?? '';
  const volume = world.pmemVolumes.get(id);
  if (volume === undefined || (volume.project_id !== call.token.projectId && !call.token.roles.includes('admin')))
    throw refuse.missing(`Persistent memory volume ${id} could not be found.`);
  const name = textIn(objectIn(call.body, 'update-pmem-vol'), 'name');
  if (name === undefined || name === '')
    throw refuse.bad(
      `Invalid input for field/attribute update-pmem-vol. Value: ${python(call.body)}. 'name' is a required property`,
    );
  if ([...world.pmemVolumes.values()].some((other) => other !== volume && other.name === name))
    throw refuse.conflict(`A persistent memory volume with the name ${name} already exists.`);
  volume.name = name;
  return ok({ pmem_vol: pmemBody(volume) });
}

export const pmem = { list, rename };

function idle(world: World, id: string): void {
  const server = world.servers.get(id);
  if (server?.task_state === 'updating_pmem') {
    server.task_state = null;
    server.updated = world.clock.stamp();
  }
}

const volumesIn = (world: World, list: string | undefined): PmemVolume[] =>
  (list ?? '').split(' ').flatMap((id) => world.pmemVolumes.get(id) ?? []);

export const pmemWork: Readonly<Record<string, WorkKind<World>>> = {
  'pmem.add': {
    seconds: 8,
    done(world, { id, args }) {
      for (const volume of volumesIn(world, args.volumes)) {
        volume.status = 'ACTIVE';
        volume.volume_uuid = world.random.uuid().toUpperCase();
      }
      idle(world, id);
    },
    failed(world, { id, args }) {
      for (const volume of volumesIn(world, args.volumes)) volume.status = 'ERROR';
      idle(world, id);
    },
  },
  'pmem.remove': {
    seconds: 8,
    done(world, { id, args }) {
      const server = world.servers.get(id);
      for (const volume of volumesIn(world, args.volumes)) {
        world.pmemVolumes.delete(volume.uuid);
        if (args.aggregated === 'true' && server !== undefined) server.memory_mb += volume.size;
      }
      idle(world, id);
    },
    failed(world, { id, args }) {
      for (const volume of volumesIn(world, args.volumes)) volume.status = 'ERROR';
      idle(world, id);
    },
  },
};
