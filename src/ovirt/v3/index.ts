import { root } from './root.js';

/** Version 3, as engines 3.0 to 3.6 speak it (docs/reference/ovirt.md). */
export const v3 = { root };
