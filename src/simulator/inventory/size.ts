/** How large an inventory is to be; what is left out is as many as the simulator's own has. */
export interface Size {
  readonly vms?: number;
  readonly hosts?: number;
  /** The first boots. */
  readonly disksPerVm?: number;
  readonly networks?: number;
}

/** So many records, made from those that there are, again and again. */
export const cycled = <T, R>(records: readonly T[], count: number, make: (record: T, at: number) => R): R[] =>
  Array.from({ length: records.length === 0 ? 0 : count }, (_, at) => {
    const record = records[at % records.length];
    return record === undefined ? [] : [make(record, at)];
  }).flat();

/** `web01` stays as it is the first time, and is `web01-2`, `web01-3` … when it comes again. */
export const numbered = (name: string, at: number, of: number): string =>
  at < of ? name : `${name}-${Math.floor(at / of) + 1}`;
