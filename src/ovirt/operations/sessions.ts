import type { Session } from '../../model/index.js';
import * as sessions from '../../services/access/sessions.js';
import { collection } from '../declare/collection.js';
import type { Operation } from '../declare/operation.js';
import { declareResource } from '../declare/resource.js';
import { sessionSearch } from '../search/tables/sessions.js';

const at = collection(
  '/vms/{vm:id}/sessions',
  '{session:id}',
  declareResource<Session>({
    entity: 'session',
    element: 'session',
    list: 'sessions',
    table: 'session',
    search: sessionSearch,
  }),
);

const HOW = 'Consoles opened through this gateway and still valid, kept in server metadata.';

/** RHEV-M REST guide, 15.6.7. */
export const sessionOperations: readonly Operation[] = [
  at.list({
    summary: 'The console sessions of a VM',
    how: HOW,
    support: 'emulated',
    verb: ({ scope, ids }) => sessions.list(scope, ids.vm),
  }),
  at.get({
    summary: 'One console session',
    how: HOW,
    support: 'emulated',
    verb: ({ scope, ids }) => sessions.get(scope, ids.vm, ids.session),
  }),
];
