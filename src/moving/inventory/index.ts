export { InventoryError, readInventoryFile } from './file.js';
export { readInventory, type InventoryOptions } from './read.js';
export type {
  EndpointRecord,
  InventoryRecord,
  Part,
  ProblemRecord,
  ThingKind,
  ThingRecord,
  Things,
  VmRecord,
} from './record.js';
