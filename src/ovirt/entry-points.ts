/** An entry point. hrefs follow the entry point that a request came through (docs/reference/ovirt.md, section 1). */
export interface EntryPoint {
  readonly prefix: string;
  /** What a 401 names. ManageIQ compares the whole header, so nothing is appended to it. */
  readonly realm: 'ENGINE' | 'RESTAPI';
  /** Where the session's cookie is sent back to: the context root of the engine's application. */
  readonly cookiePath: string;
  /**
   * Whether the version can be chosen by path and by header. Engines 3.x ignore the header; what is behind /api is
   * always one.
   */
  readonly versioned: boolean;
}

/**
 * Engines 3.0 to 3.6 answer at /api and, from 3.5, at /ovirt-engine/api; engines 4.x also take the version from the
 * path and then
 * write it into hrefs. The longer prefix comes first.
 */
export const entryPoints: readonly EntryPoint[] = [
  { prefix: '/ovirt-engine/api/v3', realm: 'RESTAPI', cookiePath: '/ovirt-engine/api', versioned: false },
  { prefix: '/ovirt-engine/api', realm: 'RESTAPI', cookiePath: '/ovirt-engine/api', versioned: true },
  { prefix: '/api', realm: 'ENGINE', cookiePath: '/api', versioned: false },
];

const VERSION = '3';

/**
 * The version that a request at a versioned entry point asks for and that is not spoken here; undefined when all is
 * well. The
 * path comes before
 * the header, the header before the default (docs/reference/ovirt.md, section 1). The default is 3 until version 4 is
 * spoken.
 */
export function foreignVersion(
  { versioned }: EntryPoint,
  pathBelow: string,
  header: string | undefined,
): string | undefined {
  if (!versioned) return undefined;
  const wanted = /^\/v(\d+)(?:\/|$)/.exec(pathBelow)?.[1] ?? header?.trim() ?? VERSION;
  return wanted === VERSION ? undefined : wanted;
}
