import type { Job } from '../../../model/index.js';
import { field, type SearchTable } from '../table.js';

/** Version 3's grammar has no search for jobs; scripts search for the correlation id that they sent. */
export const jobSearch: SearchTable<Job> = {
  object: 'job',
  words: ['job'],
  fields: {
    correlation_id: field('text', 'Correlation id of the request', ({ correlationId }) => correlationId),
    description: field('text', 'What is done', ({ description }) => description),
    status: field('word', 'How far it has come', ({ status }) => status, { words: ['started', 'finished', 'failed'] }),
    starttime: field('date', 'When it began', ({ startedAt }) => startedAt),
    endtime: field('date', 'When it ended', ({ endedAt }) => endedAt),
    id: field('id', 'Its id', ({ id }) => id),
  },
};
