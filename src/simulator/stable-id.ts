import { createHash } from 'node:crypto';

/** 32 hexadecimal digits that depend on nothing but the parts: ids of things that have no record. */
export const stableId = (...parts: string[]): string => createHash('md5').update(parts.join('/')).digest('hex');

/** The same, in a UUID's form. */
export const stableUuid = (...parts: string[]): string =>
  stableId(...parts).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
