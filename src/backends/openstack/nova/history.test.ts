import { expect, it } from 'vitest';
import type { Connection } from '../connection.js';
import { createHistory } from './history.js';

it('leaves out an action that Nova gives no time for', async () => {
  const instanceActions = [
    { request_id: 'req-1', action: 'create', start_time: null },
    { request_id: 'req-2', action: 'stop', start_time: '2026-11-20T10:00:00.000000', message: null },
  ];
  const connection = { call: async () => ({ instanceActions }) } as unknown as Connection;
  expect(await createHistory(connection).actions('vm')).toEqual([
    expect.objectContaining({ requestId: 'req-2', startedAt: '2026-11-20T10:00:00.000Z', vm: { id: 'vm' } }),
  ]);
});
