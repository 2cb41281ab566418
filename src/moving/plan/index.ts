export type { PlannedBackend, Shape } from './backend.js';
export { draftMapping, MappingFileError, noMapping, readMapping, type Mapping, type MappingKind } from './mapping.js';
export { planHtml } from './html.js';
export { NameIndex } from './names.js';
export { planOf, type Plan } from './plan.js';
export { planText } from './text.js';
