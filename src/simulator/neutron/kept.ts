import { isArray, isObject, str, textIn, type JsonObject } from '../json.js';
import { Refusal } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Kept } from '../world/types.js';
import type { World } from '../world/world.js';
import { addressAt, parseCidr } from './addresses.js';
import { bodyOf, list, oneOf } from './collection.js';
import { own, ownerOf, visible } from './networks.js';
import { neutron } from './refusals.js';

/** A resource that Neutron keeps much as it is sent. */
interface Declared {
  readonly collection: 'addressScopes' | 'subnetPools' | 'addressGroups' | 'qosPolicies';
  readonly path: string;
  readonly one: string;
  readonly many: string;
  readonly missing: (id: string) => Refusal;
  readonly required: readonly string[];
  readonly defaults: JsonObject;
  /** What no change may name. */
  readonly fixed?: readonly string[];
  /** Whether it has a description, tags, times and a revision. */
  readonly dated: boolean;
  readonly create: Route['role'];
  /** Throws Neutron's refusal of what was sent; what is to be kept of it. */
  readonly check?: (world: World, sent: JsonObject, held?: Kept) => JsonObject;
  /** Throws Neutron's refusal of a removal. */
  readonly removable?: (world: World, id: string) => void;
}

const missing =
  (type: string, what: string) =>
  (id: string): Refusal =>
    neutron.missing(type, `${what} ${id} could not be found.`);

/** What is left of the ranges when others lie in them: joined where they meet, as Neutron keeps them. */
function joined(prefixes: readonly string[]): string[] {
  const ranges = prefixes.flatMap((cidr) => {
    const range = parseCidr(cidr);
    if (range === undefined)
      throw neutron.bad(`Invalid input for prefixes. Reason: '${cidr}' is not a valid IP subnet.`);
    return [{ cidr, ...range }];
  });
  return ranges
    .filter(
      (one, at) =>
        !ranges.some(
          (other, place) =>
            place !== at &&
            other.first <= one.first &&
            one.last <= other.last &&
            (other.first !== one.first || other.last !== one.last || place < at),
        ),
    )
    .map(({ cidr }) => cidr);
}

const lengthOf = (cidr: string): number => Number(cidr.split('/')[1]);

function checkPool(world: World, sent: JsonObject, held?: Kept): JsonObject {
  const kept: JsonObject = { ...sent };
  const scope = textIn(sent, 'address_scope_id');
  if (scope !== undefined && !world.addressScopes.has(scope))
    throw neutron.missing('AddressScopeNotFound', `Address scope ${scope} could not be found.`);
  if (isArray(sent.prefixes)) {
    const prefixes = joined(sent.prefixes.map(String));
    const ranges = prefixes.map((cidr) => parseCidr(cidr));
    const before = isArray(held?.prefixes) ? held.prefixes.map(String) : [];
    const isWithin = (cidr: string): boolean => {
      const range = parseCidr(cidr);
      return ranges.some((one) => one && range && one.first <= range.first && range.last <= one.last);
    };
    if (!before.every(isWithin))
      throw new Refusal(400, 'Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.', {
        type: 'IllegalSubnetPoolPrefixUpdate',
      });
    kept.prefixes = prefixes;
  }
  for (const key of ['default_prefixlen', 'min_prefixlen', 'max_prefixlen'])
    if (sent[key] !== undefined && sent[key] !== null) kept[key] = Number(sent[key]);
  const merged = { ...held, ...kept };
  kept.min_prefixlen = merged.min_prefixlen ?? 8;
  kept.max_prefixlen = merged.max_prefixlen ?? 32;
  kept.default_prefixlen = merged.default_prefixlen ?? kept.min_prefixlen;
  const [least, usual, most] = [kept.min_prefixlen, kept.default_prefixlen, kept.max_prefixlen].map(Number);
  const wrong = (first: string, a: unknown, second: string, b: unknown): Refusal =>
    new Refusal(400, `Illegal prefix bounds: ${first}=${str(a)}, ${second}=${str(b)}.`, {
      type: 'IllegalSubnetPoolPrefixBounds',
    });
  if (Number(least) > Number(most)) throw wrong('max_prefixlen', most, 'min_prefixlen', least);
  if (Number(usual) > Number(most)) throw wrong('max_prefixlen', most, 'default_prefixlen', usual);
  if (Number(usual) < Number(least)) throw wrong('min_prefixlen', least, 'default_prefixlen', usual);
  return kept;
}

/** Asked of a real Neutron (21.1). */
const declared: readonly Declared[] = [
  {
    collection: 'addressScopes',
    path: 'address-scopes',
    one: 'address_scope',
    many: 'address_scopes',
    missing: missing('AddressScopeNotFound', 'Address scope'),
    required: ['ip_version'],
    defaults: { name: '', shared: false },
    fixed: ['ip_version'],
    dated: false,
    create: 'member',
    removable: (world, id) => {
      if ([...world.subnetPools.values()].some(({ address_scope_id }) => address_scope_id === id))
        throw neutron.conflict(
          'AddressScopeInUse',
          `Unable to complete operation on address scope ${id}. There are one or more subnet pools in use on the ` +
            'address scope.',
        );
    },
  },
  {
    collection: 'subnetPools',
    path: 'subnetpools',
    one: 'subnetpool',
    many: 'subnetpools',
    missing: missing('SubnetPoolNotFound', 'Subnet pool'),
    required: ['name', 'prefixes'],
    defaults: {
      default_prefixlen: null,
      min_prefixlen: null,
      max_prefixlen: null,
      is_default: false,
      shared: false,
      prefixes: [],
      ip_version: 4,
      default_quota: null,
      address_scope_id: null,
    },
    fixed: ['ip_version', 'shared'],
    dated: true,
    create: 'member',
    check: checkPool,
    removable: (world, id) => {
      if ([...world.subnets.values()].some(({ subnetpool_id }) => subnetpool_id === id))
        throw new Refusal(400, 'Unable to delete subnet pool: Subnet pool has existing allocations.', {
          type: 'SubnetPoolDeleteError',
        });
    },
  },
  {
    collection: 'addressGroups',
    path: 'address-groups',
    one: 'address_group',
    many: 'address_groups',
    missing: missing('AddressGroupNotFound', 'Address group'),
    required: [],
    defaults: { name: '', description: '', shared: false, addresses: [] },
    fixed: ['addresses'],
    dated: false,
    create: 'member',
  },
  {
    collection: 'qosPolicies',
    path: 'qos/policies',
    one: 'policy',
    many: 'policies',
    missing: missing('QosPolicyNotFound', 'QoS policy'),
    required: ['name'],
    defaults: { name: '', shared: false, rules: [], is_default: false },
    fixed: ['rules'],
    dated: true,
    create: 'admin',
  },
];

const DATED: JsonObject = { description: '', tags: [] };

type Held = Kept & { readonly project_id: string; readonly shared: boolean };

const body = ({ ...record }: Kept): JsonObject => ({ ...record, tenant_id: record.project_id });

function routesOf(kind: Declared): Route[] {
  const { collection, path, one, many } = kind;
  const known = ['id', 'project_id', 'tenant_id', ...Object.keys(kind.defaults), ...kind.required];
  const attributes = new Set([...known, ...(kind.dated ? [...Object.keys(DATED), 'revision_number'] : [])]);
  const all = (call: SimulatedCall, world: World): Kept[] =>
    [...world[collection].values()].filter((record) => visible(call, world, record as Held));

  function find(call: SimulatedCall, world: World): Kept {
    const id = call.params.id ?? '';
    const found = all(call, world).find((record) => record.id === id);
    if (found === undefined) throw kind.missing(id);
    return found;
  }

  function create(call: SimulatedCall, world: World): Answer {
    const sent = bodyOf(call, one, attributes);
    for (const name of kind.required)
      if (sent[name] === undefined)
        throw neutron.bad(`Failed to parse request. Required attribute '${name}' not specified`);
    const { tenant_id: _, ...requested } = sent;
    const now = world.clock.stamp();
    const dates = kind.dated ? { created_at: now, updated_at: now, revision_number: 0 } : {};
    const record = world.add(collection, {
      ...(kind.dated ? DATED : {}),
      ...kind.defaults,
      ...requested,
      ...kind.check?.(world, requested),
      ...dates,
      id: world.random.uuid(),
      project_id: ownerOf(call, sent),
    });
    return created({ [one]: body(record) });
  }

  function update(call: SimulatedCall, world: World): Answer {
    const record = find(call, world);
    own(call, record as Held, `update_${one}`);
    const sent = bodyOf(call, one, attributes);
    const fixed = ['id', 'project_id', 'tenant_id', ...(kind.fixed ?? [])].find((name) => sent[name] !== undefined);
    if (fixed !== undefined) throw neutron.bad(`Cannot update read-only attribute ${fixed}`);
    Object.assign(record, sent, kind.check?.(world, sent, record));
    touch(world, record);
    return ok({ [one]: body(record) });
  }

  function remove(call: SimulatedCall, world: World): Answer {
    const record = find(call, world);
    own(call, record as Held, `delete_${one}`);
    kind.removable?.(world, record.id);
    world[collection].delete(record.id);
    return noContent;
  }

  return [
    route('GET', `/v2.0/${path}`, `get_${one}`, (call, world) =>
      list(call, world, many, all(call, world).map(body), attributes),
    ),
    route('POST', `/v2.0/${path}`, `create_${one}`, create, kind.create),
    route('GET', `/v2.0/${path}/{id}`, `get_${one}`, (call, world) => oneOf(call, one, body(find(call, world)))),
    route('PUT', `/v2.0/${path}/{id}`, `update_${one}`, update, kind.create),
    route('DELETE', `/v2.0/${path}/{id}`, `delete_${one}`, remove, kind.create),
  ];
}

function touch(world: World, record: Kept): void {
  if (record.revision_number === undefined) return;
  record.updated_at = world.clock.stamp();
  record.revision_number = Number(record.revision_number) + 1;
}

/** `add_addresses` and `remove_addresses` of an address group. */
function changeAddresses(call: SimulatedCall, world: World): Answer {
  const id = call.params.id ?? '';
  const group = world.addressGroups.get(id);
  if (group === undefined || !visible(call, world, group as Held))
    throw neutron.missing('AddressGroupNotFound', `Address group ${id} could not be found.`);
  own(call, group as Held, 'update_address_group');
  const sent = isObject(call.body) ? call.body.address_group : undefined;
  const named = isObject(sent) && isArray(sent.addresses) ? sent.addresses.map(String) : [];
  const held = isArray(group.addresses) ? group.addresses.map(String) : [];
  group.addresses =
    call.params.change === 'add'
      ? [...new Set([...held, ...named])].sort()
      : held.filter((address) => !named.includes(address));
  return ok({ address_group: body(group) });
}

/** Kinds of rules of a QoS policy: what must be sent, and what holds for what is not. */
const RULES: Readonly<Record<string, { readonly required: string; readonly defaults: JsonObject }>> = {
  bandwidth_limit: { required: 'max_kbps', defaults: { max_burst_kbps: 0, direction: 'egress' } },
  dscp_marking: { required: 'dscp_mark', defaults: {} },
  minimum_bandwidth: { required: 'min_kbps', defaults: { direction: 'egress' } },
  minimum_packet_rate: { required: 'min_kpps', defaults: { direction: 'any' } },
  packet_rate_limit: { required: 'max_kpps', defaults: { max_burst_kpps: 0, direction: 'egress' } },
};

interface Rules {
  readonly policy: Kept;
  readonly type: string;
  /** All rules of the policy. */
  readonly rules: JsonObject[];
}

function rulesAt(call: SimulatedCall, world: World): Rules {
  const { id = '', type = '' } = call.params;
  const policy = world.qosPolicies.get(id);
  if (policy === undefined || !visible(call, world, policy as Held))
    throw missing('QosPolicyNotFound', 'QoS policy')(id);
  if (!Object.hasOwn(RULES, type)) throw neutron.missing('HTTPNotFound', 'The resource could not be found.');
  return { policy, type, rules: isArray(policy.rules) ? policy.rules.filter(isObject) : [] };
}

/** A rule by itself tells neither its policy nor its kind. */
const ruleBody = ({ qos_policy_id: _, type: __, ...rule }: JsonObject): JsonObject => rule;

function ruleAt(call: SimulatedCall, world: World): Rules & { readonly rule: JsonObject } {
  const found = rulesAt(call, world);
  const id = call.params.rule ?? '';
  const rule = found.rules.find((one) => one.id === id && one.type === found.type);
  if (rule === undefined)
    throw neutron.missing(
      'QosRuleNotFound',
      `QoS rule of type ${found.type} ${id} for QoS policy ${found.policy.id} could not be found.`,
    );
  return { ...found, rule };
}

const ruleAttributes = (type: string): ReadonlySet<string> => {
  const { required = '', defaults = {} } = RULES[type] ?? {};
  return new Set([required, ...Object.keys(defaults)]);
};

const qosRules = {
  list: (call: SimulatedCall, world: World): Answer => {
    const { type, rules } = rulesAt(call, world);
    return ok({ [`${type}_rules`]: rules.filter((rule) => rule.type === type).map(ruleBody) });
  },

  create: (call: SimulatedCall, world: World): Answer => {
    const { policy, type, rules } = rulesAt(call, world);
    const { required = '', defaults } = RULES[type] ?? {};
    const sent = bodyOf(call, `${type}_rule`, ruleAttributes(type));
    if (sent[required] === undefined)
      throw neutron.bad(`Failed to parse request. Required attribute '${required}' not specified`);
    const rule = { ...defaults, ...sent, id: world.random.uuid(), qos_policy_id: policy.id, type };
    policy.rules = [...rules, rule];
    touch(world, policy);
    return created({ [`${type}_rule`]: ruleBody(rule) });
  },

  get: (call: SimulatedCall, world: World): Answer => {
    const { type, rule } = ruleAt(call, world);
    return ok({ [`${type}_rule`]: ruleBody(rule) });
  },

  update: (call: SimulatedCall, world: World): Answer => {
    const { policy, type, rule } = ruleAt(call, world);
    Object.assign(rule, bodyOf(call, `${type}_rule`, ruleAttributes(type)));
    touch(world, policy);
    return ok({ [`${type}_rule`]: ruleBody(rule) });
  },

  remove: (call: SimulatedCall, world: World): Answer => {
    const { policy, rules, rule } = ruleAt(call, world);
    policy.rules = rules.filter((one) => one !== rule);
    touch(world, policy);
    return noContent;
  },
};

const RULE = '/v2.0/qos/policies/{id}/{type}_rules';

/** Address scopes, subnet pools, address groups, QoS policies and their rules. */
export const keptRoutes: readonly Route[] = [
  ...declared.flatMap(routesOf),
  route('PUT', '/v2.0/address-groups/{id}/{change}_addresses', 'update_address_group', changeAddresses),
  route('GET', RULE, 'get_policy_rule', qosRules.list),
  route('POST', RULE, 'create_policy_rule', qosRules.create, 'admin'),
  route('GET', `${RULE}/{rule}`, 'get_policy_rule', qosRules.get),
  route('PUT', `${RULE}/{rule}`, 'update_policy_rule', qosRules.update, 'admin'),
  route('DELETE', `${RULE}/{rule}`, 'delete_policy_rule', qosRules.remove, 'admin'),
];

/** A free range of the pool: the one asked for, or the first of that length. Throws Neutron's refusals. */
export function rangeOf(call: SimulatedCall, world: World, pool: string, sent: JsonObject): string {
  const held = world.subnetPools.get(pool);
  if (held === undefined || !visible(call, world, held as Held))
    throw missing('SubnetPoolNotFound', 'Subnet pool')(pool);
  const cidr = textIn(sent, 'cidr');
  const length = cidr === undefined ? Number(sent.prefixlen ?? held.default_prefixlen) : lengthOf(cidr);
  const refused = (bound: string, limit: unknown): Refusal =>
    new Refusal(
      400,
      `Unable to allocate subnet with prefix length ${length}, ${bound} allowed prefix is ${str(limit)}.`,
      { type: `${bound === 'maximum' ? 'Max' : 'Min'}PrefixSubnetAllocationError` },
    );
  if (length > Number(held.max_prefixlen)) throw refused('maximum', held.max_prefixlen);
  if (length < Number(held.min_prefixlen)) throw refused('minimum', held.min_prefixlen);
  const taken = [...world.subnets.values()].flatMap(({ subnetpool_id, cidr: range }) =>
    subnetpool_id === pool ? (parseCidr(range) ?? []) : [],
  );
  const isFree = (first: number, last: number): boolean =>
    taken.every((other) => last < other.first || other.last < first);
  const size = 2 ** (32 - length);
  for (const prefix of isArray(held.prefixes) ? held.prefixes.map(String) : []) {
    const range = parseCidr(prefix);
    const asked = cidr === undefined ? undefined : parseCidr(cidr);
    if (range === undefined) continue;
    if (asked !== undefined) {
      if (range.first <= asked.first && asked.last <= range.last && isFree(asked.first, asked.last))
        return `${addressAt(asked.first)}/${length}`;
      continue;
    }
    for (let first = range.first; first + size - 1 <= range.last; first += size)
      if (isFree(first, first + size - 1)) return `${addressAt(first)}/${length}`;
  }
  throw new Refusal(
    cidr === undefined ? 503 : 400,
    cidr === undefined
      ? `Failed to allocate subnet: Insufficient prefix space to allocate subnet size /${length}.`
      : `Failed to allocate subnet: Cannot allocate requested subnet from the available set of prefixes.`,
    { type: 'SubnetAllocationError' },
  );
}
