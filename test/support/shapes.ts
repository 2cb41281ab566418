const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/**
 * What the recording has and the answer lacks or has in another type. Null may stand for anything; what the answer has
 * besides is IBM's.
 */
export function shapeDifferences(recorded: unknown, seen: unknown, where = ''): string[] {
  if (recorded === null || seen === null) return [];
  if (typeOf(recorded) !== typeOf(seen)) return [`${where}: ${typeOf(recorded)} recorded, ${typeOf(seen)} seen`];
  if (Array.isArray(recorded) && Array.isArray(seen))
    return recorded.length === 0 || seen.length === 0 ? [] : shapeDifferences(recorded[0], seen[0], `${where}/0`);
  if (typeof recorded !== 'object') return [];
  const other = seen as Record<string, unknown>;
  return Object.entries(recorded).flatMap(([key, value]) =>
    key in other ? shapeDifferences(value, other[key], `${where}/${key}`) : [`${where}/${key}: missing`],
  );
}
