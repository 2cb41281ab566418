import { createRequire } from 'node:module';
import type * as xmlbuilder from 'xmlbuilder2';

const load = createRequire(import.meta.url);

/**
 * xmlbuilder2's `create`, loaded when the first tree is built: few requests need one, and loading it is a tenth of the
 * start-up time.
 */
export const create = ((...parts: Parameters<typeof xmlbuilder.create>) =>
  (load('xmlbuilder2') as typeof xmlbuilder).create(...parts)) as typeof xmlbuilder.create;
