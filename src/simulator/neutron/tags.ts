import { isArray, isObject } from '../json.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { World } from '../world/world.js';
import { neutron } from './refusals.js';

const KINDS = {
  networks: ['networks', 'Network'],
  subnets: ['subnets', 'Subnet'],
  subnetpools: ['subnetPools', 'Subnet pool'],
  floatingips: ['floatingIps', 'Floating IP'],
  policies: ['qosPolicies', 'QoS policy'],
  ports: ['ports', 'Port'],
  routers: ['routers', 'Router'],
  'security-groups': ['securityGroups', 'Security group'],
} as const;

interface Tagged {
  tags: string[];
  project_id: string;
  revision_number: number;
}

function find(call: SimulatedCall, world: World): Tagged {
  const { kind = '', id = '' } = call.params;
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof typeof KINDS] : undefined;
  const found = known === undefined ? undefined : (world[known[0]].get(id) as Tagged | undefined);
  if (found === undefined || (found.project_id !== call.token.projectId && !call.token.roles.includes('admin')))
    throw neutron.notFound(known?.[1] ?? 'Network', id);
  return found;
}

function replace(call: SimulatedCall, world: World): Answer {
  const found = find(call, world);
  const requested = isObject(call.body) && isArray(call.body.tags) ? call.body.tags.map(String) : undefined;
  if (requested === undefined) throw neutron.bad("Invalid tags body. 'tags' is needed");
  found.tags = [...new Set(requested)];
  found.revision_number += 1;
  return ok({ tags: found.tags });
}

function add(call: SimulatedCall, world: World): Answer {
  const found = find(call, world);
  found.tags = [...new Set([...found.tags, call.params.tag ?? ''])];
  return { status: 201 };
}

function has(call: SimulatedCall, world: World): Answer {
  const tag = call.params.tag ?? '';
  if (!find(call, world).tags.includes(tag)) throw neutron.notFound('Tag', tag);
  return noContent;
}

function clear(call: SimulatedCall, world: World): Answer {
  find(call, world).tags = [];
  return noContent;
}

function remove(call: SimulatedCall, world: World): Answer {
  const found = find(call, world);
  const tag = call.params.tag ?? '';
  if (!found.tags.includes(tag)) throw neutron.notFound('Tag', tag);
  found.tags = found.tags.filter((one) => one !== tag);
  return noContent;
}

/** Tags of what has them: `/v2.0/{kind}/{id}/tags`. */
export const tags = {
  list: (call: SimulatedCall, world: World): Answer => ok({ tags: find(call, world).tags }),
  replace,
  has,
  clear,
  add,
  remove,
};
