export { MappingError, type Lost, type Mapped, type MappingContext } from './mapped.js';
