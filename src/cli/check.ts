import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkSchemas, type Problem } from '../schemas/index.js';
import { packageRoot, SettingsError } from '../settings/index.js';
import { checkBackend } from './check-backend.js';
import { CommandError, EXIT, type Io } from './io.js';
import { settingsFor, type Given } from './options.js';

function settingsProblems(given: Given, io: Io): readonly string[] {
  try {
    settingsFor('check', given, io.environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

const place = ({ file, row, field }: Problem, folder: string): string =>
  [
    relative('', join(folder, file)),
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(field === undefined ? [] : [`field ${field}`]),
  ].join(', ');

/**
 * `check`: tells every error of the settings, the schemas and the tables; with `--backend` also what that backend
 * supports. Gives the exit code: 1 when there is one.
 */
export async function check(given: Given, io: Io): Promise<number> {
  const folder = typeof given['schemas'] === 'string' ? given['schemas'] : join(packageRoot, 'schemas');
  if (!existsSync(folder)) throw new CommandError(`${folder}: there is no such folder`, EXIT.usage);
  const lines = [
    ...settingsProblems(given, io),
    ...checkSchemas(folder).map((problem) => `${place(problem, folder)}: ${problem.message}`),
  ];
  for (const line of lines) io.stdout.write(`${line}\n`);
  io.stdout.write(
    lines.length === 0
      ? 'Settings, schemas and tables are in order.\n'
      : `${lines.length} ${lines.length === 1 ? 'error' : 'errors'}.\n`,
  );
  if (lines.length > 0) return EXIT.failed;
  return typeof given['backend'] === 'string'
    ? checkBackend(settingsFor('check', given, io.environment).settings, io)
    : EXIT.ok;
}
