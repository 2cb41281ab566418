import type { JsonObject } from '../json.js';
import { isArray, isObject } from '../json.js';
import type { Inventory } from '../world/types.js';

/** The field that tells records of a collection apart. */
const KEYS: Readonly<Record<string, string>> = {
  hosts: 'name',
  hostGroups: 'name',
  storageProviders: 'storage_hostname',
  pmemVolumes: 'uuid',
};

/**
 * A copy of `base` with `changes` laid over it: a record with the same id gets the fields that `changes` has, others
 * are appended. Settings are merged in depth.
 */
export function mergeInventory(base: Inventory, changes: Inventory): Inventory {
  const merged: JsonObject = structuredClone({ ...base });
  for (const [name, value] of Object.entries(structuredClone({ ...changes }) as JsonObject)) {
    const held = merged[name];
    if (isArray(held) && isArray(value)) merged[name] = mergeRecords(held, value, KEYS[name] ?? 'id');
    else if (isObject(held) && isObject(value)) merged[name] = mergeObjects(held, value);
    else merged[name] = value;
  }
  return merged;
}

function mergeRecords(held: readonly unknown[], changes: readonly unknown[], key: string): unknown[] {
  const result = [...held];
  for (const change of changes) {
    const at =
      isObject(change) && change[key] !== undefined
        ? result.findIndex((record) => isObject(record) && record[key] === change[key])
        : -1;
    const record = result[at];
    if (isObject(record) && isObject(change)) result[at] = { ...record, ...change };
    else result.push(change);
  }
  return result;
}

function mergeObjects(held: JsonObject, changes: JsonObject): JsonObject {
  const result = { ...held };
  for (const [key, value] of Object.entries(changes)) {
    const before = result[key];
    result[key] = isObject(before) && isObject(value) ? mergeObjects(before, value) : value;
  }
  return result;
}
