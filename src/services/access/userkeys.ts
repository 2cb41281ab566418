import { createHash } from 'node:crypto';
import { Fault, needed, propertyOf, uuidOf, type SshPublicKey, type SshPublicKeyInput } from '../../model/index.js';
import { user } from './access.js';
import type { Scope } from '../context.js';

/** Public keys of users: Nova's key pairs, which belong to a user and are not visible to others. */
const isOwn = ({ session }: Scope, userId: string): boolean => uuidOf('user', session.user.id) === userId;

/** Empty for another user. Two calls. */
export async function list(scope: Scope, userId: string): Promise<SshPublicKey[]> {
  await user(scope, userId);
  if (!isOwn(scope, userId)) return [];
  return (await scope.session.access.keys()).map((key) => ({ ...key, user: { id: userId } }));
}

export async function get(scope: Scope, userId: string, id: string): Promise<SshPublicKey> {
  const found = (await list(scope, userId)).find((key) => key.id === id);
  if (!found) throw new Fault('not-found', { what: 'SshPublicKey', id });
  return found;
}

/** A name derived from the key, for requests without one. */
const nameOf = (content: string): string => `ovirt-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;

/** Throws `unsupported` for another user, `duplicate-name`, `backend.refused` for an invalid key. */
export async function add(scope: Scope, userId: string, input: SshPublicKeyInput): Promise<SshPublicKey> {
  await user(scope, userId);
  const content = needed(input.content, propertyOf('SshPublicKey', 'content'), 'add').trim();
  if (!isOwn(scope, userId))
    throw new Fault('unsupported', {
      operation: 'add SSH public key',
      subject: 'A key of another user',
      backend: scope.backend,
      why: 'users can only add their own.',
    });
  const { name = nameOf(content) } = input;
  if ((await scope.session.access.keys()).some((key) => key.name === name))
    throw new Fault('duplicate-name', { verb: 'add', what: 'SSH public key' });
  return { ...(await scope.session.access.addKey({ name, content })), user: { id: userId } };
}

export async function remove(scope: Scope, userId: string, id: string): Promise<void> {
  const { name } = await get(scope, userId, id);
  await scope.session.access.removeKey(name);
}
