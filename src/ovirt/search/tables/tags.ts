import { field, searchTable } from '../table.js';

export const tagSearch = searchTable('tag', {
  object: 'tag',
  words: ['tag'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    id: field('id', 'Its id', ({ id }) => id),
  },
});
