import { cloudKinds, type SimulatedKind } from '../../test/support/simulated-clouds.js';

/** Runs, prints figures, and returns whether the promises held. */
export type Command = (args: readonly string[]) => Promise<boolean>;

/** The command cannot be run with these arguments: printed without a stack. */
export class Refused extends Error {}

/** The number behind `--name`, or the default. */
export function numberOf(args: readonly string[], name: string, otherwise: number): number {
  const at = args.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(args[at + 1]);
  if (!Number.isFinite(value) || value <= 0) throw new Refused(`--${name} wants a number above 0`);
  return value;
}

/** The word behind `--name`; undefined when it is not given. */
export function wordOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(`--${name}`);
  if (at < 0) return undefined;
  const value = args[at + 1];
  if (value === undefined || value.startsWith('--')) throw new Refused(`--${name} wants a word`);
  return value;
}

/** The clouds of `--backend`: one, or all three without it. */
export function backendsOf(args: readonly string[]): readonly SimulatedKind[] {
  const word = wordOf(args, 'backend');
  if (word === undefined) return cloudKinds;
  const kind = cloudKinds.find((one) => one === word);
  if (!kind) throw new Refused(`--backend is one of ${cloudKinds.join(', ')}`);
  return [kind];
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`);

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
