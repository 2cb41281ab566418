import { isIPv4, isIPv6 } from 'node:net';
import { isArray, str, textIn, type JsonObject } from '../json.js';
import { Refusal } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import { stableUuid } from '../stable-id.js';
import type { SecurityGroup, SecurityGroupRule } from '../world/types.js';
import type { World } from '../world/world.js';
import { bodyOf, list, makeEach, oneOf } from './collection.js';
import { neutron } from './refusals.js';

const ETHERTYPES = ['IPv4', 'IPv6'] as const;

const rule = (world: World, given: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  id: world.random.uuid(),
  direction: 'egress',
  ethertype: 'IPv4',
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  description: null,
  created_at: world.clock.stamp(),
  ...given,
});

const outwards = (world: World): SecurityGroupRule[] => ETHERTYPES.map((ethertype) => rule(world, { ethertype }));

/** Every project has one named `default`, which Neutron makes when it is first needed (recorded: 113). */
export function defaultGroup(world: World, project: string): SecurityGroup {
  const id = stableUuid('security group', project);
  const held = world.securityGroups.get(id);
  if (held !== undefined) return held;
  const inwards = ETHERTYPES.map((ethertype) => rule(world, { ethertype, direction: 'ingress', remote_group_id: id }));
  const now = world.clock.stamp();
  return world.add('securityGroups', {
    id,
    name: 'default',
    description: 'Default security group',
    project_id: project,
    rules: [...inwards, ...outwards(world)],
    created_at: now,
    updated_at: now,
  });
}

/** The groups that a port is to have; its project's default where the request names none. Throws Neutron's 404. */
export function groupsOf(world: World, project: string, requested: unknown): string[] {
  if (!isArray(requested)) return [defaultGroup(world, project).id];
  return requested.map((one) => {
    const id = String(one);
    if (!world.securityGroups.has(id) && defaultGroup(world, project).id !== id)
      throw neutron.notFound('Security group', id);
    return id;
  });
}

const ruleBody = (group: SecurityGroup, one: SecurityGroupRule): JsonObject => ({
  id: one.id,
  project_id: group.project_id,
  tenant_id: group.project_id,
  security_group_id: group.id,
  ethertype: one.ethertype,
  direction: one.direction,
  protocol: one.protocol,
  port_range_min: one.port_range_min,
  port_range_max: one.port_range_max,
  remote_ip_prefix: one.remote_ip_prefix,
  remote_address_group_id: null,
  normalized_cidr: one.remote_ip_prefix,
  remote_group_id: one.remote_group_id,
  standard_attr_id: Number.parseInt(one.id.slice(0, 6), 16),
  description: one.description,
  tags: [],
  created_at: one.created_at,
  updated_at: one.created_at,
  revision_number: 0,
});

const groupBody = (group: SecurityGroup): JsonObject => ({
  id: group.id,
  name: group.name,
  stateful: group.stateful,
  tenant_id: group.project_id,
  description: group.description,
  shared: false,
  security_group_rules: group.rules.map((one) => ruleBody(group, one)),
  tags: group.tags,
  created_at: group.created_at,
  updated_at: group.updated_at,
  revision_number: group.revision_number,
  project_id: group.project_id,
});

const GROUP = new Set(['id', 'name', 'description', 'tenant_id', 'project_id', 'stateful', 'tags', 'shared']);
const RULE = new Set([
  'id',
  'direction',
  'ethertype',
  'protocol',
  'port_range_min',
  'port_range_max',
  'remote_ip_prefix',
  'remote_group_id',
  'remote_address_group_id',
  'security_group_id',
  'description',
  'tenant_id',
  'project_id',
]);

const seen = (call: SimulatedCall, world: World): SecurityGroup[] => {
  defaultGroup(world, call.token.projectId);
  return [...world.securityGroups.values()].filter(
    ({ project_id }) => project_id === call.token.projectId || call.token.roles.includes('admin'),
  );
};

function find(call: SimulatedCall, world: World, id = call.params.group ?? ''): SecurityGroup {
  const group = seen(call, world).find((one) => one.id === id);
  if (group === undefined) throw neutron.notFound('Security group', id);
  return group;
}

/** Makes a group. Nova makes them through this too. Throws Neutron's refusals. */
export function makeGroup(call: SimulatedCall, world: World, body: JsonObject): SecurityGroup {
  const project = textIn(body, 'project_id') ?? textIn(body, 'tenant_id') ?? call.token.projectId;
  if (body.name === 'default')
    throw neutron.conflict('SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
  const held = [...world.securityGroups.values()].filter(({ project_id }) => project_id === project);
  if (held.length >= world.quotaOf(project).security_groups)
    throw neutron.conflict('OverQuota', "Quota exceeded for resources: ['security_group'].");
  const now = world.clock.stamp();
  const group = world.add('securityGroups', {
    id: world.random.uuid(),
    name: textIn(body, 'name') ?? '',
    description: textIn(body, 'description') ?? '',
    project_id: project,
    stateful: body.stateful !== false,
    rules: outwards(world),
    created_at: now,
    updated_at: now,
  });
  return group;
}

function update(call: SimulatedCall, world: World): Answer {
  const group = find(call, world);
  const body = bodyOf(call, 'security_group', GROUP);
  if (group.name === 'default' && body.name !== undefined)
    throw neutron.conflict('SecurityGroupCannotUpdateDefault', 'Updating default security group not allowed.');
  if (body.name === 'default')
    throw neutron.conflict('SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
  group.name = textIn(body, 'name') ?? group.name;
  group.description = textIn(body, 'description') ?? group.description;
  if (typeof body.stateful === 'boolean') group.stateful = body.stateful;
  touch(world, group);
  return ok({ security_group: groupBody(group) });
}

export function removeGroup(call: SimulatedCall, world: World, group = find(call, world)): Answer {
  if (group.name === 'default' && !call.token.roles.includes('admin'))
    throw neutron.conflict(
      'SecurityGroupCannotRemoveDefault',
      'Insufficient rights for removing default security group.',
    );
  if ([...world.ports.values()].some(({ security_groups }) => security_groups.includes(group.id)))
    throw neutron.conflict('SecurityGroupInUse', `Security Group ${group.id} in use.`);
  world.securityGroups.delete(group.id);
  for (const other of world.securityGroups.values())
    other.rules = other.rules.filter(({ remote_group_id }) => remote_group_id !== group.id);
  return noContent;
}

function touch(world: World, group: SecurityGroup): void {
  group.updated_at = world.clock.stamp();
  group.revision_number += 1;
}

const number = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

const PROTOCOLS = new Set(
  'ah dccp egp esp gre hopopt icmp icmpv6 igmp ip ipip ipv6-encap ipv6-frag ipv6-icmp ipv6-nonxt ipv6-opts ipv6-route ospf pgm rsvp sctp tcp udp udplite vrrp any'.split(
    ' ',
  ),
);

function protocolOf(given: unknown): string | null {
  if (given === undefined || given === null) return null;
  const name = str(given).toLowerCase();
  const isNumber = /^\d+$/.test(name) && Number(name) <= 255;
  if (!isNumber && !PROTOCOLS.has(name))
    throw new Refusal(400, `Security group rule protocol ${str(given)} not supported.`, {
      type: 'SecurityGroupRuleInvalidProtocol',
    });
  return name === 'any' ? null : name;
}

/** What the rule is about. Throws Neutron's refusals. */
const invalid = (type: string, text: string): Refusal => new Refusal(400, text, { type });

/** The range of a rule for ICMP is its type and code. Throws Neutron's refusals. */
function checkIcmp(type: number | null, code: number | null): void {
  for (const [what, value] of [
    ['type (port_range_min)', type],
    ['code (port_range_max)', code],
  ] as const)
    if (value !== null && (value < 0 || value > 255))
      throw invalid('SecurityGroupInvalidIcmpValue', `Invalid value for ICMP ${what} ${value}. It must be 0 to 255.`);
  if (code !== null && type === null)
    throw invalid(
      'SecurityGroupMissingIcmpType',
      `ICMP code (port-range-max) ${code} is provided but ICMP type (port-range-min) is missing.`,
    );
}

function matchOf(call: SimulatedCall, world: World, body: JsonObject) {
  const ethertype = textIn(body, 'ethertype') ?? 'IPv4';
  if (ethertype !== 'IPv4' && ethertype !== 'IPv6')
    throw neutron.bad(`Invalid input for ethertype. Reason: '${ethertype}' is not in ['IPv4', 'IPv6'].`);
  const named = protocolOf(body.protocol);
  // Neutron's former names of ICMP for IPv6
  const protocol = ethertype === 'IPv6' && (named === 'icmp' || named === 'icmpv6') ? 'ipv6-icmp' : named;
  const [least, most] = [number(body.port_range_min), number(body.port_range_max)];
  const [prefix, remote] = [textIn(body, 'remote_ip_prefix'), textIn(body, 'remote_group_id')];
  if (prefix !== undefined && remote !== undefined)
    throw neutron.bad('Only remote_ip_prefix or remote_group_id may be provided.');
  if (prefix !== undefined && !isPrefix(prefix))
    throw neutron.bad(`Invalid input for remote_ip_prefix. Reason: '${prefix}' is not a valid IP subnet.`);
  if (remote !== undefined) find(call, world, remote);
  if (least !== null || most !== null) {
    if (protocol === null) throw neutron.bad('Must also specify protocol if port range is given.');
    const isIcmp = /^(icmp|icmpv6|ipv6-icmp|1|58)$/.test(protocol);
    if (isIcmp) checkIcmp(least, most);
    const bad = [least, most].find((one) => one !== null && (!Number.isInteger(one) || one < 0 || one > 65_535));
    if (bad !== undefined) throw invalid('SecurityGroupInvalidPortValue', `Invalid value for port ${String(bad)}`);
    if (!isIcmp && (least === null || most === null || least > most))
      throw invalid('SecurityGroupInvalidPortRange', 'For TCP/UDP protocols, port_range_min must be <= port_range_max');
  }
  return {
    ethertype,
    protocol,
    port_range_min: least,
    port_range_max: most,
    remote_ip_prefix: prefix ?? null,
    remote_group_id: remote ?? null,
  } as const;
}

const isPrefix = (text: string): boolean => {
  const [address = '', bits = ''] = text.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return most > 0 && (text === address || (/^\d+$/.test(bits) && Number(bits) <= most));
};

/** Adds a rule. Nova adds them through this too. Throws Neutron's refusals. */
export function makeRule(call: SimulatedCall, world: World, body: JsonObject): SecurityGroupRule {
  const group = find(call, world, textIn(body, 'security_group_id') ?? '');
  const direction = textIn(body, 'direction');
  if (direction !== 'ingress' && direction !== 'egress')
    throw neutron.bad(`Invalid input for direction. Reason: '${direction ?? ''}' is not in ['ingress', 'egress'].`);
  const created = rule(world, {
    direction,
    ...matchOf(call, world, body),
    description: textIn(body, 'description') ?? '',
  });
  const identity = (one: SecurityGroupRule): string =>
    JSON.stringify({ ...one, id: '', description: '', created_at: '' } satisfies SecurityGroupRule);
  const same = group.rules.find((one) => identity(one) === identity(created));
  if (same !== undefined)
    throw neutron.conflict('SecurityGroupRuleExists', `Security group rule already exists. Rule id is ${same.id}.`);
  const count = seen(call, world)
    .filter(({ project_id }) => project_id === group.project_id)
    .reduce((sum, { rules }) => sum + rules.length, 0);
  if (count >= world.quotaOf(group.project_id).security_group_rules)
    throw neutron.conflict('OverQuota', "Quota exceeded for resources: ['security_group_rule'].");
  group.rules.push(created);
  touch(world, group);
  return created;
}

function findRule(call: SimulatedCall, world: World): { group: SecurityGroup; found: SecurityGroupRule } {
  const id = call.params.rule ?? '';
  for (const group of seen(call, world)) {
    const found = group.rules.find((one) => one.id === id);
    if (found !== undefined) return { group, found };
  }
  throw neutron.notFound('Security group rule', id);
}

export const securityGroups = {
  list: (call: SimulatedCall, world: World): Answer =>
    list(call, world, 'security_groups', seen(call, world).map(groupBody), GROUP),
  get: (call: SimulatedCall, world: World): Answer => oneOf(call, 'security_group', groupBody(find(call, world))),
  create: (call: SimulatedCall, world: World): Answer =>
    makeEach(call, 'security_group', 'security_groups', GROUP, (body) => groupBody(makeGroup(call, world, body))),
  update,
  remove: (call: SimulatedCall, world: World): Answer => removeGroup(call, world),
};

export const securityGroupRules = {
  list: (call: SimulatedCall, world: World): Answer => {
    const all = seen(call, world).flatMap((group) => group.rules.map((one) => ruleBody(group, one)));
    return list(call, world, 'security_group_rules', all, RULE);
  },
  get: (call: SimulatedCall, world: World): Answer => {
    const { group, found } = findRule(call, world);
    return oneOf(call, 'security_group_rule', ruleBody(group, found));
  },
  create: (call: SimulatedCall, world: World): Answer =>
    makeEach(call, 'security_group_rule', 'security_group_rules', RULE, (body) =>
      ruleBody(find(call, world, textIn(body, 'security_group_id') ?? ''), makeRule(call, world, body)),
    ),
  remove: (call: SimulatedCall, world: World): Answer => {
    const { group, found } = findRule(call, world);
    group.rules = group.rules.filter((one) => one !== found);
    touch(world, group);
    return noContent;
  },
};
