/**
 * Where a table's documents have the properties of its entity, by property: paths, the one that wins last.
 *
 * | path | |
 * |---|---|
 * | `cpu.topology.sockets` | a value |
 * | `mac/address` | a value that is all its element holds: `mac` names it |
 * | `network@` | a reference, by id or name |
 * | `disks/disk>disk` | a list, and the table of its items |
 */
export interface TablePlaces {
  readonly entity: string;
  /** The document's element. */
  readonly element: string;
  readonly at: Readonly<Record<string, string>>;
}

/** By table. */
export type Places = Readonly<Record<string, TablePlaces>>;

/** One path, taken apart. */
export interface Place {
  /** What names it. */
  readonly path: string;
  /** The whole of it: of a list the path of its items. */
  readonly whole: string;
  readonly isReference: boolean;
  /** The table of a list's items. */
  readonly table?: string;
}

/** The places of a property, the one that wins last; none for one that no row names. */
export const placesIn = ({ at }: TablePlaces, property: string): Place[] => at[property]?.split(' ').map(placeOf) ?? [];

function placeOf(text: string): Place {
  const [, path = '', rest, reference, table] = /^([^/@>]*)(?:\/([^@>]+))?(@)?(?:>(.+))?$/.exec(text) ?? [];
  return {
    path,
    whole: rest === undefined ? path : `${path}.${rest}`,
    isReference: reference !== undefined,
    ...(table !== undefined && { table }),
  };
}
