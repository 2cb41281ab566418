import type { Answer } from '../router.js';
import { bad, conflict, missing } from './refusals.js';
import { answer, done, needed, param, route, text, type Route, type SimulatedCall } from './routes.js';
import type { SapProfile, SshKey } from './types.js';
import { eventView } from './views.js';
import type { World } from './world.js';

/** SSH keys of the tenant, events of the workspace, SAP's profiles: what clients of the API ask for beside VMs. */
const keyView = ({ name, sshKey, creationDate }: SshKey) => ({ name, sshKey, creationDate });
const wholeKeyView = (one: SshKey) => ({ ...one, primaryWorkspace: true, visibility: 'account' });

function tenant(call: SimulatedCall, world: World): void {
  if (param(call, 'tenant') !== world.tenantID) throw missing('tenant', param(call, 'tenant'));
}

function addKey(call: SimulatedCall, world: World): SshKey {
  const [name, sshKey] = [needed(text(call, 'name'), 'name'), needed(text(call, 'sshKey'), 'sshKey')];
  if (world.collections.sshKeys.has(name)) throw conflict(`ssh key with name ${name} already exists`);
  if (!/^(ssh|ecdsa)-\S+ \S+/.test(sshKey)) throw bad('sshKey is no public key');
  const description = text(call, 'description');
  return world.add('sshKeys', {
    id: world.random.uuid(),
    name,
    sshKey,
    creationDate: world.now(),
    ...(description !== undefined && { description }),
  });
}

const keyNamed = (call: SimulatedCall, world: World): SshKey =>
  world.get('sshKeys', decodeURIComponent(param(call, 'key')), 'ssh key');

function keyWithId(call: SimulatedCall, world: World): SshKey {
  const found = [...world.collections.sshKeys.values()].find(({ id }) => id === param(call, 'key'));
  if (!found) throw missing('ssh key', param(call, 'key'));
  return found;
}

/** Another text, name or description of a key. */
function changeKey(call: SimulatedCall, world: World): SshKey {
  const key = keyWithId(call, world);
  const name = text(call, 'name') ?? key.name;
  if (name !== key.name && world.collections.sshKeys.has(name))
    throw conflict(`ssh key with name ${name} already exists`);
  world.collections.sshKeys.delete(key.name);
  const description = text(call, 'description') ?? key.description;
  return world.add('sshKeys', {
    ...key,
    name,
    sshKey: text(call, 'sshKey') ?? key.sshKey,
    ...(description !== undefined && { description }),
  });
}

function removeKey(world: World, { name }: SshKey): Answer {
  world.collections.sshKeys.delete(name);
  return done;
}

/** As IBM's table of certified profiles has it for all of them. */
const SAPS_PER_CORE = 6000;

const profileView = (one: SapProfile) => ({
  ...one,
  asaps: 0,
  deprecated: false,
  fullSystemProfile: false,
  saps: one.cores * SAPS_PER_CORE,
  smtMode: 8,
  supportedSystems: ['s1022'],
  workloadTypes: ['OLAP', 'OLTP'],
});

/** Of a family, or with a prefix; an empty one, which IBM's client sends, is none. */
const profiles = ({ query }: SimulatedCall, world: World): Answer =>
  answer({
    profiles: [...world.collections.sapProfiles.values()]
      .filter(({ type }) => !query.get('profile_family') || type === query.get('profile_family'))
      .filter(({ profileID }) => profileID.startsWith(query.get('profile_prefix') ?? ''))
      .map(profileView),
  });

const KEYS = '/pcloud/v1/tenants/{tenant}/sshkeys';

export const accountRoutes: readonly Route[] = [
  route('GET', KEYS, (call, world) => {
    tenant(call, world);
    return answer({ sshKeys: [...world.collections.sshKeys.values()].map(keyView) });
  }),
  route('POST', KEYS, (call, world) => {
    tenant(call, world);
    return answer(keyView(addKey(call, world)), 201);
  }),
  route('GET', `${KEYS}/{key}`, (call, world) => {
    tenant(call, world);
    return answer(keyView(keyNamed(call, world)));
  }),
  route('DELETE', `${KEYS}/{key}`, (call, world) => {
    tenant(call, world);
    return removeKey(world, keyNamed(call, world));
  }),
  route('GET', '/v1/ssh-keys', (_, world) =>
    answer({ sshKeys: [...world.collections.sshKeys.values()].map(wholeKeyView) }),
  ),
  route('POST', '/v1/ssh-keys', (call, world) => answer(wholeKeyView(addKey(call, world)), 201)),
  route('GET', '/v1/ssh-keys/{key}', (call, world) => answer(wholeKeyView(keyWithId(call, world)))),
  route('PUT', '/v1/ssh-keys/{key}', (call, world) => answer(wholeKeyView(changeKey(call, world)))),
  route('DELETE', '/v1/ssh-keys/{key}', (call, world) => removeKey(world, keyWithId(call, world))),
  route('GET', '1:/events', ({ query }, world) => {
    const from = Number(query.get('from_time') ?? 0);
    const events = [...world.collections.events.values()].map(eventView);
    return answer({ events: events.filter(({ timestamp }) => Number(timestamp) >= from) });
  }),
  route('GET', '1:/events/{event}', (call, world) =>
    answer(eventView(world.get('events', param(call, 'event'), 'event'))),
  ),
  route('GET', '1:/sap', profiles),
  route('GET', '1:/sap/{profile}', (call, world) =>
    answer(profileView(world.get('sapProfiles', param(call, 'profile'), 'SAP profile'))),
  ),
];
