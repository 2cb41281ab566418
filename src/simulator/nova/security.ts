import { textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import { defaultGroup } from '../neutron/security-groups.js';
import type { SecurityGroup, Server } from '../world/types.js';
import type { World } from '../world/world.js';
import { findServer } from './servers.js';
import { portsOf } from './view.js';

/** The project's group of that name or id. Throws Nova's 404. */
function groupOf(world: World, project: string, wanted: string): SecurityGroup {
  defaultGroup(world, project);
  const found = [...world.securityGroups.values()].find(
    ({ id, name, project_id }) => project_id === project && (id === wanted || name === wanted),
  );
  if (found === undefined) throw refuse.missing(`Security group ${wanted} not found for project ${project}.`);
  return found;
}

/** Ids of the groups that a new server's ports are to have. Throws Nova's 400. */
export function namedGroups(world: World, project: string, wanted: unknown): string[] | undefined {
  if (!Array.isArray(wanted) || wanted.length === 0) return undefined;
  return wanted.map((one) => {
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

/** Nova's old way to Neutron's groups, up to 2.35. */
export const securityGroupProxy = {
  list: (call: SimulatedCall, world: World): Answer => {
    defaultGroup(world, call.token.projectId);
    const own = [...world.securityGroups.values()].filter(({ project_id }) => project_id === call.token.projectId);
    return ok({ security_groups: own.map((group) => groupBody(world, group)) });
  },
  get: (call: SimulatedCall, world: World): Answer =>
    ok({ security_group: groupBody(world, groupOf(world, call.token.projectId, call.params.group ?? '')) }),
};
