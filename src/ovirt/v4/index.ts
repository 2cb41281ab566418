import { root } from './root.js';

/** Version 4, as engines 4.0 to 4.5 speak it (docs/reference/v4-wire.md). */
export const v4 = { root };
