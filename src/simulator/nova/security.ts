import { objectIn, textIn, type JsonObject } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import { defaultGroup, makeGroup, makeRule, removeGroup } from '../neutron/security-groups.js';
import type { SecurityGroup, Server } from '../world/types.js';
import type { World } from '../world/world.js';
import { findServer } from './servers.js';
import { portsOf } from './view.js';

/** The project's group of that name or id. Throws Nova's 404. */
function groupOf(world: World, project: string, requested: string): SecurityGroup {
  defaultGroup(world, project);
  const found = [...world.securityGroups.values()].find(
    ({ id, name, project_id }) => project_id === project && (id === requested || name === requested),
  );
  if (found === undefined) throw refuse.missing(`Security group ${requested} not found for project ${project}.`);
  return found;
}

/** Ids of the groups that a new server's ports are to have. Throws Nova's 400. */
export function namedGroups(world: World, project: string, requested: unknown): string[] | undefined {
  if (!Array.isArray(requested) || requested.length === 0) return undefined;
  return requested.map((one) => {
    try {
      return groupOf(world, project, textIn(one, 'name') ?? '').id;
    } catch (cause) {
      throw Object.assign(refuse.bad(cause instanceof Error ? cause.message : ''), { cause });
    }
  });
}

export function addSecurityGroup(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const { id } = groupOf(world, server.project_id, textIn(args, 'name') ?? '');
  for (const port of portsOf(world, server.id)) port.security_groups = [...new Set([...port.security_groups, id])];
  return accepted();
}

export function removeSecurityGroup(call: SimulatedCall, world: World, server: Server, args: unknown): Answer {
  const { id } = groupOf(world, server.project_id, textIn(args, 'name') ?? '');
  const ports = portsOf(world, server.id);
  if (!ports.some(({ security_groups }) => security_groups.includes(id)))
    throw refuse.missing(`Security group ${id} not associated with the instance ${server.id}`);
  for (const port of ports) port.security_groups = port.security_groups.filter((one) => one !== id);
  return accepted();
}

const ruleBody =
  (world: World, group: SecurityGroup) =>
  (rule: SecurityGroup['rules'][number]): JsonObject => {
    const remote = world.securityGroups.get(rule.remote_group_id ?? '');
    return {
      id: rule.id,
      parent_group_id: group.id,
      ip_protocol: rule.protocol,
      from_port: rule.port_range_min,
      to_port: rule.port_range_max,
      group: remote === undefined ? {} : { name: remote.name, tenant_id: remote.project_id },
      ip_range: rule.remote_ip_prefix === null ? {} : { cidr: rule.remote_ip_prefix },
    };
  };

/** As Nova once had them itself: what comes in alone (recorded: 203). */
const groupBody = (world: World, group: SecurityGroup): JsonObject => ({
  id: group.id,
  description: group.description,
  name: group.name,
  tenant_id: group.project_id,
  rules: group.rules.filter(({ direction }) => direction === 'ingress').map(ruleBody(world, group)),
});

export function securityGroupsOf(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  defaultGroup(world, server.project_id);
  const ids = new Set(portsOf(world, server.id).flatMap(({ security_groups }) => security_groups));
  const groups = [...ids].flatMap((id) => world.securityGroups.get(id) ?? []);
  return ok({ security_groups: groups.map((group) => groupBody(world, group)) });
}

/** Up to 2.35. Throws Nova's 404. */
function early(call: SimulatedCall): void {
  if (call.version >= 36) throw refuse.unknown();
}

/** Neutron's refusal as Nova passes it on: the meaning, with its own statuses. */
function asNova<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause.type === undefined) throw cause;
    const inUse = /^SecurityGroup(InUse|CannotRemoveDefault|RuleExists)$/.test(cause.type);
    throw new Refusal(inUse ? 400 : cause.type === 'OverQuota' ? 403 : cause.status, cause.message, { cause });
  }
}

/** Name or description. Throws Nova's 400 for a text that is missing, empty or too long. */
function checkText(requested: JsonObject | undefined, key: 'name' | 'description'): string {
  const text = textIn(requested, key);
  if (text === undefined || (key === 'name' && text.trim() === ''))
    throw refuse.bad(`Security group ${key} is not a string or unicode`);
  if (text.length > 255) throw refuse.bad(`Security group ${key} should not be greater than 255 characters.`);
  return text;
}

function createGroup(call: SimulatedCall, world: World): Answer {
  early(call);
  const requested = objectIn(call.body, 'security_group');
  const body = { name: checkText(requested, 'name'), description: checkText(requested, 'description') };
  return ok({
    security_group: groupBody(
      world,
      asNova(() => makeGroup(call, world, body)),
    ),
  });
}

const byId = (call: SimulatedCall, world: World): SecurityGroup => {
  early(call);
  return groupOf(world, call.token.projectId, call.params.group ?? '');
};

function updateGroup(call: SimulatedCall, world: World): Answer {
  const group = byId(call, world);
  const requested = objectIn(call.body, 'security_group');
  const [name, description] = [checkText(requested, 'name'), checkText(requested, 'description')];
  if (group.name === 'default') throw refuse.bad('Unable to update system group default');
  Object.assign(group, { name, description, updated_at: world.clock.stamp() });
  return ok({ security_group: groupBody(world, group) });
}

function removeGroupOf(call: SimulatedCall, world: World): Answer {
  const group = byId(call, world);
  asNova(() => removeGroup(call, world, group));
  return accepted();
}

function port(value: unknown): number | null {
  const number = value === null || value === undefined ? null : Number(value);
  if (number !== null && !Number.isInteger(number))
    throw refuse.bad(`Invalid input for from_port. '${String(value)}' is not an integer`);
  return number === -1 ? null : number;
}

function addRule(call: SimulatedCall, world: World): Answer {
  early(call);
  const requested = objectIn(call.body, 'security_group_rule') ?? {};
  const parent = textIn(requested, 'parent_group_id') ?? '';
  if (!/^[0-9a-f-]{36}$/.test(parent)) throw refuse.bad('Security group id should be uuid');
  const group = groupOf(world, call.token.projectId, parent);
  const protocol = textIn(requested, 'ip_protocol')?.toLowerCase();
  if (protocol !== undefined && !['tcp', 'udp', 'icmp'].includes(protocol))
    throw refuse.bad(`Security group rule protocol ${protocol} not supported.`);
  const [from, to] = [port(requested.from_port), port(requested.to_port)];
  const isBad = (one: number | null): boolean => one !== null && (one < 0 || one > 65_535);
  if (isBad(from) || isBad(to) || (from !== null && to !== null && protocol !== 'icmp' && from > to))
    throw refuse.bad(`Invalid port range ${String(from)}:${String(to)}. Former value cannot be greater than the later`);
  const remote = textIn(requested, 'group_id');
  const rule = asNova(() =>
    makeRule(call, world, {
      security_group_id: group.id,
      direction: 'ingress',
      protocol,
      port_range_min: from,
      port_range_max: to,
      remote_ip_prefix: remote === undefined ? (textIn(requested, 'cidr') ?? '0.0.0.0/0') : undefined,
      remote_group_id: remote,
    }),
  );
  return ok({ security_group_rule: ruleBody(world, group)(rule) });
}

function removeRule(call: SimulatedCall, world: World): Answer {
  early(call);
  const id = call.params.rule ?? '';
  const group = [...world.securityGroups.values()].find(
    ({ project_id, rules }) => project_id === call.token.projectId && rules.some((rule) => rule.id === id),
  );
  if (group === undefined) throw refuse.missing(`Security group rule ${id} does not exist`);
  group.rules = group.rules.filter((rule) => rule.id !== id);
  return accepted();
}

/** Nova's old way to Neutron's groups, up to 2.35. */
export const securityGroupProxy = {
  create: createGroup,
  update: updateGroup,
  remove: removeGroupOf,
  addRule,
  removeRule,
  list: (call: SimulatedCall, world: World): Answer => {
    early(call);
    defaultGroup(world, call.token.projectId);
    const everywhere = call.query.has('all_tenants') && call.token.roles.includes('admin');
    const own = [...world.securityGroups.values()].filter(
      ({ project_id }) => everywhere || project_id === call.token.projectId,
    );
    return ok({ security_groups: own.map((group) => groupBody(world, group)) });
  },
  get: (call: SimulatedCall, world: World): Answer => ok({ security_group: groupBody(world, byId(call, world)) }),
};
