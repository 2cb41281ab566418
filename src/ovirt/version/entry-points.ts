import type { Version } from './version.js';

/** An entry point. hrefs follow the entry point that a request came through (docs/reference/ovirt.md, section 1). */
export interface EntryPoint {
  readonly prefix: string;
  /** The realm of a 401. ManageIQ compares the whole header, so nothing is appended to it. */
  readonly realm: 'ENGINE' | 'RESTAPI';
  /** The path of the session's cookie: the context root of the engine's application. */
  readonly cookiePath: string;
  /** Whether the first segment below it may choose the version: `/ovirt-engine/api/v3`. */
  readonly versionInPath: boolean;
  /** The version if neither path nor header names one. */
  readonly defaultVersion: string;
}

/**
 * Engines 3.0 to 3.6 answer at /api and, from 3.5, at /ovirt-engine/api; engines 4.x at /ovirt-engine/api alone, in the
 * version that the path or the header names. `defaultVersion` is that of /ovirt-engine/api; /api speaks 3.
 */
export const entryPoints = (defaultVersion: string): readonly EntryPoint[] => [
  {
    prefix: '/ovirt-engine/api',
    realm: 'RESTAPI',
    cookiePath: '/ovirt-engine/api',
    versionInPath: true,
    defaultVersion,
  },
  { prefix: '/api', realm: 'ENGINE', cookiePath: '/api', versionInPath: false, defaultVersion: '3' },
];

/** The version that a request asks for, and its path parts. */
export interface RequestedVersion {
  readonly number: string;
  /** Entry point and version as in the URL: the beginning of hrefs. */
  readonly prefix: string;
  readonly path: string;
}

/**
 * What a request asks for: the path comes before the header, the header before the default (docs/reference/v4-wire.md,
 * section 1).
 */
export function askedFor(
  { prefix, versionInPath, defaultVersion }: EntryPoint,
  path: string,
  header: string | readonly string[] | undefined,
): RequestedVersion {
  const [all, inPath] = (versionInPath && /^\/v(\d+)(?=\/|$)/.exec(path)) || [];
  if (all !== undefined && inPath !== undefined)
    return { number: inPath, prefix: prefix + all, path: path.slice(all.length) || '/' };
  return { number: String(header ?? '').trim() || defaultVersion, prefix, path };
}

/** The version of that number; undefined if it is not served. */
export const versionOf = <V extends Version>(versions: readonly V[], number: string): V | undefined =>
  versions.find((version) => version.number === number);

/**
 * The version that a request to this URL is answered in, whatever is wrong with the rest of it: faults have their form
 * from it. `target`: as in the request line. `fallback` where there is no such entry point or version.
 */
export function versionAt<V extends Version>(
  { versions, entrances, fallback }: Served<V>,
  target: string,
  header: string | readonly string[] | undefined,
): V {
  const [path = ''] = target.split(/[;?]/, 1);
  const entryPoint = entrances.find(({ prefix }) => path.startsWith(prefix));
  if (!entryPoint) return fallback;
  return versionOf(versions, askedFor(entryPoint, path.slice(entryPoint.prefix.length), header).number) ?? fallback;
}

export interface Served<V extends Version> {
  readonly versions: readonly V[];
  readonly entrances: readonly EntryPoint[];
  /** Of faults where a URL names no version that is served. */
  readonly fallback: V;
}
