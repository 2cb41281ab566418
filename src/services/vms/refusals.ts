import { Fault } from '../../model/index.js';

/** Another work is under way with the VM; engines' own text. */
export const transition = (verb: string): Fault => new Fault('conflict.transition', { verb, what: 'VM' });

/** The state of the VM does not allow it. `text` as engines write it, without brackets. */
export const conflict = (text: string): Fault => new Fault('conflict', { text });
