import { isObject, objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { EndpointGroup } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkNew, held, listing, required, self } from './parts.js';
import { projectBody } from './projects.js';

/** Groups of endpoints, and the projects whose catalogue they make up (asked of Keystone 3.14). */
const PATH = '/v3/OS-EP-FILTER';
const FILTERS = ['service_id', 'region_id', 'interface'];

const body = (call: SimulatedCall, { projects: _, ...one }: EndpointGroup): JsonObject => ({
  ...one,
  ...self(call, 'OS-EP-FILTER/endpoint_groups', one.id),
});

const groupOf = (call: SimulatedCall, world: World): EndpointGroup =>
  held(world.endpointGroups, 'Endpoint Group', call.params.group);

/** Throws Keystone's 400 for a filter that it does not know. */
function filtersIn(sent: JsonObject | undefined): Record<string, unknown> | undefined {
  const filters = sent?.filters;
  if (filters === undefined) return undefined;
  if (!isObject(filters) || Object.keys(filters).some((key) => !FILTERS.includes(key)))
    throw refuse.bad(
      'Expecting to find service_id or region_id or interface in endpoint_group. The server could not comply with ' +
        'the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.',
    );
  return filters;
}

function create(call: SimulatedCall, world: World): Answer {
  const sent = objectIn(call.body, 'endpoint_group');
  required(sent, 'name', 'filters');
  checkNew(world, 'endpoint_group', sent);
  const group = world.add('endpointGroups', {
    id: world.random.hex(32),
    name: textIn(sent, 'name') ?? '',
    description: textIn(sent, 'description') ?? null,
    filters: filtersIn(sent) ?? {},
  });
  return created({ endpoint_group: body(call, group) });
}

function update(call: SimulatedCall, world: World): Answer {
  const group = groupOf(call, world);
  const sent = objectIn(call.body, 'endpoint_group');
  checkNew(world, 'endpoint_group', sent);
  group.filters = filtersIn(sent) ?? group.filters;
  group.name = textIn(sent, 'name') ?? group.name;
  group.description = textIn(sent, 'description') ?? group.description;
  return ok({ endpoint_group: body(call, group) });
}

function remove(call: SimulatedCall, world: World): Answer {
  world.endpointGroups.delete(groupOf(call, world).id);
  return noContent;
}

/** The group and the project of the path. Throws Keystone's 404 for either, and for a project that is not of it. */
function placed(call: SimulatedCall, world: World): { group: EndpointGroup; project: string } {
  const group = groupOf(call, world);
  const { id } = held(world.projects, 'project', call.params.project);
  if (!group.projects.includes(id)) throw refuse.missing('Endpoint Group Project Association not found');
  return { group, project: id };
}

function place(call: SimulatedCall, world: World): Answer {
  const group = groupOf(call, world);
  const { id } = held(world.projects, 'project', call.params.project);
  if (!group.projects.includes(id)) group.projects.push(id);
  return noContent;
}

function placement(call: SimulatedCall, world: World): Answer {
  const { group, project } = placed(call, world);
  return ok({
    project_endpoint_group: {
      endpoint_group_id: group.id,
      project_id: project,
      links: { self: `/OS-EP-FILTER/endpoint_groups/${group.id}/projects/${project}` },
    },
  });
}

function takeAway(call: SimulatedCall, world: World): Answer {
  const { group, project } = placed(call, world);
  group.projects = group.projects.filter((one) => one !== project);
  return noContent;
}

function projects(call: SimulatedCall, world: World): Answer {
  const found = groupOf(call, world).projects.map((id) => held(world.projects, 'project', id));
  return listing(
    call,
    'projects',
    found.map((project) => projectBody(call, project)),
  );
}

const list = (call: SimulatedCall, groups: readonly EndpointGroup[]): Answer =>
  listing(
    call,
    'endpoint_groups',
    groups.map((group) => body(call, group)),
  );

const shown = (call: SimulatedCall, world: World): Answer => ok({ endpoint_group: body(call, groupOf(call, world)) });

const GROUP = `${PATH}/endpoint_groups/{group}`;
const PLACE = `${GROUP}/projects/{project}`;

export const endpointGroupRoutes: readonly Route[] = [
  route(
    'GET',
    `${PATH}/endpoint_groups`,
    'identity:list_endpoint_groups',
    (call, world) => list(call, [...world.endpointGroups.values()]),
    'admin',
  ),
  route('POST', `${PATH}/endpoint_groups`, 'identity:create_endpoint_group', create, 'admin'),
  route('GET', GROUP, 'identity:get_endpoint_group', shown, 'admin'),
  route('HEAD', GROUP, 'identity:get_endpoint_group', shown, 'admin'),
  route('PATCH', GROUP, 'identity:update_endpoint_group', update, 'admin'),
  route('DELETE', GROUP, 'identity:delete_endpoint_group', remove, 'admin'),
  route('GET', `${GROUP}/projects`, 'identity:list_projects_associated_with_endpoint_group', projects, 'admin'),
  route('PUT', PLACE, 'identity:add_endpoint_group_to_project', place, 'admin'),
  route('GET', PLACE, 'identity:get_endpoint_group_in_project', placement, 'admin'),
  route('HEAD', PLACE, 'identity:get_endpoint_group_in_project', placement, 'admin'),
  route('DELETE', PLACE, 'identity:remove_endpoint_group_from_project', takeAway, 'admin'),
  route(
    'GET',
    `${PATH}/projects/{project}/endpoint_groups`,
    'identity:list_endpoint_groups_for_project',
    (call, world) => {
      const { id } = held(world.projects, 'project', call.params.project);
      return list(
        call,
        [...world.endpointGroups.values()].filter((group) => group.projects.includes(id)),
      );
    },
    'admin',
  ),
];
