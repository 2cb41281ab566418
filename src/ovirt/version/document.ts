import type { Filled } from '../../codec/index.js';

/** The members that every resource's document can have (type BaseResource); the rest is the version's. */
export interface Document {
  href?: string;
  id?: string;
  actions?: { link?: Links };
  link?: Links;
  creation_status?: unknown;
  [property: string]: unknown;
}

export interface Link {
  href?: string;
  rel?: string;
}

export type Links = readonly Link[] | Filled<Link>;
