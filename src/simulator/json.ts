export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isArray = (value: unknown): value is unknown[] => Array.isArray(value);

/** The member when it is an object. */
export const objectIn = (value: unknown, key: string): JsonObject | undefined =>
  isObject(value) && isObject(value[key]) ? value[key] : undefined;

/** The member when it is a text. */
export const textIn = (value: unknown, key: string): string | undefined =>
  isObject(value) && typeof value[key] === 'string' ? value[key] : undefined;

/** A boolean in OpenStack's loosely typed bodies: `true`, `"True"`, `"1"`, `1` … */
export const truthy = (value: unknown): boolean =>
  value === true || value === 1 || (typeof value === 'string' && /^(true|1|yes|on|y|t)$/i.test(value.trim()));

/** A value as Python prints it: OpenStack's schema errors quote the input so. */
export function python(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return `'${value}'`;
  if (isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `'${key}': ${python(item)}`)
      .join(', ')}}`;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/**
 * As a Python literal of a flat dict of texts, `{'k': 'v'}`, which Cinder takes in `?metadata=`; undefined when it is
 * none.
 */
export function pythonDict(text: string): Record<string, string> | undefined {
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) return undefined;
  const pairs = [...body.matchAll(/\s*u?(?:'([^']*)'|"([^"]*)")\s*:\s*u?(?:'([^']*)'|"([^"]*)")\s*(?:,|$)/gy)];
  if (
    pairs
      .map(([whole]) => whole)
      .join('')
      .trim() !== body.trim()
  )
    return undefined;
  return Object.fromEntries(pairs.map(([, a, b, c, d]) => [a ?? b ?? '', c ?? d ?? '']));
}

/** A value in a sentence: a text as it is, anything else as Python prints it. */
export const str = (value: unknown): string => (typeof value === 'string' ? value : python(value));
