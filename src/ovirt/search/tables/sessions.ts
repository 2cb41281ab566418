import type { Session } from '../../../model/index.js';
import { field, type SearchTable } from '../table.js';

/** searchbackend/SessionConditionFieldAutoCompleter, as far as a console's session has it. */
export const sessionSearch: SearchTable<Session> = {
  object: 'session',
  words: ['session'],
  fields: {
    protocol: field('text', 'Its protocol', ({ protocol }) => protocol, { hint: 'name' }),
    user_name: field('text', 'Name of its user', ({ user }) => user?.name),
    ip: field('ip', 'Where it came from', ({ ip }) => ip),
    id: field('id', 'Its id', ({ id }) => id),
  },
};
