export { InventoryError, readInventoryFile } from './file.js';
export { readInventory, type InventoryOptions } from './read.js';
export type {
  EndpointRecord,
  InventoryRecord,
  LostValue,
  VmPart as Part,
  ProblemRecord,
  ThingKind,
  ThingRecord,
  Things,
  VmRecord,
} from './record.js';
