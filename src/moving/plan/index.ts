export type { PlannedBackend, Shape } from './backend.js';
export { draftMapping, MappingFileError, noMapping, readMapping, type Mapping, type MappingKind } from './mapping.js';
export { planHtml } from './html.js';
export { NameIndex } from './names.js';
export type { Plan } from './model.js';
export { planOf } from './plan.js';
export { planText } from './text.js';
