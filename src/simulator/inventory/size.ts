/** The size of an inventory; by default that of the simulator's own. */
export interface Size {
  readonly vms?: number;
  readonly hosts?: number;
  /** The first boots. */
  readonly disksPerVm?: number;
  readonly networks?: number;
}

/** `count` records, made from the present ones in turn. */
export const cycled = <T, R>(records: readonly T[], count: number, make: (record: T, at: number) => R): R[] =>
  Array.from({ length: records.length === 0 ? 0 : count }, (_, at) => {
    const record = records[at % records.length];
    return record === undefined ? [] : [make(record, at)];
  }).flat();

/** `web01` the first time, then `web01-2`, `web01-3` … */
export const numbered = (name: string, at: number, of: number): string =>
  at < of ? name : `${name}-${Math.floor(at / of) + 1}`;
