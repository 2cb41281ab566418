import * as events from '../../../services/events/events.js';
import { collection } from '../../declare/collection.js';
import type { Operation } from '../../declare/operation.js';
import { eventResource } from '../resources.js';

const at = collection('/events', '{event:name}', eventResource);
const HOW = 'Metadata of a host group, which only an administrator can change; the last hundred events of a project.';

/** Events of others, as backup tools send them: docs/reference/v4-wire.md, section 8. */
export const sentEventOperations: readonly Operation[] = [
  at.add({
    summary: 'Keep an event of a client',
    how: HOW,
    support: 'emulated',
    required: [{ field: 'customId' }, { field: 'description' }, { field: 'origin' }, { field: 'severity' }],
    faults: ['conflict', 'not-found.reference', 'backend.forbidden', 'unsupported'],
    verb: ({ scope, exchange }, input) => events.add(scope, input, exchange.correlationId),
  }),
  at.remove({
    summary: 'Remove an event that a client sent',
    how: HOW,
    support: 'emulated',
    faults: ['backend.forbidden', 'unsupported'],
    verb: ({ scope, ids }) => events.remove(scope, ids.event, 'only events that clients sent can be removed.'),
  }),
];
