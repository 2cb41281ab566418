export type * from '../generated/entities.js';
export type * from './asker.js';
export * from './backend.js';
export * from './fault.js';
export * from './ids.js';
export type * from './load.js';
export * from './property.js';
export * from './turnstile.js';
export * from './words.js';
