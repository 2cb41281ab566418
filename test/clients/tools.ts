import { spawnSync } from 'node:child_process';

/**
 * Whether a program is here. Where clients are said to be required (CI), a missing one is an error and not a skip;
 * elsewhere it is said loudly.
 */
export const available = (program: string, how: string): boolean =>
  works(program, ['sh', '-c', `command -v ${program}`], how);

/** As `available`, for what is no program: whether a command that tries it succeeds. */
export function works(program: string, [command = '', ...args]: readonly string[], how: string): boolean {
  const found = spawnSync(command, args).status === 0;
  if (found) return true;
  if (process.env['CLIENTS_REQUIRED'] === '1')
    throw new Error(`${program} is not installed, and CLIENTS_REQUIRED=1 (${how})`);
  console.warn(`\n*** ${program} is not installed: its tests are SKIPPED (${how}) ***\n`);
  return false;
}
