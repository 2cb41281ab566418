import { Fault, type PmemPort, type Property } from '../../model/index.js';
import { capabilitiesOf, words } from './capabilities.js';

/** What plain OpenStack cannot do, by name. `why`: a sentence. */
export const unsupported = (operation: string, subject: Property | string, why: string): Fault =>
  new Fault('unsupported', { operation, subject, backend: words.cloud, why });

/** Persistent memory volumes: there are none, and none can be. */
export function createNoPmem(): PmemPort {
  const refuse = (operation: string): never => {
    throw unsupported(operation, 'PmemVolume', String(capabilitiesOf(undefined).pmem));
  };
  return {
    list: async () => [],
    add: async () => refuse('add'),
    remove: async () => refuse('remove'),
    rename: async () => refuse('rename'),
  };
}
