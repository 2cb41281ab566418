import type { Protocol } from '../../codec/protocol.js';
import type { Declaration } from './declaration.js';

/**
 * The operations of a version, at its own paths: those that it or an earlier release introduced and that were not
 * removed before it, except those that its protocol table leaves out. Every version has the gateway's extensions.
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

/** The first entry of the table that is a prefix of the path, up to the end of a segment, counts. */
function pathIn({ paths }: Protocol, path: string): string {
  const fits = paths.find(([from]) => path === from || path.startsWith(`${from}/`));
  return fits ? fits[1] + path.slice(fits[0].length) : path;
}
