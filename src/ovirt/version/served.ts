import type { Protocol } from '../../codec/protocol.js';
import type { Declaration } from './declaration.js';

/**
 * The operations that a version has, at its own paths: those that came with it or before and had not gone by then, less
 * what its protocol table leaves out. Extensions of the gateway are in every version.
 */
export function servedBy<O extends Declaration>(protocol: Protocol, declared: readonly O[]): O[] {
  const major = Number(protocol.number);
  return declared
    .filter((operation) => isInVersion(operation, major) && !isLeftOut(operation, protocol.without))
    .map((operation) => ({ ...operation, path: pathIn(protocol, operation.path) }));
}

function isInVersion({ since, until }: Declaration, major: number): boolean {
  if (since === 'gateway') return true;
  return Number.parseInt(since, 10) <= major && (until === undefined || major <= Number.parseInt(until, 10));
}

const isLeftOut = ({ name }: Declaration, without: readonly string[]): boolean =>
  without.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));

/** The first entry of the table that fits the beginning of a path, at the end of a segment, counts. */
function pathIn({ paths }: Protocol, path: string): string {
  const fits = paths.find(([from]) => path === from || path.startsWith(`${from}/`));
  return fits ? fits[1] + path.slice(fits[0].length) : path;
}
