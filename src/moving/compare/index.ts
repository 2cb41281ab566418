export { compare, comparisonText, type Comparison } from './compare.js';
export { summariesOf } from './summary.js';
