import type { Tag } from '../../../model/index.js';
import * as tags from '../../../services/tags.js';
import { field, type Read, type SearchTable } from '../table.js';

export const tagSearch: SearchTable<Tag> = {
  object: 'tag',
  words: ['tag'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    id: field('id', 'Its id', ({ id }) => id),
  },
};

/** Tags by the notes of the VMs that bear one, or one below it: engines match both. One call. */
export const tagRows: Read<Tag> = async function* rows(scope) {
  yield (await tags.withNotes(scope)).map(({ tag, notes }) => ({ entity: tag, keys: notes }));
};
