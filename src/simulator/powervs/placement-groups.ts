import type { Answer } from '../router.js';
import { bad, conflict } from './refusals.js';
import { answer, done, needed, oneOf, param, route, text, texts, type Route, type SimulatedCall } from './routes.js';
import type { PlacementGroup } from './types.js';
import { groupView } from './views.js';
import type { World } from './world.js';

/** Groups of instances that are to be on one host, or on several (docs/reference/power.md, 3.2). */
const group = (call: SimulatedCall, world: World): PlacementGroup =>
  world.get('placementGroups', param(call, 'group'), 'placement group');

const MOST_TAGS = 1000;
const TAG = /^[a-z0-9 _.:-]{1,128}$/;

/** Tags are kept in lower case (IBM Cloud's documents, "Managing tags", "Tagging rules"). Throws PowerVS' 400. */
function tagsOf(call: SimulatedCall): string[] | undefined {
  const tags = texts(call, 'userTags')?.map((tag) => tag.toLowerCase());
  if (tags && tags.length > MOST_TAGS) throw bad(`userTags: at most ${MOST_TAGS} tags are allowed`);
  const wrong = tags?.find((tag) => !TAG.test(tag));
  if (wrong !== undefined) throw bad(`userTags: ${wrong} is no tag`);
  return tags;
}

function create(call: SimulatedCall, world: World): Answer {
  const name = needed(text(call, 'name'), 'name');
  const policy = needed(oneOf(call, 'policy', ['affinity', 'anti-affinity']), 'policy');
  if ([...world.placementGroups.values()].some((one) => one.name === name))
    throw conflict(`placement group with name ${name} already exists`);
  const tags = tagsOf(call);
  const made = { id: world.random.uuid(), name, policy, ...(tags && { userTags: tags }) };
  return answer(groupView(world, world.add('placementGroups', made)));
}

function remove(call: SimulatedCall, world: World): Answer {
  const { id, members } = group(call, world);
  if (members.length > 0) throw conflict(`placement group ${id} has members`);
  world.placementGroups.delete(id);
  return done;
}

function join(call: SimulatedCall, world: World): Answer {
  const one = group(call, world);
  const { pvmInstanceID } = world.get('instances', needed(text(call, 'id'), 'id'), 'pvm-instance');
  if ([...world.placementGroups.values()].some(({ members }) => members.includes(pvmInstanceID)))
    throw conflict(`pvm-instance ${pvmInstanceID} is in a placement group`);
  one.members.push(pvmInstanceID);
  return answer(groupView(world, one));
}

function leave(call: SimulatedCall, world: World): Answer {
  const one = group(call, world);
  const id = needed(text(call, 'id'), 'id');
  if (!one.members.includes(id)) throw conflict(`pvm-instance ${id} is not in placement group ${one.id}`);
  one.members = one.members.filter((member) => member !== id);
  return answer(groupView(world, one));
}

const GROUP = '1:/placement-groups/{group}';

export const placementGroupRoutes: readonly Route[] = [
  route('GET', '1:/placement-groups', (_, world) =>
    answer({ placementGroups: [...world.placementGroups.values()].map((one) => groupView(world, one)) }),
  ),
  route('POST', '1:/placement-groups', create),
  route('GET', GROUP, (call, world) => answer(groupView(world, group(call, world)))),
  route('DELETE', GROUP, remove),
  route('POST', `${GROUP}/members`, join),
  route('DELETE', `${GROUP}/members`, leave),
];
