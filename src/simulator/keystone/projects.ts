import { isArray, objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Domain, Project } from '../world/types.js';
import type { World } from '../world/world.js';
import { add as addDomain, all as domains, change as changeDomain, destroy as removeDomain } from './domains.js';
import { checkNew, DOMAIN, held, listing, nameTaken, notFound, required, self } from './parts.js';
import { namesOfRoles } from './roles.js';

export const projectBody = (call: SimulatedCall, one: Project): JsonObject => ({
  id: one.id,
  name: one.name,
  domain_id: one.domain_id,
  description: one.description,
  enabled: one.enabled,
  parent_id: one.parent_id,
  is_domain: false,
  tags: one.tags,
  options: {},
  ...self(call, 'projects', one.id),
});

/** A domain is a project, too: one without a domain, that is found by its id alone or with `is_domain`. */
const domainBody = (call: SimulatedCall, { id, name, description, enabled }: Domain): JsonObject => ({
  ...projectBody(call, { id, name, description, enabled, domain_id: '', parent_id: '', tags: [], quota: {} }),
  domain_id: null,
  parent_id: null,
  is_domain: true,
});

const find = (call: SimulatedCall, world: World): Project => held(world.projects, 'project', call.params.project);

/** Whether a project has the tags that a list asks for: all of some, any of others, and none of others again. */
function isTagged(call: SimulatedCall): (project: Project) => boolean {
  const asked = (key: string): string[] | undefined => call.query.get(key)?.split(',');
  const [every, some, notEvery, none] = ['tags', 'tags-any', 'not-tags', 'not-tags-any'].map(asked);
  return ({ tags }) =>
    (every ?? []).every((tag) => tags.includes(tag)) &&
    (some?.some((tag) => tags.includes(tag)) ?? true) &&
    !(notEvery?.every((tag) => tags.includes(tag)) ?? false) &&
    !(none?.some((tag) => tags.includes(tag)) ?? false);
}

const listOf = (call: SimulatedCall, projects: readonly Project[]): Answer =>
  listing(
    call,
    'projects',
    projects.filter(isTagged(call)).map((project) => projectBody(call, project)),
  );

const list = (call: SimulatedCall, world: World): Answer =>
  /^(true|1)$/i.test(call.query.get('is_domain') ?? '')
    ? listing(
        call,
        'projects',
        domains(world).map((domain) => domainBody(call, domain)),
      )
    : listOf(call, [...world.projects.values()]);

const own = (call: SimulatedCall, world: World): Answer => projectsOf(call, world, call.token.userId);

/** Of any user for administrators, of themselves for others. */
function ofUser(call: SimulatedCall, world: World): Answer {
  const { user = '' } = call.params;
  if (user !== call.token.userId && !call.token.roles.includes('admin'))
    throw refuse.forbidden('You are not authorized to perform the requested action: identity:list_user_projects.');
  held(world.users, 'user', user);
  return projectsOf(call, world, user);
}

const projectsOf = (call: SimulatedCall, world: World, user: string): Answer =>
  listOf(
    call,
    [...world.projects.values()].filter(({ id }) => namesOfRoles(world, user, 'projects', id).length > 0),
  );

function checkName(world: World, name: string, domain: string, itself?: Project): void {
  const taken = [...world.projects.values()].some(
    (one) => one !== itself && one.name === name && one.domain_id === domain,
  );
  if (taken) throw nameTaken('project', name);
}

/** Throws Keystone's refusals of tags. */
function tagsIn(requested: JsonObject | undefined): string[] | undefined {
  const sent = requested?.tags;
  if (sent === undefined) return undefined;
  const tags = isArray(sent) ? sent.map(String) : [];
  const bad = tags.find((tag) => tag === '' || /[,/]/.test(tag));
  if (bad !== undefined) throw refuse.bad(`Invalid input for field 'tags/0': '${bad}' does not match '^[^,/]*$'`);
  return tags;
}

function change(project: Project, requested: JsonObject | undefined): void {
  project.name = textIn(requested, 'name') ?? project.name;
  project.description = textIn(requested, 'description') ?? project.description;
  project.tags = tagsIn(requested) ?? project.tags;
  if (typeof requested?.enabled === 'boolean') project.enabled = requested.enabled;
}

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'project');
  required(requested, 'name');
  checkNew(world, 'project', requested);
  if (requested?.is_domain === true) return created({ project: domainBody(call, addDomain(world, requested)) });
  const name = textIn(requested, 'name') ?? '';
  const parent = textIn(requested, 'parent_id');
  const above = world.projects.get(parent ?? '');
  if (parent !== undefined && parent !== DOMAIN.id && !world.domains.has(parent) && above === undefined)
    throw refuse.bad(`Could not find project: ${parent}.`);
  const domain = textIn(requested, 'domain_id') ?? above?.domain_id ?? parent ?? DOMAIN.id;
  checkName(world, name, domain);
  const project = world.add('projects', {
    id: world.random.hex(32),
    name,
    domain_id: domain,
    parent_id: parent ?? domain,
  });
  change(project, requested);
  return created({ project: projectBody(call, project) });
}

function update(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'project');
  const domain = world.domains.get(call.params.project ?? '');
  if (domain !== undefined) {
    changeDomain(world, domain, requested);
    return ok({ project: domainBody(call, domain) });
  }
  const project = find(call, world);
  if (requested?.domain_id !== undefined && requested.domain_id !== project.domain_id)
    throw refuse.bad('Cannot change Domain ID');
  checkNew(world, 'project', requested);
  checkName(world, textIn(requested, 'name') ?? '', project.domain_id, project);
  change(project, requested);
  return ok({ project: projectBody(call, project) });
}

/** Logins to the project end with it; its resources stay, as Keystone does not know them. */
function remove(call: SimulatedCall, world: World): Answer {
  const domain = world.domains.get(call.params.project ?? '');
  if (domain !== undefined) {
    removeDomain(world, domain);
    return noContent;
  }
  const { id } = find(call, world);
  if ([...world.projects.values()].some(({ parent_id }) => parent_id === id))
    throw refuse.forbidden(
      `Cannot delete the project ${id} since it is not a leaf in the hierarchy. Use the cascade option if you ` +
        'want to delete a whole subtree.',
    );
  world.projects.delete(id);
  for (const user of world.users.values()) delete user.roles[id];
  for (const [token, { projectId }] of world.tokens) if (projectId === id) world.tokens.delete(token);
  for (const [key, one] of world.grants) if (one.scope === 'projects' && one.scope_id === id) world.grants.delete(key);
  for (const group of world.endpointGroups.values()) group.projects = group.projects.filter((one) => one !== id);
  for (const records of [world.applicationCredentials, world.trusts])
    for (const [key, { project_id }] of records) if (project_id === id) records.delete(key);
  return noContent;
}

/** The project; with what is above or below it when that is asked for. */
function show(call: SimulatedCall, world: World): Answer {
  const domain = domains(world).find(({ id }) => id === call.params.project);
  if (domain !== undefined) return ok({ project: domainBody(call, domain) });
  const project = find(call, world);
  const above: Project[] = [];
  for (let one = world.projects.get(project.parent_id); one !== undefined; one = world.projects.get(one.parent_id))
    above.push(one);
  const childrenOf = (id: string): Project[] =>
    [...world.projects.values()].filter(({ parent_id }) => parent_id === id);
  const below = (id: string): Project[] => childrenOf(id).flatMap((one) => [one, ...below(one.id)]);
  const tree = (id: string): JsonObject | null => {
    const children = childrenOf(id);
    return children.length === 0 ? null : Object.fromEntries(children.map((one) => [one.id, tree(one.id)]));
  };
  const asObjects = (projects: Project[]): JsonObject[] => projects.map((one) => ({ project: projectBody(call, one) }));
  const ways: Readonly<Record<string, () => JsonObject>> = {
    parents_as_list: () => ({ parents: asObjects(above) }),
    parents_as_ids: () => ({
      parents: above.reduceRight<JsonObject>((inner, { id }) => ({ [id]: inner }), { [project.domain_id]: null }),
    }),
    subtree_as_list: () => ({ subtree: asObjects(below(project.id)) }),
    subtree_as_ids: () => ({ subtree: tree(project.id) }),
  };
  const more = Object.keys(ways).flatMap((way) => (call.query.has(way) ? [ways[way]?.()] : []));
  return ok({ project: Object.assign(projectBody(call, project), ...more) as JsonObject });
}

const tagsOf = (call: SimulatedCall, { tags }: Project): Answer =>
  ok({ links: { self: `${call.base}/identity/v3` }, tags });

function setTags(call: SimulatedCall, world: World): Answer {
  const project = find(call, world);
  project.tags = tagsIn(call.body as JsonObject) ?? project.tags;
  return tagsOf(call, project);
}

function clearTags(call: SimulatedCall, world: World): Answer {
  find(call, world).tags = [];
  return noContent;
}

function addTag(call: SimulatedCall, world: World): Answer {
  const project = find(call, world);
  const [tag = ''] = tagsIn({ tags: [call.params.tag] }) ?? [];
  if (!project.tags.includes(tag)) project.tags.push(tag);
  return { status: 201 };
}

/** The project with that tag. Throws Keystone's 404. */
function tagged(call: SimulatedCall, world: World): Project {
  const project = find(call, world);
  const { tag = '' } = call.params;
  if (!project.tags.includes(tag)) throw notFound('project tag', tag);
  return project;
}

function hasTag(call: SimulatedCall, world: World): Answer {
  tagged(call, world);
  return noContent;
}

function removeTag(call: SimulatedCall, world: World): Answer {
  const project = tagged(call, world);
  project.tags = project.tags.filter((tag) => tag !== call.params.tag);
  return noContent;
}

const TAGS = '/v3/projects/{project}/tags';

export const projectRoutes: readonly Route[] = [
  route('GET', '/v3/auth/projects', 'identity:get_auth_projects', own, 'user'),
  route('GET', '/v3/users/{user}/projects', 'identity:list_user_projects', ofUser, 'user'),
  route('GET', '/v3/projects', 'identity:list_projects', list, 'admin'),
  route('POST', '/v3/projects', 'identity:create_project', create, 'admin'),
  route('GET', '/v3/projects/{project}', 'identity:get_project', show),
  route('PATCH', '/v3/projects/{project}', 'identity:update_project', update, 'admin'),
  route('DELETE', '/v3/projects/{project}', 'identity:delete_project', remove, 'admin'),
  route('GET', TAGS, 'identity:list_project_tags', (call, world) => tagsOf(call, find(call, world))),
  route('PUT', TAGS, 'identity:update_project_tags', setTags, 'admin'),
  route('DELETE', TAGS, 'identity:delete_project_tags', clearTags, 'admin'),
  route('PUT', `${TAGS}/{tag}`, 'identity:create_project_tag', addTag, 'admin'),
  route('GET', `${TAGS}/{tag}`, 'identity:get_project_tag', hasTag),
  route('HEAD', `${TAGS}/{tag}`, 'identity:get_project_tag', hasTag, 'reader'),
  route('DELETE', `${TAGS}/{tag}`, 'identity:delete_project_tag', removeTag, 'admin'),
];
