import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Replaces the failure of a call for a missing file by this value. */
export const unlessMissing =
  <T>(value: T) =>
  (error: unknown): T => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return value;
    throw error;
  };

/** Each change of a record is a file of its own: `<number>.json`, the highest number counts. */
const VERSION = /^(\d+)\.json$/;

/** A record as it is now. */
export interface Version {
  readonly number: number;
  readonly text: string;
}

const fileOf = (folder: string, number: number): string => join(folder, `${number}.json`);

async function versionsOf(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(unlessMissing<string[]>([]));
  return names
    .flatMap((name) => VERSION.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** The newest record of a folder; undefined when there is none. */
export async function newest(folder: string): Promise<Version | undefined> {
  for (;;) {
    const number = (await versionsOf(folder)).at(-1);
    if (number === undefined) return undefined;
    const text = await readFile(fileOf(folder, number), 'utf8').catch(unlessMissing(undefined));
    // if it is missing, a newer one has replaced it
    if (text !== undefined) return { number, text };
  }
}

/** The file of the newest record. */
export async function newestFile(folder: string): Promise<string | undefined> {
  const number = (await versionsOf(folder)).at(-1);
  return number === undefined ? undefined : fileOf(folder, number);
}

/**
 * Replaces the record of this number, unless another process did so first: then it returns false and has changed
 * nothing. There is no lock that a dying process could keep: a hard link is created, or it exists already.
 *
 * Old records are removed from the oldest on, so that as long as one exists, all newer ones do: the link is valid if
 * the former record still exists after it was made.
 */
export async function follow(folder: string, number: number, text: string): Promise<boolean> {
  const beside = join(folder, `${randomUUID()}.new`);
  const next = fileOf(folder, number + 1);
  try {
    await writeFile(beside, text, { mode: 0o600 });
    await link(beside, next);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
  if (!(await stat(fileOf(folder, number)).catch(unlessMissing(undefined)))) {
    await rm(next, { force: true });
    return false;
  }
  for (const older of await versionsOf(folder)) if (older <= number) await rm(fileOf(folder, older), { force: true });
  return true;
}
