import { roles as table } from '../../generated/model/roles.js';
import type { Ref, Role } from '../../model/index.js';
import type { Scope } from '../context.js';

type BuiltIn = (typeof table.roles)[number];
type Viewer = Pick<Scope, 'engine' | 'settings'>;

const byId: ReadonlyMap<string, BuiltIn> = new Map(table.roles.map((role) => [role.id, role]));
const byCloud: ReadonlyMap<string, BuiltIn> = new Map(
  table.roles.flatMap((role) => (role.cloud ?? []).map((name) => [name, role] as const)),
);

/** An engine's built-in role with this id, which is the same in every engine. */
export const builtIn = (id: string | undefined): BuiltIn | undefined => byId.get(id ?? '');

/**
 * The built-in role that stands for this one of the cloud, in any version. None for a role that the setting
 * `operations.readerRoles` names: the built-in roles may change something.
 */
export const standIn = ({ settings }: Pick<Scope, 'settings'>, { name = '' }: Ref): BuiltIn | undefined =>
  settings.readerRoles.includes(name) ? undefined : byCloud.get(name);

/** A role of the cloud as the version refers to it. Version 3 has the cloud's ids and names. */
export function shownRole(viewer: Viewer, role: Ref): Ref {
  const stands = viewer.engine === '3.6' ? undefined : standIn(viewer, role);
  return stands ? { id: stands.id, name: stands.name } : role;
}

/** The built-in roles, which engines list whether or not anybody has them. Version 3 lists none. */
export const builtInRoles = ({ engine }: Pick<Scope, 'engine'>): Role[] =>
  engine === '3.6'
    ? []
    : table.roles.map(({ id, name, description, administrative }) => ({
        id,
        name,
        description,
        administrative,
        mutable: false,
      }));
