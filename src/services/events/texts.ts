import { events, type OperationEvents, type Outcomes } from '../../generated/model/events.js';

export type { EventText, OperationEvents } from '../../generated/model/events.js';

const named = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The events of one of the gateway's operations (schemas/model/events.json); absent if engines have none. */
export const eventsOfOperation = (operation: string): OperationEvents | undefined =>
  named(events.operations, named(events.alike, operation) ?? operation);

/** The events of an action in the cloud's own history, by Nova's name. */
export const eventsOfAction = (action: string): Outcomes | undefined => named(events.nova, action);
