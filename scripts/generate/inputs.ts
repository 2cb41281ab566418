import type { Schema } from '../../src/schemas/schema.js';

/** Whether what a client asks for of an entity has a type of its own: there nothing must be there. */
export const hasInput = (schema: Schema | undefined): boolean => schema?.['x-input'] === true;
