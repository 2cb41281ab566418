import { objectIn, type JsonObject } from '../json.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Quota } from '../world/types.js';
import type { World } from '../world/world.js';

/** Neutron's names, and ours. */
const NAMES: Readonly<Record<string, keyof Quota>> = {
  network: 'networks',
  subnet: 'subnets',
  port: 'ports',
  security_group: 'security_groups',
  security_group_rule: 'security_group_rules',
};
/** Quotas of resources that are not simulated, as on a real Neutron (recorded: 116). */
const OTHERS = { subnetpool: -1, router: 10, floatingip: 50, rbac_policy: 10 };

function used(world: World, project: string): Record<string, number> {
  const own = (items: Iterable<{ project_id: string }>): number =>
    [...items].filter(({ project_id }) => project_id === project).length;
  const groups = [...world.securityGroups.values()].filter(({ project_id }) => project_id === project);
  return {
    network: own(world.networks.values()),
    subnet: own(world.subnets.values()),
    port: own(world.ports.values()),
    security_group: groups.length,
    security_group_rule: groups.reduce((sum, { rules }) => sum + rules.length, 0),
  };
}

function limits(quota: Quota): Record<string, number> {
  return { ...Object.fromEntries(Object.entries(NAMES).map(([name, key]) => [name, quota[key]])), ...OTHERS };
}

const get = (call: SimulatedCall, world: World): Answer =>
  ok({ quota: limits(world.quotaOf(call.params.project ?? '')) });

function details(call: SimulatedCall, world: World): Answer {
  const project = call.params.project ?? '';
  const taken = used(world, project);
  const entries: [string, JsonObject][] = Object.entries(limits(world.quotaOf(project))).map(([name, limit]) => [
    name,
    { limit, used: taken[name] ?? 0, reserved: 0 },
  ]);
  return ok({ quota: Object.fromEntries(entries) });
}

function set(call: SimulatedCall, world: World): Answer {
  const id = call.params.project ?? '';
  const requested = objectIn(call.body, 'quota') ?? {};
  const changes = Object.entries(NAMES).flatMap(([name, key]) =>
    typeof requested[name] === 'number' ? [[key, requested[name]] as const] : [],
  );
  const project = world.projects.get(id);
  if (project !== undefined) project.quota = { ...project.quota, ...Object.fromEntries(changes) };
  return get(call, world);
}

function reset(call: SimulatedCall, world: World): Answer {
  const project = world.projects.get(call.params.project ?? '');
  for (const key of Object.values(NAMES)) if (project !== undefined) delete project.quota[key];
  return noContent;
}

/** Of the projects that have limits of their own. */
const list = (_: SimulatedCall, world: World): Answer =>
  ok({
    quotas: [...world.projects.values()]
      .filter(({ quota }) => Object.values(NAMES).some((key) => quota[key] !== undefined))
      .map(({ id }) => ({ ...limits(world.quotaOf(id)), project_id: id, tenant_id: id })),
  });

export const quotas = {
  list,
  get,
  details,
  set,
  reset,
  defaults: (_: SimulatedCall, world: World): Answer => ok({ quota: limits(world.settings.quota) }),
};
