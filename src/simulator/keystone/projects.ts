import { objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Project } from '../world/types.js';
import type { World } from '../world/world.js';
import { checkNew, listing, notFound, self, nameTaken } from './parts.js';
import { DOMAIN } from './tokens.js';

const body = (call: SimulatedCall, { id, name, description, enabled }: Project): JsonObject => ({
  id,
  name,
  domain_id: DOMAIN.id,
  description,
  enabled,
  parent_id: DOMAIN.id,
  is_domain: false,
  tags: [],
  options: {},
  ...self(call, 'projects', id),
});

function find(call: SimulatedCall, world: World): Project {
  const id = call.params.project ?? '';
  const found = world.projects.get(id);
  if (found === undefined) throw notFound('project', id);
  return found;
}

const listOf = (call: SimulatedCall, projects: readonly Project[]): Answer =>
  listing(
    call,
    'projects',
    projects.map((project) => body(call, project)),
  );

const own = (call: SimulatedCall, world: World): Answer => projectsOf(call, world, call.token.userId);

/** Of any user for administrators, of themselves for others. */
function ofUser(call: SimulatedCall, world: World): Answer {
  const { user = '' } = call.params;
  if (user !== call.token.userId && !call.token.roles.includes('admin'))
    throw refuse.forbidden('You are not authorized to perform the requested action: identity:list_user_projects.');
  if (!world.users.has(user)) throw notFound('user', user);
  return projectsOf(call, world, user);
}

function projectsOf(call: SimulatedCall, world: World, user: string): Answer {
  const roles = world.users.get(user)?.roles ?? {};
  return listOf(
    call,
    [...world.projects.values()].filter(({ id }) => roles[id] !== undefined),
  );
}

function checkName(world: World, name: string, self?: Project): void {
  if ([...world.projects.values()].some((project) => project !== self && project.name === name))
    throw nameTaken('project', name);
}

function change(project: Project, requested: JsonObject | undefined): void {
  project.name = textIn(requested, 'name') ?? project.name;
  project.description = textIn(requested, 'description') ?? project.description;
  if (typeof requested?.enabled === 'boolean') project.enabled = requested.enabled;
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'project');
  checkNew('project', requested);
  const name = textIn(requested, 'name') ?? '';
  checkName(world, name);
  const project = world.add('projects', { id: world.random.hex(32), name });
  change(project, requested);
  return created({ project: body(call, project) });
}

function update(call: SimulatedCall, world: World): Answer {
  const project = find(call, world);
  const requested = objectIn(call.body, 'project');
  checkNew('project', requested);
  checkName(world, textIn(requested, 'name') ?? '', project);
  change(project, requested);
  return ok({ project: body(call, project) });
}

/** Logins to the project end with it; its resources stay, as Keystone does not know them. */
function remove(call: SimulatedCall, world: World): Answer {
  const { id } = find(call, world);
  world.projects.delete(id);
  for (const user of world.users.values()) delete user.roles[id];
  for (const [token, { projectId }] of world.tokens) if (projectId === id) world.tokens.delete(token);
  return noContent;
}

export const projectRoutes: readonly Route[] = [
  route('GET', '/v3/auth/projects', 'identity:get_auth_projects', own),
  route('GET', '/v3/users/{user}/projects', 'identity:list_user_projects', ofUser),
  route(
    'GET',
    '/v3/projects',
    'identity:list_projects',
    (call, world) => listOf(call, [...world.projects.values()]),
    'admin',
  ),
  route('POST', '/v3/projects', 'identity:create_project', create, 'admin'),
  route('GET', '/v3/projects/{project}', 'identity:get_project', (call, world) =>
    ok({ project: body(call, find(call, world)) }),
  ),
  route('PATCH', '/v3/projects/{project}', 'identity:update_project', update, 'admin'),
  route('DELETE', '/v3/projects/{project}', 'identity:delete_project', remove, 'admin'),
];
