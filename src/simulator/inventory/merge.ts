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
  const places = new Map<unknown, number>();
  held.forEach((record, at) => {
    if (isObject(record) && !places.has(record[key])) places.set(record[key], at);
  });
  for (const change of changes) {
    const id = isObject(change) ? change[key] : undefined;
    const at = id === undefined ? undefined : places.get(id);
    if (at === undefined) {
      if (id !== undefined) places.set(id, result.length);
      result.push(change);
    } else result[at] = { ...(result[at] as JsonObject), ...(change as JsonObject) };
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
