import { rewriteBlocks } from './blocks.js';
import { leftOutTable } from './corpus.js';
import { faultExample, workedExample } from './example.js';
import { faultsTable } from './faults.js';
import { searchTables } from './search.js';
import { exampleFile, settingsTable } from './settings.js';
import { statementTables } from './statements.js';
import { collectionsTable, supportBlocks } from './support.js';

export { packageRoot } from '../../src/settings/index.js';

export interface GeneratedDocument {
  readonly file: string;
  readonly render: (text: string) => string;
}

/** Every document with generated blocks. */
export const documents: readonly GeneratedDocument[] = [
  {
    file: 'README.md',
    render: (text) =>
      rewriteBlocks(text, {
        example: workedExample(),
        fault: faultExample(),
      }),
  },
  { file: 'docs/settings.md', render: (text) => rewriteBlocks(text, { settings: settingsTable() }) },
  { file: 'gateway.example.yaml', render: () => exampleFile() },
  { file: 'docs/conformance.md', render: (text) => rewriteBlocks(text, { 'left-out': leftOutTable() }) },
  { file: 'docs/search.md', render: (text) => rewriteBlocks(text, { search: searchTables() }) },
  { file: 'docs/statements.md', render: (text) => rewriteBlocks(text, { statements: statementTables() }) },
  { file: 'docs/faults.md', render: (text) => rewriteBlocks(text, { faults: faultsTable() }) },
  {
    file: 'docs/support.md',
    render: (text) => rewriteBlocks(text, { matrix: collectionsTable(), ...supportBlocks() }),
  },
];
