import type { ImagePort } from '../../model/index.js';
import { capabilities } from './capabilities.js';
import { unsupported } from './unsupported.js';

/** No bytes go in or out: whoever asks is refused by the capability first. */
export function createNoImageData(): ImagePort {
  const refuse = async (): Promise<never> => {
    throw unsupported('transfer', 'The content of a disk', String(capabilities['disk.upload']));
  };
  return {
    create: refuse,
    write: refuse,
    read: refuse,
    look: refuse,
    named: refuse,
    ofDisk: refuse,
    intoDisk: refuse,
    remove: refuse,
  };
}
