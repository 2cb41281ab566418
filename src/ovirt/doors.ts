/** An entry point. hrefs follow the door that a request came through (shared/facts/ovirt.md, section 1). */
export interface Door {
  readonly prefix: string;
  /** What a 401 names. ManageIQ compares the whole header, so nothing is appended to it. */
  readonly realm: 'ENGINE' | 'RESTAPI';
}

/**
 * Engines 3.0 to 3.6 answer at /api and, from 3.5, at /ovirt-engine/api; engines 4.x also take the version from the path and then
 * write it into hrefs. The longer prefix comes first.
 */
export const doors: readonly Door[] = [
  { prefix: '/ovirt-engine/api/v3', realm: 'RESTAPI' },
  { prefix: '/ovirt-engine/api', realm: 'RESTAPI' },
  { prefix: '/api', realm: 'ENGINE' },
];
