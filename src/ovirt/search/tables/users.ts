import type { Group, User } from '../../../model/index.js';
import * as events from '../../../services/events.js';
import { vmRows } from '../rows.js';
import { field, related, rowsOf, type SearchTable, searchTable } from '../table.js';

const loginOf = (userName: string | undefined): string | undefined => userName?.replace(/@[^@]*$/, '');

/** searchbackend/VdcUserConditionFieldAutoCompleter. `usrname` may have the directory behind an at sign. */
export const userSearch = searchTable('user', {
  object: 'user',
  words: ['user'],
  fields: {
    name: field('text', 'First name, or all of it', ({ name }) => name, { hint: 'name' }),
    lastname: field('text', 'Last name: not told by Keystone', () => undefined),
    usrname: field('text', 'Name that the user logs in with, with @directory or without', ({ userName, name }) => [
      userName ?? name ?? '',
      loginOf(userName) ?? '',
    ]),
    login: field('text', 'Name that the user logs in with', ({ userName, name }) => loginOf(userName) ?? name),
    directory: field('text', 'Where the user is kept', ({ domain }) => domain?.name),
    department: field('text', 'The department: not told by Keystone', () => undefined),
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
    grpname: field('text', 'As name', ({ name }) => name),
    directory: field('text', 'Where it is kept', ({ domain }) => domain?.name),
    id: field('id', 'Its id', ({ id }) => id),
  },
};
