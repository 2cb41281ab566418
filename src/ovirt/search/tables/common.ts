import { field, type SearchTable } from '../table.js';

interface Named {
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly comment?: string;
}

/** The search fields of every list that declares no others. `object` is its entity in faults. */
export const commonSearch = (object: string): SearchTable<object> => ({
  object,
  words: [],
  fields: {
    name: field<Named>('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field<Named>('text', 'Its description', ({ description }) => description),
    comment: field<Named>('text', 'Its comment', ({ comment }) => comment),
    id: field<Named>('id', 'Its id', ({ id }) => id),
  },
});
