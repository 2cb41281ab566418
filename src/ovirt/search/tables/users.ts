import type { Group, User } from '../../../model/index.js';
import * as events from '../../../services/events/events.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { vmRows } from '../rows.js';
import { field, related, rowsOf, type SearchTable, searchTable } from '../table.js';

const loginOf = (userName: string | undefined): string | undefined => userName?.replace(/@[^@]*$/, '');

/** searchbackend/VdcUserConditionFieldAutoCompleter. `usrname` may have the directory behind an at sign. */
export const userSearch = searchTable('user', {
  object: 'user',
  words: ['user'],
  fields: {
    name: field('text', 'First or full name', ({ name }) => name, { hint: 'name' }),
    lastname: field('text', 'Last name: not stored by Keystone', () => undefined),
    usrname: field('text', 'Login name, with or without @directory', ({ userName, name }) => [
      userName ?? name ?? '',
      loginOf(userName) ?? '',
    ]),
    user_and_domain: field('text', 'Login name with @directory', ({ userName }) => userName),
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
