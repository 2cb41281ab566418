import type { Group, User } from '../../../model/index.js';
import { inDirectory, loginName } from '../../../services/access/names.js';
import * as events from '../../../services/events/events.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { vmRows } from '../rows.js';
import { field, type Known, related, rowsOf, type SearchTable, searchTable } from '../table.js';

const loginOf = (userName: string | undefined): string | undefined => userName?.replace(/@[^@]*$/, '');

/** The user's name with what a client may take for the directory: the profile of logins, or what is behind it. */
function namesOf({ userName, name }: User, { profile }: Known): string[] {
  const login = name === undefined || profile === undefined ? undefined : loginName(name, profile);
  return [userName, ...(login === undefined ? [] : [login, inDirectory(login)])].filter((one) => one !== undefined);
}

/** searchbackend/VdcUserConditionFieldAutoCompleter. `usrname` may have the directory behind an at sign. */
export const userSearch = searchTable('user', {
  object: 'user',
  words: ['user'],
  fields: {
    name: field('text', 'First or full name', ({ name }) => name, { hint: 'name' }),
    lastname: field('text', 'Last name: not stored by Keystone', () => undefined),
    usrname: field('text', 'Login name, with or without @directory or @profile', (user, known) => [
      ...namesOf(user, known),
      loginOf(user.userName) ?? user.name ?? '',
    ]),
    user_and_domain: field('text', 'Login name with @directory or @profile', namesOf),
    login: field('text', 'Login name', ({ userName, name }) => loginOf(userName) ?? name),
    directory: field('text', 'Directory of the user', ({ domain }) => domain?.name),
    department: field('text', 'The department: not stored by Keystone', () => undefined),
    tag: field('text', 'A tag: users have none', () => undefined),
    pool: field('text', 'A pool: there are none', () => undefined),
    type: field('word', 'User or group', () => 'user', { words: ['user', 'group'] }),
    id: field('id', 'The id', ({ id }) => id),
  },
  related: () => ({
    vm: related(
      'vm',
      () => [''],
      vmRows(() => ['']),
    ),
    host: related(
      'host',
      () => [''],
      (scope) => rowsOf(inventory.hosts(scope), () => ['']),
    ),
    template: related(
      'template',
      () => [''],
      (scope) => rowsOf(inventory.templates(scope), () => ['']),
    ),
    event: related(
      'event',
      ({ id }: User) => [id],
      (scope) => rowsOf(events.list(scope), ({ user }) => [user?.id]),
    ),
  }),
});

/** searchbackend/VdcGroupConditionFieldAutoCompleter. */
export const groupSearch: SearchTable<Group> = {
  object: 'group',
  words: ['group'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    grpname: field('text', 'Same as name', ({ name }) => name),
    directory: field('text', 'Directory', ({ domain }) => domain?.name),
    id: field('id', 'Its id', ({ id }) => id),
  },
};
