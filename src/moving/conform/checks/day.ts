import type { Check } from '../check.js';
import { expectThat } from '../outcomes.js';
import { expectAction, vmPath } from './day-steps.js';
import { deviceChecks } from './day-devices.js';
import { runningChecks } from './day-running.js';
import { vmChecks } from './day-vm.js';

/** The life of a VM, in this order: it is created, changed, started and stopped. */
export const dayChecks: readonly Check[] = [...vmChecks, ...deviceChecks, ...runningChecks].map((check) => ({
  ...check,
  profile: 'day',
}));

/** The last checks, which remove what the others created. */
export const endChecks: readonly Check[] = (
  [
    {
      name: 'vms.delete',
      operation: 'vms.delete',
      title: 'removing a VM answers 200 with an action document; then the VM is 404',
      source: 'engine: BackendVmResource.remove; SDK 4 accepts only 200',
      async run(bench) {
        const path = vmPath(bench);
        expectAction(await bench.good([200], 'DELETE', path));
        const deadline = Date.now() + bench.options.patienceMs;
        let status = 200;
        while (status === 200 && Date.now() < deadline) {
          ({ status } = await bench.ask('GET', path));
          if (status === 200) await bench.rest();
        }
        expectThat(status === 404, '404 in the end', `${status}`);
      },
    },
    {
      name: 'tags.delete',
      operation: 'tags.delete',
      title: 'a tag is removed: 200',
      source: 'engine: BackendTagResource.remove',
      run: async (bench) => void (await bench.good([200], 'DELETE', `/tags/${bench.need('tag')}`)),
    },
  ] satisfies Omit<Check, 'profile'>[]
).map((check) => ({ ...check, profile: 'day' }));
