import { str, textIn, type JsonObject } from '../json.js';
import { Refusal } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import { stableUuid } from '../stable-id.js';
import type { Kept, Network } from '../world/types.js';
import type { World } from '../world/world.js';
import { bodyOf, list, oneOf } from './collection.js';
import { ownerOf } from './networks.js';
import { neutron } from './refusals.js';

const ATTRIBUTES = new Set(['id', 'project_id', 'tenant_id', 'object_type', 'object_id', 'action', 'target_tenant']);

/** What may be shared, and how. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  network: ['access_as_shared', 'access_as_external'],
  qos_policy: ['access_as_shared'],
  security_group: ['access_as_shared'],
  address_scope: ['access_as_shared'],
  subnetpool: ['access_as_shared'],
  address_group: ['access_as_shared'],
};
const COLLECTIONS = {
  network: 'networks',
  qos_policy: 'qosPolicies',
  security_group: 'securityGroups',
  address_scope: 'addressScopes',
  subnetpool: 'subnetPools',
  address_group: 'addressGroups',
} as const;

/** A network that is shared, or external, is so by a policy for all projects. */
const ofNetwork = ({ id, project_id, shared, external }: Network): Kept[] =>
  [...(shared ? ['access_as_shared'] : []), ...(external ? ['access_as_external'] : [])].map((action) => ({
    id: stableUuid('rbac', id, action),
    project_id,
    action,
    object_id: id,
    object_type: 'network',
    target_tenant: '*',
  }));

const body = (policy: Kept): JsonObject => ({ ...policy, tenant_id: policy.project_id });

const all = (call: SimulatedCall, world: World): Kept[] =>
  [...[...world.networks.values()].flatMap(ofNetwork), ...world.rbacPolicies.values()].filter(
    ({ project_id }) => project_id === call.token.projectId || call.token.roles.includes('admin'),
  );

function find(call: SimulatedCall, world: World): Kept {
  const id = call.params.policy ?? '';
  const found = all(call, world).find((policy) => policy.id === id);
  if (found === undefined)
    throw neutron.missing('RbacPolicyNotFound', `RBAC policy of type unknown with ID ${id} not found`);
  return found;
}

function create(call: SimulatedCall, world: World): Answer {
  const sent = bodyOf(call, 'rbac_policy', ATTRIBUTES);
  for (const name of ['object_type', 'object_id', 'action', 'target_tenant'])
    if (sent[name] === undefined)
      throw neutron.bad(`Failed to parse request. Required attribute '${name}' not specified`);
  const [type, object, action] = [str(sent.object_type), str(sent.object_id), str(sent.action)];
  const actions = Object.hasOwn(ACTIONS, type) ? ACTIONS[type] : undefined;
  if (actions === undefined) throw neutron.input(`'${type}' is not a valid RBAC object type.`);
  if (!actions.includes(action))
    throw new Refusal(
      400,
      `Invalid action '${action}' for object type '${type}'. Valid actions: ` +
        `(${actions.map((one) => `'${one}'`).join(', ')}${actions.length === 1 ? ',' : ''})`,
      { type: 'InvalidActionForType' },
    );
  const shared: { readonly project_id?: unknown; readonly id: string } | undefined =
    world[COLLECTIONS[type as keyof typeof COLLECTIONS]].get(object);
  const isMine = shared?.project_id === call.token.projectId || call.token.roles.includes('admin');
  if (shared === undefined || !isMine)
    throw neutron.missing('RbacPolicyNotFound', `RBAC policy of type ${type} with ID ${object} not found`);
  const values = { action, object_id: object, object_type: type, target_tenant: str(sent.target_tenant) };
  const isSame = (one: Kept): boolean => Object.entries(values).every(([key, value]) => one[key] === value);
  if (all(call, world).some(isSame))
    throw neutron.conflict('DuplicateRbacPolicy', 'An RBAC policy already exists with those values.');
  return created({
    rbac_policy: body(
      world.add('rbacPolicies', { id: world.random.uuid(), project_id: ownerOf(call, sent), ...values }),
    ),
  });
}

function update(call: SimulatedCall, world: World): Answer {
  const policy = find(call, world);
  const sent = bodyOf(call, 'rbac_policy', ATTRIBUTES);
  const fixed = Object.keys(sent).find((name) => name !== 'target_tenant');
  if (fixed !== undefined) throw neutron.bad(`Cannot update read-only attribute ${fixed}`);
  const held = world.rbacPolicies.get(policy.id);
  if (held === undefined)
    throw neutron.conflict('RbacPolicyInUse', `RBAC policy on object ${str(policy.object_id)} cannot be changed.`);
  held.target_tenant = textIn(sent, 'target_tenant') ?? held.target_tenant;
  return ok({ rbac_policy: body(held) });
}

/** Without its policy for all projects a network is its own project's. */
function remove(call: SimulatedCall, world: World): Answer {
  const policy = find(call, world);
  const network = world.networks.get(str(policy.object_id));
  if (!world.rbacPolicies.delete(policy.id) && network !== undefined)
    Object.assign(network, policy.action === 'access_as_shared' ? { shared: false } : { external: false });
  return noContent;
}

/** Who may use what belongs to another project. */
export const rbacRoutes: readonly Route[] = [
  route('GET', '/v2.0/rbac-policies', 'get_rbac_policy', (call, world) =>
    list(call, world, 'rbac_policies', all(call, world).map(body), ATTRIBUTES),
  ),
  route('POST', '/v2.0/rbac-policies', 'create_rbac_policy', create),
  route('GET', '/v2.0/rbac-policies/{policy}', 'get_rbac_policy', (call, world) =>
    oneOf(call, 'rbac_policy', body(find(call, world))),
  ),
  route('PUT', '/v2.0/rbac-policies/{policy}', 'update_rbac_policy', update),
  route('DELETE', '/v2.0/rbac-policies/{policy}', 'delete_rbac_policy', remove),
];
