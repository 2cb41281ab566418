import { isArray, isObject, objectIn, str, textIn } from '../json.js';
import { refuse } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import { settleMigration } from './reports.js';
import { findServer } from './servers.js';
import { portsOf } from './view.js';
import { volumesOf } from '../cinder/attach.js';
import { MIB } from '../../units.js';

/** What OpenStack's KVM servers have and PowerVC's partitions lack, according to the documentation. */

/** Recorded: 246. */
function remoteConsole(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  const requested = objectIn(call.body, 'remote_console');
  const [protocol, type] = [textIn(requested, 'protocol') ?? '', textIn(requested, 'type') ?? ''];
  if (server.vm_state !== 'active')
    throw refuse.conflict(
      `Cannot 'get_${protocol}_console' instance ${server.id} while it is in vm_state ${server.vm_state}`,
    );
  const port = type === 'novnc' ? 6080 : 6082;
  const page = type === 'novnc' ? 'vnc_auto' : 'spice_auto';
  return ok({
    remote_console: {
      protocol,
      type,
      url: `http://127.0.0.1:${port}/${page}.html?path=%3Ftoken%3D${world.random.uuid()}`,
    },
  });
}

/** Before 2.48 in the words of libvirt, since then in one form for all (recorded: 248, 249). */
function diagnostics(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  if (!['active', 'paused'].includes(server.vm_state))
    throw refuse.conflict(`Cannot 'get_diagnostics' instance ${server.id} while it is in vm_state ${server.vm_state}`);
  if (call.version < 48) {
    return ok({
      cpu0_time: 17_300_000_000,
      memory: server.memory_mb * 1024,
      vda_errors: -1,
      vda_read: 262_144,
      vda_read_req: 112,
      vda_write: 5_778_432,
      vda_write_req: 488,
      vnet1_rx: 2_070_139,
      vnet1_rx_drop: 0,
      vnet1_rx_errors: 0,
      vnet1_rx_packets: 26_701,
      vnet1_tx: 140_208,
      vnet1_tx_drop: 0,
      vnet1_tx_errors: 0,
      vnet1_tx_packets: 662,
    });
  }
  const [disks, nics] = [volumesOf(world, server.id), portsOf(world, server.id)];
  return ok({
    state: server.vm_state === 'active' ? 'running' : 'paused',
    driver: 'libvirt',
    hypervisor: 'kvm',
    hypervisor_os: 'linux',
    uptime: 46_664,
    config_drive: server.config_drive,
    num_cpus: server.cpus,
    num_nics: nics.length,
    num_disks: disks.length,
    disk_details: disks.map(() => ({
      read_bytes: 262_144,
      read_requests: 112,
      write_bytes: 5_778_432,
      write_requests: 488,
      errors_count: 1,
    })),
    cpu_details: Array.from({ length: server.cpus }, (_, id) => ({
      id,
      time: 17_300_000_000,
      utilisation: Math.round(server.cpu_utilization * 100),
    })),
    nic_details: nics.map(({ mac_address }) => ({
      mac_address,
      rx_octets: 2_070_139,
      rx_errors: 100,
      rx_drop: 200,
      rx_packets: 26_701,
      rx_rate: 300,
      tx_octets: 140_208,
      tx_errors: 400,
      tx_drop: 500,
      tx_packets: 662,
      tx_rate: 600,
    })),
    memory_details: { maximum: server.memory_mb, used: Math.round(server.memory_mb / 2) },
  });
}

/** At most 50 of at most 60 characters (openstack/nova, objects/instance.py and objects/tag.py). */
const MOST_TAGS = 50;

/** The server, if Nova changes its tags in its state (openstack/nova, compute/server_tags.py). Throws its 409. */
function taggable(call: SimulatedCall, world: World, action: string): Server {
  const server = findServer(call, world);
  if (!TAGGABLE.has(server.vm_state))
    throw refuse.conflict(`Cannot '${action}' instance ${server.id} while it is in vm_state ${server.vm_state}`);
  return server;
}

const TAGGABLE: ReadonlySet<string> = new Set(['active', 'paused', 'suspended', 'stopped']);

const serverTags = {
  list: (call: SimulatedCall, world: World): Answer => ok({ tags: findServer(call, world).tags }),
  replace: (call: SimulatedCall, world: World): Answer => {
    const server = taggable(call, world, 'update tags');
    server.tags = isObject(call.body) && isArray(call.body.tags) ? [...new Set(call.body.tags.map(str))] : [];
    return ok({ tags: server.tags });
  },
  add: (call: SimulatedCall, world: World): Answer => {
    const server = taggable(call, world, 'update tag');
    const tag = call.params.tag ?? '';
    if (tag.length > 60 || tag.includes(','))
      throw refuse.bad(
        `Tag '${tag}' is invalid. It must be a non empty string without characters '/' and ','. ` +
          `Validation error message: '${tag}' is too long`,
      );
    if (server.tags.includes(tag)) return noContent;
    if (server.tags.length >= MOST_TAGS)
      throw refuse.bad(`The number of tags exceeded the per-server limit ${MOST_TAGS}`);
    server.tags = [...server.tags, tag];
    return { status: 201, headers: { Location: `${call.endpoint}/servers/${server.id}/tags/${tag}` } };
  },
  has: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    const tag = call.params.tag ?? '';
    if (!server.tags.includes(tag)) throw refuse.missing(`Server ${server.id} has no tag '${tag}'`);
    return noContent;
  },
  clear: (call: SimulatedCall, world: World): Answer => {
    taggable(call, world, 'delete tags').tags = [];
    return noContent;
  },
  remove: (call: SimulatedCall, world: World): Answer => {
    const server = taggable(call, world, 'delete tag');
    const tag = call.params.tag ?? '';
    if (!server.tags.includes(tag)) throw refuse.missing(`Server ${server.id} has no tag '${tag}'`);
    server.tags = server.tags.filter((one) => one !== tag);
    return noContent;
  },
};

const underWay = (world: World, server: string) =>
  world.work.tasks.filter(({ kind, id }) => kind === 'server.migrate' && id === server);

/** A live migration that is under way, which 2.24 can end. */
const migrations = {
  list: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    return ok({
      migrations: underWay(world, server.id).map(({ args }, index) => ({
        id: index + 1,
        server_uuid: server.id,
        source_compute: server.host,
        dest_compute: args.host ?? null,
        status: 'running',
        memory_total_bytes: server.memory_mb * MIB,
        memory_processed_bytes: 0,
        memory_remaining_bytes: server.memory_mb * MIB,
        disk_total_bytes: 0,
        disk_processed_bytes: 0,
        disk_remaining_bytes: 0,
      })),
    });
  },
  abort: (call: SimulatedCall, world: World): Answer => {
    const server = findServer(call, world);
    if (underWay(world, server.id).length === 0)
      throw refuse.missing(`Migration ${call.params.migration ?? ''} is not found in server ${server.id}.`);
    world.work.cancel(server.id);
    settleMigration(world, server.id, 'cancelled');
    server.task_state = null;
    return { status: 202 };
  },
};

/** What other services tell Nova; nothing follows from it here (recorded: 477). A 207 where some are of no server. */
function events(call: SimulatedCall, world: World): Answer {
  const given = isObject(call.body) && isArray(call.body.events) ? call.body.events : [];
  if (given.length === 0) throw refuse.bad("Invalid input for field/attribute body. 'events' is a required property");
  const answered = given.map((event) => {
    const { name, server_uuid, tag } = isObject(event) ? event : {};
    const known = world.servers.has(str(server_uuid));
    return {
      name,
      server_uuid,
      ...(tag === undefined ? {} : { tag }),
      ...(known ? { status: 'completed', code: 200 } : { status: 'failed', code: 404 }),
    };
  });
  const codes = new Set(answered.map(({ code }) => code));
  if (!codes.has(200)) throw refuse.missing('No instances found for any event');
  return { status: codes.has(404) ? 207 : 200, body: { events: answered } };
}

export const plain = {
  events,
  remoteConsole,
  diagnostics,
  tags: serverTags,
  migrations,
};
