import type { Snapshot } from '../../../model/index.js';
import { field, type SearchTable } from '../table.js';

/** Engines cannot search snapshots; clients look one up by its description. */
export const snapshotSearch: SearchTable<Snapshot> = {
  object: 'snapshot',
  words: ['snapshot'],
  fields: {
    description: field('text', 'Its description', ({ description }) => description, { hint: 'name' }),
    type: field('word', 'Regular, or what the VM is now', ({ type }) => type, {
      words: ['regular', 'active', 'stateless', 'preview'],
    }),
    status: field('word', 'Its status', ({ status }) => status, { words: ['ok', 'locked', 'in_preview'] }),
    creationdate: field('date', 'When it was taken', ({ createdAt }) => createdAt),
    id: field('id', 'Its id', ({ id }) => id),
  },
};
