import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * Records by kind, as an inventory of the simulator has them; `gateway` is ours: settings of the gateway by dotted
 * path.
 */
export interface Given {
  readonly inventory: Record<string, unknown>;
  readonly gateway: Readonly<Record<string, string>>;
}

type Item = Record<string, unknown>;

const isRecord = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Undefined for what has none, as fault rules. */
const KEYS = [
  'id',
  'uuid',
  'storage_hostname',
  'snapshotID',
  'volumeID',
  'pvmInstanceID',
  'imageID',
  'networkID',
  'name',
];
const keyOf = (record: Item): unknown => KEYS.map((key) => record[key]).find((value) => value !== undefined);

function mergeRecords(base: readonly Item[], more: readonly Item[]): Item[] {
  const byKey = new Map(base.map((record) => [keyOf(record), record]));
  for (const record of more) byKey.set(keyOf(record) ?? record, { ...byKey.get(keyOf(record)), ...record });
  return [...byKey.values()];
}

const bases = new Map<string, Item>();

/** The content of a base inventory: a copy, as callers change it. */
function baseOf({ href }: URL): Item {
  const known = bases.get(href) ?? (parse(readFileSync(new URL(href), 'utf8')) as Item);
  bases.set(href, known);
  return structuredClone(known);
}

/**
 * The base inventory with the text of a `=== given` section: a record with a key that is there changes it, another is
 * added; a kind that is null has none.
 */
export function inventoryWith(given: string | undefined, base: URL): Given {
  const { gateway: always = {}, ...inventory } = baseOf(base);
  const { gateway = {}, ...more } = (parse(given ?? '') ?? {}) as Record<string, unknown>;
  for (const [kind, value] of Object.entries(more)) {
    // null: there are none
    inventory[kind] =
      value === null
        ? []
        : Array.isArray(value)
          ? mergeRecords((inventory[kind] ?? []) as Item[], value as Item[])
          : isRecord(value)
            ? { ...(inventory[kind] as Item), ...value }
            : value;
  }
  return {
    inventory,
    gateway: Object.fromEntries(
      Object.entries({ ...(always as object), ...(gateway as object) }).map(([key, value]) => [key, String(value)]),
    ),
  };
}
