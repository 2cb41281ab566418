import { naive } from '../clock.js';
import { isObject, objectIn, str, textIn, type JsonObject } from '../json.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import { refuse } from '../refusal.js';
import { stableUuid } from '../stable-id.js';
import type { HostGroup } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkName } from './servers.js';

/** Since 2.41 with a UUID. */
const identity = (call: SimulatedCall, { id, name, metadata, created_at, updated_at }: HostGroup): JsonObject => ({
  id,
  ...(call.version >= 41 ? { uuid: stableUuid('aggregate', String(id), created_at) } : {}),
  name,
  created_at: naive(created_at),
  updated_at: naive(updated_at),
  deleted_at: null,
  deleted: false,
  availability_zone: metadata.availability_zone ?? null,
});

const aggregateBody = (call: SimulatedCall, group: HostGroup): JsonObject => ({
  ...identity(call, group),
  hosts: group.hosts,
  metadata: group.metadata,
});

function findGroup(call: SimulatedCall, world: World): HostGroup {
  const id = call.params.aggregate ?? '';
  const group = world.hostGroups.get(id);
  if (group === undefined) throw refuse.missing(`Aggregate ${id} could not be found.`);
  return group;
}

/** Throws Nova's 400 for a name that is missing, empty or too long. */
function nameIn(requested: JsonObject | undefined): string {
  const name = textIn(requested, 'name');
  if (name === undefined)
    throw refuse.bad("Invalid input for field/attribute aggregate. 'name' is a required property");
  checkName(name);
  return name;
}

/** Recorded: 151. */
function createGroup(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'aggregate');
  const name = nameIn(requested);
  if ([...world.hostGroups.values()].some((group) => group.name === name))
    throw refuse.conflict(`Aggregate ${name} already exists.`);
  const zone = textIn(requested, 'availability_zone');
  const id = Math.max(0, ...[...world.hostGroups.values()].map((group) => group.id)) + 1;
  const group = world.add('hostGroups', {
    id,
    name,
    hosts: [],
    metadata: zone === undefined ? {} : { availability_zone: zone },
    created_at: world.clock.stamp(),
  });
  return ok({ aggregate: identity(call, group) });
}

/** `PUT`: the name, and the availability zone. */
function updateGroup(call: SimulatedCall, world: World): Answer {
  const group = findGroup(call, world);
  const requested = objectIn(call.body, 'aggregate');
  if (requested?.name !== undefined) group.name = nameIn(requested);
  const zone = textIn(requested, 'availability_zone');
  if (zone !== undefined) group.metadata = { ...group.metadata, availability_zone: zone };
  group.updated_at = world.clock.stamp();
  return ok({ aggregate: aggregateBody(call, group) });
}

function groupAction(call: SimulatedCall, world: World): Answer {
  const group = findGroup(call, world);
  const [action, args] = Object.entries(isObject(call.body) ? call.body : {})[0] ?? [];
  const host = textIn(args, 'host');
  if (host !== undefined && !world.hosts.has(host)) throw refuse.missing(`Compute host ${host} could not be found.`);
  if (action === 'add_host' && host !== undefined) {
    if (group.hosts.includes(host))
      throw refuse.conflict(
        `Cannot add host to aggregate ${group.id}. Reason: Aggregate ${group.id} already has host ${host}.`,
      );
    group.hosts = [...group.hosts, host];
  } else if (action === 'remove_host' && host !== undefined) {
    if (!group.hosts.includes(host))
      throw refuse.missing(`Cannot remove host from aggregate ${group.id}. Reason: Host ${host} could not be found.`);
    group.hosts = group.hosts.filter((name) => name !== host);
  } else if (action === 'set_metadata') {
    const changes = Object.entries(objectIn(args, 'metadata') ?? {});
    const gone = new Set(changes.filter(([, value]) => value === null).map(([key]) => key));
    group.metadata = Object.fromEntries(
      [...Object.entries(group.metadata), ...changes.map(([key, value]) => [key, str(value)] as const)].filter(
        ([key]) => !gone.has(key),
      ),
    );
  } else throw refuse.bad(`There is no such action: ${action ?? ''}`);
  return ok({ aggregate: aggregateBody(call, group) });
}

function removeGroup(call: SimulatedCall, world: World): Answer {
  const group = findGroup(call, world);
  if (group.hosts.length > 0)
    throw refuse.bad(`Cannot remove host from aggregate ${group.id}. Reason: Host aggregate is not empty.`);
  world.hostGroups.delete(String(group.id));
  return { status: 200 };
}

export const aggregates = {
  list: (call: SimulatedCall, world: World): Answer =>
    ok({ aggregates: [...world.hostGroups.values()].map((group) => aggregateBody(call, group)) }),
  get: (call: SimulatedCall, world: World): Answer => ok({ aggregate: aggregateBody(call, findGroup(call, world)) }),
  create: createGroup,
  update: updateGroup,
  action: groupAction,
  remove: removeGroup,
};
