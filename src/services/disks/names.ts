import { isFault, type Disk } from '../../model/index.js';
import type { Scope } from '../context.js';
import { stays } from '../work/rivals.js';
import { collect } from '../work/wait.js';

/** How many numbers are tried, in clouds with unique names, if another replica was faster. */
const TRIES = 5;

/**
 * Makes a disk under a default name: the stem and the first number from `first` on that no disk of the project has.
 * Engines count the disks of the VM, and may repeat a name; in Power Virtual Server names are unique. A name does not
 * change when other disks are removed.
 */
export function named(scope: Scope, stem: string, first: number, make: (name: string) => Promise<Disk>): Promise<Disk> {
  return scope.work.alone(`disk-names/${scope.session.project.id}/${stem}`, async () => {
    for (let tries = 1; ; tries += 1) {
      const name = await free(scope, stem, first);
      try {
        return await alone(scope, stem, first, await make(name));
      } catch (error) {
        if (!isFault(error, 'backend.conflict') || tries === TRIES) throw error;
      }
    }
  });
}

/** Renames the disk if another replica has given the same name. */
async function alone(scope: Scope, stem: string, first: number, created: Disk): Promise<Disk> {
  let { alias = '' } = created;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await stays(scope, created.id, () => namesakes(scope, alias))) break;
    alias = await free(scope, stem, first);
    await scope.session.disks.update(created.id, { name: alias });
  }
  return { ...created, alias };
}

const namesakes = async (scope: Scope, name: string): Promise<string[]> =>
  (await collect(scope.session.disks.list())).filter(({ alias }) => alias === name).map(({ id }) => id);

async function free(scope: Scope, stem: string, first: number): Promise<string> {
  const taken = new Set((await collect(scope.session.disks.list())).map(({ alias }) => alias));
  let number = first;
  while (taken.has(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}
