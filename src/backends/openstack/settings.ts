import type { HttpSettings } from '../http/settings.js';

/** A domain by its name or its id. */
export type Domain = string | { readonly id: string };

/** A project by its name, which is unique within its domain. */
export interface NamedProject {
  readonly domain: Domain;
  readonly project: string;
}

/** Settings of any OpenStack backend; marks as in docs/reference/power.md: [V] read in IBM's documents or clients. */
export interface OpenStackSettings extends HttpSettings {
  /**
   * Keystone's address with its version: `https://powervc.example.com:5000/v3`. Every other address comes from its
   * catalog.
   */
  readonly authUrl: string;
  /** Region of the catalog's entries to use. Absent: any. */
  readonly region?: string;
  /** Which of the catalog's addresses to use. IBM: the public ones [V]. */
  readonly interface: 'public' | 'internal' | 'admin';
  /** Domain of the users that log in. `Default` is the only one that PowerVC supports [V]. */
  readonly userDomain: Domain;
  /**
   * oVirt's profile (`internal` in `admin@internal`) → Keystone's project and its domain. A login with another profile
   * is refused.
   */
  readonly projectsByProfile: Readonly<Record<string, NamedProject | { readonly id: string }>>;
  /** Logs in instead of any user: for `check`. */
  readonly applicationCredential?: { readonly id: string; readonly secret: string };
  /**
   * A token is renewed when it has fewer seconds left than this, or a sixth of its life. IBM: an hour before its end
   * [V].
   */
  readonly renewBeforeSeconds: number;
  /** Items of a page of servers, volumes and images. By default Nova returns at most 1000. */
  readonly pageSize: number;
  /** How long storage templates, host groups and hosts are cached, for names and ids in other answers. */
  readonly referenceSeconds: number;
}
