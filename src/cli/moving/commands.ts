import { InvalidArgumentError, type Command } from 'commander';
import { withEndpoint } from '../endpoint-options.js';
import type { Io } from '../io.js';
import type { Given } from '../options.js';

type Add = (name: string, description: string) => Command;
type Act = (given: Given, io: Io) => Promise<number>;
type Run = (load: () => Promise<Act>) => (given: Given) => Promise<void>;

const count =
  (most: number) =>
  (value: string): string => {
    if (!/^\d+$/.test(value) || Number(value) < 1 || Number(value) > most)
      throw new InvalidArgumentError(`It is a whole number from 1 to ${most}.`);
    return value;
  };

const INVENTORY = `
The result is NDJSON: one JSON object a line. The first says where it comes from, the last that nothing is missing: plan and
compare refuse a file without it. What cannot be read is a line of its own, is told on standard error, and makes the exit code 1.

  OVIRT_PASSWORD=... ovirt-powervc-gateway inventory --url https://engine.example.com/ovirt-engine/api \\
    --user admin@internal --ca-file engine.pem --output rhv.ndjson`;

/** The commands for a move from one oVirt endpoint to another. */
export function addMovingCommands(add: Add, run: Run): void {
  withEndpoint(add('inventory', 'Read everything that concerns VMs from an oVirt API, version 3 or 4.'))
    .option('--output <file>', 'Where to write; standard output when absent or -.')
    .option('--search <query>', 'Only VMs that this search finds, such as cluster=Production.')
    .option('--at-once <count>', 'VMs that are read at once.', count(32), '4')
    .addHelpText('after', INVENTORY)
    .action(run(async () => (await import('./inventory.js')).inventory));
}
