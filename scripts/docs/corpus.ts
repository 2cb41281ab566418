import { readKit } from '../../src/moving/conform/index.js';
import { packageRoot } from '../../src/settings/index.js';
import { table } from './blocks.js';

/** The exchanges that `conform --corpus` leaves out, by their reason, for docs/conformance.md. */
export function leftOutTable(): string {
  const { entries, leftOut } = readKit(`${packageRoot}fixtures/exchanges`);
  const byReason = new Map<string, string[]>();
  for (const { name, why } of leftOut) byReason.set(why, [...(byReason.get(why) ?? []), `\`${name}\``]);
  return [
    `${entries.length} exchanges are sent; ${leftOut.length} are left out:`,
    '',
    table(
      ['exchanges', 'why they are left out'],
      [...byReason].map(([why, names]) => [names.join(', '), why]),
    ),
  ].join('\n');
}
