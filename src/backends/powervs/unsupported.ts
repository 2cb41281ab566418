import { Fault, type Property } from '../../model/index.js';

/** What PowerVS cannot do, by name. `why`: a sentence. */
export const unsupported = (operation: string, subject: Property | string, why: string): Fault =>
  new Fault('unsupported', { operation, subject, backend: 'powervs', why });
