import { objectIn, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { created, noContent, ok, route, type Answer, type Route, type SimulatedCall } from '../router.js';
import type { Kept } from '../world/types.js';
import type { World } from '../world/world.js';
import { held, listing, notFound, required, self } from './parts.js';

const isMine = (call: SimulatedCall, user: unknown): boolean =>
  user === call.token.userId || call.token.roles.includes('admin');

/** Keystone stores what is sent, with all its properties. */
const body = (call: SimulatedCall, credential: Kept): JsonObject => ({
  ...credential,
  ...self(call, 'credentials', credential.id),
});

function find(call: SimulatedCall, world: World): Kept {
  const found = held(world.credentials, 'credential', call.params.credential);
  if (!isMine(call, found.user_id))
    throw refuse.forbidden('You are not authorized to perform the requested action: identity:get_credential.');
  return found;
}

const list = (call: SimulatedCall, world: World): Answer =>
  listing(
    call,
    'credentials',
    [...world.credentials.values()].filter(({ user_id }) => isMine(call, user_id)).map((one) => body(call, one)),
  );

function create(call: SimulatedCall, world: World): Answer {
  const requested = objectIn(call.body, 'credential');
  required(requested, 'blob', 'type', 'user_id', ...(requested?.type === 'ec2' ? ['project_id'] : []));
  if (!isMine(call, requested?.user_id))
    throw refuse.forbidden('You are not authorized to perform the requested action: identity:create_credential.');
  const credential = world.add('credentials', { project_id: null, ...requested, id: world.random.hex(32) });
  return created({ credential: body(call, credential) });
}

function update(call: SimulatedCall, world: World): Answer {
  const credential = Object.assign(find(call, world), objectIn(call.body, 'credential'), {
    id: call.params.credential,
  });
  return ok({ credential: body(call, credential) });
}

function remove(call: SimulatedCall, world: World): Answer {
  world.credentials.delete(find(call, world).id);
  return noContent;
}

interface Ec2 {
  readonly access: string;
  readonly secret: string;
}

/** A credential of the type `ec2`, as its own extension shows it. */
const ec2Body = (call: SimulatedCall, { user_id, project_id, blob }: Kept): JsonObject => {
  const { access, secret } = JSON.parse(String(blob)) as Ec2;
  return {
    user_id,
    tenant_id: project_id,
    access,
    secret,
    trust_id: null,
    ...self(call, `users/${String(user_id)}/credentials/OS-EC2`, access),
  };
};

function ec2Of(call: SimulatedCall, world: World): Kept[] {
  const { user = '' } = call.params;
  held(world.users, 'user', user);
  if (!isMine(call, user))
    throw refuse.forbidden('You are not authorized to perform the requested action: identity:ec2_list_credentials.');
  return [...world.credentials.values()].filter(({ type, user_id }) => type === 'ec2' && user_id === user);
}

function ec2By(call: SimulatedCall, world: World): Kept {
  const found = ec2Of(call, world).find(({ blob }) => (JSON.parse(String(blob)) as Ec2).access === call.params.access);
  if (found === undefined) throw notFound('credential', call.params.access ?? '');
  return found;
}

function ec2Create(call: SimulatedCall, world: World): Answer {
  ec2Of(call, world);
  const project = held(world.projects, 'project', textIn(call.body, 'tenant_id')).id;
  const made = world.add('credentials', {
    id: world.random.hex(64),
    type: 'ec2',
    user_id: call.params.user,
    project_id: project,
    blob: JSON.stringify({ access: world.random.hex(32), secret: world.random.hex(32), trust_id: null }),
  });
  return created({ credential: ec2Body(call, made) });
}

function ec2Remove(call: SimulatedCall, world: World): Answer {
  world.credentials.delete(ec2By(call, world).id);
  return noContent;
}

const EC2 = '/v3/users/{user}/credentials/OS-EC2';

export const credentialRoutes: readonly Route[] = [
  route('GET', '/v3/credentials', 'identity:list_credentials', list, 'user'),
  route('POST', '/v3/credentials', 'identity:create_credential', create, 'user'),
  route(
    'GET',
    '/v3/credentials/{credential}',
    'identity:get_credential',
    (call, world) => ok({ credential: body(call, find(call, world)) }),
    'user',
  ),
  route('PATCH', '/v3/credentials/{credential}', 'identity:update_credential', update, 'user'),
  route('DELETE', '/v3/credentials/{credential}', 'identity:delete_credential', remove, 'user'),
  route(
    'GET',
    EC2,
    'identity:ec2_list_credentials',
    (call, world) =>
      listing(
        call,
        'credentials',
        ec2Of(call, world).map((one) => ec2Body(call, one)),
      ),
    'user',
  ),
  route('POST', EC2, 'identity:ec2_create_credential', ec2Create, 'user'),
  route(
    'GET',
    `${EC2}/{access}`,
    'identity:ec2_get_credential',
    (call, world) => ok({ credential: ec2Body(call, ec2By(call, world)) }),
    'user',
  ),
  route('DELETE', `${EC2}/{access}`, 'identity:ec2_delete_credential', ec2Remove, 'user'),
];
