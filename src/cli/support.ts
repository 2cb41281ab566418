import { supportedBackends } from '../gateway/backends.js';
import { packageRoot } from '../settings/index.js';
import { filtered, filterOf, matrixText, readMatrix } from '../support/index.js';
import { EXIT, type Io } from './io.js';
import { settingsFor, type Given } from './options.js';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * `support`: prints what is supported, how, and why not. For each backend; what the settings declare of PowerVC counts.
 */
export async function support(given: Given, io: Io): Promise<number> {
  const { settings } = settingsFor('support', given, io);
  const matrix = readMatrix(
    `${packageRoot}schemas`,
    supportedBackends(settings).filter(({ name }) => given['backend'] === undefined || given['backend'] === name),
  );
  const rows = filtered(
    matrix,
    filterOf(new URLSearchParams({ find: textOf(given['find']), support: textOf(given['support']) })),
  );
  if (rows.operations.length === 0 && rows.types.length === 0) {
    io.stderr.write('No operation or field matches all of these words.\n');
    return EXIT.failed;
  }
  if (given['json'] === true) {
    io.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return EXIT.ok;
  }
  const fields = given['fields'] === true || rows.operations.length === 0;
  const more = rows.types.reduce((sum, type) => sum + type.fields.length, 0);
  io.stdout.write(matrixText(rows, { fields }).trimStart());
  if (!fields && more > 0 && textOf(given['find']) !== '')
    io.stdout.write(`\n${more} fields match, too: --fields prints them.\n`);
  return EXIT.ok;
}
