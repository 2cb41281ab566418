/** Runs, prints figures, and says whether what is promised held. */
export type Command = (args: readonly string[]) => Promise<boolean>;

/** The command cannot be run as it was asked for: told, without a stack. */
export class Refused extends Error {}

/** The number behind `--name`, or the default. */
export function numberOf(args: readonly string[], name: string, otherwise: number): number {
  const at = args.indexOf(`--${name}`);
  const value = at < 0 ? otherwise : Number(args[at + 1]);
  if (!Number.isFinite(value) || value <= 0) throw new Refused(`--${name} wants a number above 0`);
  return value;
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`);

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
