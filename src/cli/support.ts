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
  io.stdout.write(
    given['json'] === true
      ? `${JSON.stringify(rows, null, 2)}\n`
      : matrixText(rows, { fields: given['fields'] === true }),
  );
  return EXIT.ok;
}
