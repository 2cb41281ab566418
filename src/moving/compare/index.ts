export { compare, comparisonText, type Comparison } from './compare.js';
export { ignorable, summariesOf } from './summary.js';
