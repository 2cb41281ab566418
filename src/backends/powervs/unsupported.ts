import { Fault, type Property } from '../../model/index.js';
import { words } from './capabilities.js';

/** What PowerVS cannot do, by name. `why`: a sentence. */
export const unsupported = (operation: string, subject: Property | string, why: string): Fault =>
  new Fault('unsupported', { operation, subject, backend: words.cloud, why });
