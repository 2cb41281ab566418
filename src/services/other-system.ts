import type { Architecture } from '../model/index.js';

/** Engines' name for "Other OS" on an architecture. */
export const otherSystem = (architecture: Architecture = 'ppc64'): string =>
  architecture === 'ppc64' || architecture === 's390x' ? `other_${architecture}` : 'other';
