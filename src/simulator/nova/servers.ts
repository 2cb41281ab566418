import { isIPv4, isIPv6 } from 'node:net';
import { isObject, objectIn, python, textIn, truthy, type JsonObject } from '../json.js';
import { newestFirst, nextLink, page, sorted } from '../paging.js';
import { refuse } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import { beginDelete, hasSnapshots } from '../cinder/volumes.js';
import { release, volumesOf } from '../cinder/attach.js';
import { bind } from '../neutron/ports.js';
import { addAction } from '../world/server-actions.js';
import type { Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { statusOf } from './states.js';
import { pmemOf } from './powervm.js';
import {
  type ViewParts,
  partsOfThese,
  portsOf,
  changedServer,
  oneServer,
  serverDetail,
  serverSummary,
} from './view.js';

export function findServer(call: SimulatedCall, world: World, id = call.params.server ?? ''): Server {
  const server = world.servers.get(id);
  if (server === undefined || (server.project_id !== call.token.projectId && !call.token.roles.includes('admin')))
    throw refuse.notFound('Instance', id);
  return server;
}

/** Writes that something happened to the server, with who asked. */
export function note(call: SimulatedCall, world: World, server: Server, action: string): void {
  addAction(world, server, { action, request_id: call.requestId, user_id: call.token.userId });
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw Object.assign(refuse.bad(`Regular expression '${text}' is not valid`), { cause });
  }
}

/**
 * Filters of lists; what isn't among them counts for nothing, as in Nova up to 2.74. A name is a regular expression.
 */
const FILTERS: Readonly<Record<string, (world: World, server: Server, requested: string) => boolean>> = {
  name: (_, server, requested) => pattern(requested).test(server.name),
  uuid: (_, server, requested) => server.id === requested,
  status: (_, server, requested) => statusOf(server) === requested.toUpperCase(),
  vm_state: (_, server, requested) => server.vm_state === requested,
  task_state: (_, server, requested) => server.task_state === requested,
  host: (_, server, requested) => server.host === requested,
  image: (_, server, requested) => server.image_id === requested.split('/').at(-1),
  flavor: (_, server, requested) => server.flavor_id === requested.split('/').at(-1),
  availability_zone: (_, server, requested) => server.availability_zone === requested,
  ip: (world, server, requested) =>
    portsOf(world, server.id).some(({ fixed_ips }) =>
      fixed_ips.some(({ ip_address }) => pattern(requested).test(ip_address)),
    ),
  'changes-since': (_, server, requested) => server.updated >= new Date(requested).toISOString().slice(0, 19),
  tags: (_, server, requested) => requested.split(',').every((tag) => server.tags.includes(tag)),
  'tags-any': (_, server, requested) => requested.split(',').some((tag) => server.tags.includes(tag)),
  'not-tags': (_, server, requested) => !requested.split(',').every((tag) => server.tags.includes(tag)),
  'not-tags-any': (_, server, requested) => !requested.split(',').some((tag) => server.tags.includes(tag)),
  locked: (_, server, requested) => server.locked === truthy(requested),
  // A server that is deleted is gone here at once; Nova lists it until its database is tidied
  deleted: (_, __, requested) => !truthy(requested),
  reservation_id: (_, server, requested) => server.reservation_id === requested,
  description: (_, server, requested) => pattern(requested).test(server.description ?? ''),
  key_name: (_, server, requested) => server.key_name === requested,
  project_id: (_, server, requested) => server.project_id === requested,
  tenant_id: (_, server, requested) => server.project_id === requested,
  user_id: (_, server, requested) => server.user_id === requested,
  pmem_vol: (world, server, requested) => pmemOf(world, server.id).length > 0 === (requested.toLowerCase() === 'true'),
};

type View = (call: SimulatedCall, world: World, server: Server, parts: ViewParts) => JsonObject;

/** Nova sorts by the columns of its database, whose names differ from those of its answers. */
const COLUMNS: Readonly<Record<string, keyof Server>> = {
  display_name: 'name',
  created_at: 'created',
  updated_at: 'updated',
  uuid: 'id',
};

function list(view: View) {
  return function listServers(call: SimulatedCall, world: World): Answer {
    const everywhere = /^(1|true|)$/i.test(call.query.get('all_tenants') ?? 'no');
    if (everywhere && !call.token.roles.includes('admin'))
      throw refuse.forbidden("Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.");
    const since = call.query.get('changes-since');
    if (since !== null && (!/^\d{4}-\d\d-\d\d/.test(since) || Number.isNaN(Date.parse(since))))
      throw refuse.bad('Invalid input for query parameters changes-since. Value: ' + since + '.');
    // A key that is repeated (status) is fitted by any of its values.
    const requested = Object.entries(FILTERS)
      .map(([key, filter]) => ({ filter, values: call.query.getAll(key) }))
      .filter(({ values }) => values.length > 0);
    const fits = (server: Server): boolean =>
      requested.every(({ filter, values }) => values.some((requested) => filter(world, server, requested)));
    const all = sorted(
      [...world.servers.values()].filter(
        (server) => (everywhere || server.project_id === call.token.projectId) && fits(server),
      ),
      call.query,
      (server, key) => (server as unknown as JsonObject)[COLUMNS[key] ?? key],
      newestFirst((server) => server.created),
    );
    const paging = {
      id: ({ id }: Server) => id,
      max: world.settings.pageLimit,
      badMarker: (marker: string) => refuse.bad(`marker [${marker}] not found`),
    };
    const found = page(all, call.query, paging);
    const parts = partsOfThese(world, found.items);
    return ok({
      servers: found.items.map((server) => view(call, world, server, parts)),
      ...nextLink(call, 'servers', found, paging),
    });
  };
}

/** The canonical form of RFC 5952. */
const shortened = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

/** What a change may name, and since when. */
const CHANGEABLE: Readonly<Record<string, number>> = {
  name: 1,
  'OS-DCF:diskConfig': 1,
  accessIPv4: 1,
  accessIPv6: 1,
  description: 19,
  hostname: 90,
};

/** What a body says of a server besides its name and size. Throws Nova's 400 for a malformed address. */
export function attributesIn(requested: unknown): Partial<Server> {
  const [config, v4, v6] = ['OS-DCF:diskConfig', 'accessIPv4', 'accessIPv6'].map((key) => textIn(requested, key));
  const addresses = [
    ['accessIPv4', v4, isIPv4],
    ['accessIPv6', v6, isIPv6],
  ] as const;
  for (const [key, value, fits] of addresses)
    if (value !== undefined && value !== '' && !fits(value))
      throw refuse.bad(
        `Invalid input for field/attribute ${key}. Value: ${value}. '${value}' is not a ` +
          `'${key.slice(6).toLowerCase()}'`,
      );
  if (config !== undefined && config !== 'AUTO' && config !== 'MANUAL')
    throw refuse.bad(
      `Invalid input for field/attribute OS-DCF:diskConfig. Value: ${config}. ` +
        `'${config}' is not one of ['AUTO', 'MANUAL']`,
    );
  const [description, hostname] = [textIn(requested, 'description'), textIn(requested, 'hostname')];
  return {
    ...(config !== undefined && { disk_config: config }),
    ...(v4 !== undefined && { access_ipv4: v4 }),
    ...(v6 !== undefined && { access_ipv6: v6 === '' ? v6 : shortened(v6) }),
    ...(description !== undefined && { description }),
    ...(isObject(requested) && requested.description === null && { description: null }),
    ...(hostname !== undefined && { hostname }),
  };
}

function update(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  const requested = objectIn(call.body, 'server');
  if (requested === undefined)
    throw refuse.bad(
      `Invalid input for field/attribute body. Value: ${python(call.body)}. 'server' is a required property`,
    );
  const strange = Object.keys(requested).find((key) => call.version < (CHANGEABLE[key] ?? Infinity));
  if (strange !== undefined)
    throw refuse.bad(
      `Invalid input for field/attribute server. Value: ${python(requested)}. Additional properties are not ` +
        `allowed ('${strange}' was unexpected)`,
    );
  const name = textIn(requested, 'name');
  if (name !== undefined) {
    checkName(name);
    server.name = name;
  }
  Object.assign(server, attributesIn(requested));
  server.updated = world.clock.stamp();
  return ok({ server: changedServer(call, world, server) });
}

/** Throws Nova's 400 for a name that is empty or longer than 255 (recorded: 202). */
export function checkName(name: string): void {
  if (name === '') throw refuse.bad(`Invalid input for field/attribute name. Value: . '' is too short`);
  if (name.length > 255)
    throw refuse.bad(`Invalid input for field/attribute name. Value: ${name}. '${name}' is too long`);
}

/** Begins to delete, even if the server has another task. */
export function remove(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  if (server.task_state === 'deleting') return noContent;
  if (server.locked && !call.token.roles.includes('admin')) throw refuse.conflict(`Instance ${server.id} is locked`);
  note(call, world, server, 'delete');
  world.work.cancel(server.id);
  server.task_state = 'deleting';
  world.work.begin('server.delete', server.id);
  return noContent;
}

/**
 * Removes a server with its pmem, the ports that Nova made, and the volumes marked for deletion unless they have
 * snapshots.
 */
function removed(world: World, id: string): void {
  for (const volume of volumesOf(world, id)) {
    const goes = volume.attachments.some(
      ({ server_id, delete_on_termination }) => server_id === id && delete_on_termination,
    );
    release(world, volume, id);
    if (goes && volume.attachments.length === 0 && !hasSnapshots(world, volume.id)) beginDelete(world, volume);
  }
  for (const port of portsOf(world, id))
    if (port.made_by_nova) world.ports.delete(port.id);
    else bind(world, port, '', '');
  for (const { uuid } of pmemOf(world, id)) world.pmemVolumes.delete(uuid);
  for (const group of world.serverGroups.values()) group.members = group.members.filter((member) => member !== id);
  const server = world.servers.get(id);
  if (server !== undefined) keepActions(world, server);
  world.servers.delete(id);
}

/** What happened to servers that are gone is known for some time. */
const MOST_DELETED = 1000;

function keepActions(world: World, { id, project_id, actions }: Server): void {
  world.add('deletedServers', { id, project_id, actions });
  for (const oldest of world.deletedServers.keys()) {
    if (world.deletedServers.size <= MOST_DELETED) return;
    world.deletedServers.delete(oldest);
  }
}

export const servers = {
  list: list((call, _, server) => serverSummary(call, server)),
  detail: list(serverDetail),
  get: (call: SimulatedCall, world: World): Answer => ok({ server: oneServer(call, world, findServer(call, world)) }),
  update,
  remove,
};

export const serverWork: Readonly<Record<string, WorkKind<World>>> = {
  'server.delete': {
    seconds: 5,
    done(world, { id }) {
      if (world.servers.has(id)) removed(world, id);
    },
    failed(world, { id }, message) {
      fail(world, id, message);
    },
  },
};

/** Leaves the server in ERROR with a fault. */
export function fail(world: World, id: string, message: string): void {
  const server = world.servers.get(id);
  if (server === undefined) return;
  const now = world.clock.stamp();
  Object.assign(server, {
    vm_state: 'error',
    task_state: null,
    updated: now,
    fault: { code: 500, created: now, message },
  });
}
