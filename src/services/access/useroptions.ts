import { Fault, nameId, needed, propertyOf, type UserOption, type UserOptionInput } from '../../model/index.js';
import { user } from './access.js';
import type { Scope } from '../context.js';
import { recordsIn } from '../notes/shared-records.js';

/**
 * Options that clients store for users, such as the VM portal's settings: each under its own key in the notes that all
 * projects share. An id is derived from the user and the name.
 */
const prefixOf = (userId: string): string => `option.${userId}.`;

/** By name. Two calls. */
export async function list(scope: Scope, userId: string): Promise<UserOption[]> {
  await user(scope, userId);
  const prefix = prefixOf(userId);
  const notes = await scope.session.shared.read();
  return recordsIn(scope, notes, { prefix, kind: 'KeptOption', resource: 'user options' })
    .map((option) => ({ ...option, user: { id: userId } }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function get(scope: Scope, userId: string, id: string): Promise<UserOption> {
  const found = (await list(scope, userId)).find((option) => option.id === id);
  if (!found) throw new Fault('not-found', { what: 'UserOption', id });
  return found;
}

/** Throws `duplicate-name`, `backend.forbidden` for a user who may not write shared notes. */
export async function add(scope: Scope, userId: string, input: UserOptionInput): Promise<UserOption> {
  const name = needed(input.name, propertyOf('UserOption', 'name'), 'add');
  const content = needed(input.content, propertyOf('UserOption', 'content'), 'add');
  if ((await list(scope, userId)).some((option) => option.name === name))
    throw new Fault('duplicate-name', { verb: 'add', what: 'User Option' });
  const id = nameId('useroption', userId, name);
  await scope.session.shared.note({ [`${prefixOf(userId)}${id}`]: JSON.stringify({ name, content }) });
  return { id, name, content, user: { id: userId } };
}

export async function remove(scope: Scope, userId: string, id: string): Promise<void> {
  await get(scope, userId, id);
  await scope.session.shared.note({ [`${prefixOf(userId)}${id}`]: null });
}
