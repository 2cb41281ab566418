import { operations } from '../../src/ovirt/index.js';
import { rewriteBlocks } from './blocks.js';
import { faultsTable } from './faults.js';
import { supportMatrix } from './matrix.js';
import { settingsTable } from './settings.js';

export { packageRoot } from '../../src/settings/index.js';

export interface GeneratedDocument { readonly file: string; readonly render: (text: string) => string }

/** Every document with generated blocks. */
export const documents: readonly GeneratedDocument[] = [
  { file: 'README.md', render: (text) => rewriteBlocks(text, { matrix: supportMatrix(operations), settings: settingsTable() }) },
  { file: 'docs/faults.md', render: (text) => rewriteBlocks(text, { faults: faultsTable() }) },
];
