import { Fault } from '../../model/index.js';

/** The state of the VM does not allow it. `text` in engines' words, without brackets. */
export const conflict = (text: string): Fault => new Fault('conflict', { text });
