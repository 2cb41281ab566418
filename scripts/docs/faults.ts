import { catalogue } from '../../src/model/index.js';
import { table } from './blocks.js';

/** The table of faults: from src/model/catalogue.ts. */
export const faultsTable = (): string =>
  table(
    ['code', 'status', 'reason', 'detail', 'try again'],
    Object.entries(catalogue).map(([code, entry]) => [
      `\`${code}\``,
      String(entry.status),
      entry.reason,
      `\`${entry.detail}\``,
      entry.retry,
    ]),
  );
