import type { Version } from '../version/version.js';
import type { Operation } from './operation.js';

/**
 * Whether a collection is empty where the cloud has no means for it, instead of refused by name: as the version has it,
 * and in each version where it is the gateway's own, as persistent memory is.
 */
export const emptyWhenUnable = ({ protocol }: Version, { since }: Operation): boolean =>
  protocol.emptyWhenUnable || since === 'gateway';
