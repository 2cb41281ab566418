import { textIn, type JsonObject } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { noContent, ok, type Answer, type SimulatedCall } from '../router.js';
import type { Image } from '../world/types.js';
import type { World } from '../world/world.js';
import { findImage } from './images.js';

type Member = Image['members'][number];

const body = (image: Image, { member_id, status, created_at, updated_at }: Member): JsonObject => ({
  member_id,
  image_id: image.id,
  status,
  created_at,
  updated_at,
  schema: '/v2/schemas/member',
});

function find(call: SimulatedCall, world: World): { image: Image; member: Member } {
  const image = findImage(call, world);
  const id = call.params.member ?? '';
  const member = image.members.find(({ member_id }) => member_id === id);
  if (member === undefined) throw refuse.missing(`${id} not found in the member list of the image ${image.id}.`);
  return { image, member };
}

function add(call: SimulatedCall, world: World): Answer {
  const image = findImage(call, world);
  if (image.visibility !== 'shared') throw refuse.forbidden('Only shared images have members.');
  const member_id = textIn(call.body, 'member') ?? '';
  if (image.members.some((one) => one.member_id === member_id))
    throw new Refusal(409, `Member ${member_id} is duplicated for image ${image.id}`);
  const now = world.clock.stamp();
  const member = { member_id, status: 'pending', created_at: now, updated_at: now };
  image.members.push(member);
  return ok(body(image, member));
}

function update(call: SimulatedCall, world: World): Answer {
  const { image, member } = find(call, world);
  if (member.member_id !== call.token.projectId && !call.token.roles.includes('admin'))
    throw refuse.forbidden('You are not authorized to complete modify_member action.');
  const status = textIn(call.body, 'status') ?? '';
  if (!['pending', 'accepted', 'rejected'].includes(status)) throw refuse.bad(`Status not allowed: ${status}`);
  Object.assign(member, { status, updated_at: world.clock.stamp() });
  return ok(body(image, member));
}

function remove(call: SimulatedCall, world: World): Answer {
  const { image, member } = find(call, world);
  image.members = image.members.filter((one) => one !== member);
  return noContent;
}

/** Projects that an image is shared with. */
export const members = {
  list: (call: SimulatedCall, world: World): Answer => {
    const image = findImage(call, world);
    if (image.visibility !== 'shared')
      throw refuse.forbidden(`Not allowed to list members for image ${image.id}: Only shared images have members.`);
    return ok({ members: image.members.map((one) => body(image, one)), schema: '/v2/schemas/members' });
  },
  get: (call: SimulatedCall, world: World): Answer => {
    const { image, member } = find(call, world);
    return ok(body(image, member));
  },
  add,
  update,
  remove,
};
