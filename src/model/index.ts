export type * from '../generated/entities.js';
export * from './backend.js';
export * from './fault.js';
export * from './ids.js';
export * from './property.js';
export * from './words.js';
