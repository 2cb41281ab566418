import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Makes a folder and those above it; one that exists is left as it is. Node.js' own recursive mkdir never returns where
 * a file system has a folder but takes nothing into it, such as `/proc` (nodejs/node#31481).
 * @param mode of folders that are made; the process' umask is taken off it
 * @throws Error of the file system: EACCES, ENOTDIR, EROFS …
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOTDIR comes from the next use of a file that has the name
    if (code === 'EEXIST') return;
    const above = dirname(folder);
    if (code !== 'ENOENT' || above === folder) throw error;
    await makeFolder(above, mode);
    await mkdir(folder, { mode }).catch((again: unknown) => {
      if ((again as NodeJS.ErrnoException).code !== 'EEXIST') throw again;
    });
  }
}

/** Makes a folder, and makes sure that it takes files. @throws Error of the file system */
export async function makeWritableFolder(folder: string, mode?: number): Promise<void> {
  await makeFolder(folder, mode);
  const probe = join(folder, `.writable-${process.pid}`);
  await writeFile(probe, '');
  await rm(probe);
}
