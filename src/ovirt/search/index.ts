import './tables/index.js';

export type { Pages, Search } from './search.js';
export { readSearch } from './search.js';
export { field, type SearchTable } from './table.js';
export { commonSearch } from './tables/common.js';
