import { isObject } from '../json.js';

/** Throws a TypeError for a value that is no inventory: an object of collections, its settings, faults and work. */
export function checkInventory(inventory: unknown, kinds: readonly string[]): void {
  if (!isObject(inventory)) throw new TypeError('An inventory is an object of collections.');
  const known = new Set<string>([...kinds, 'settings', 'faults', 'work', 'random']);
  for (const [key, value] of Object.entries(inventory)) {
    if (!known.has(key))
      throw new TypeError(`An inventory has no collection named ${key}; it may have ${[...known].join(', ')}.`);
    if (key === 'settings' && !isObject(value)) throw new TypeError('settings of an inventory is an object.');
    if (key !== 'settings' && key !== 'random' && !(Array.isArray(value) && value.every(isObject)))
      throw new TypeError(`${key} of an inventory is an array of objects.`);
  }
}
