import { expect, it } from 'vitest';
import { FakeWorld, id } from '../../../test/support/fake-world.js';
import { scopeOn } from '../../../test/support/scope.js';
import { collect } from '../work/wait.js';
import * as vms from '../vms/index.js';

it.each(['settings', 'wanted', 'next_run', 'guest'])(
  'the note %s that is invalid costs itself only, and is warned of once however often its VM is listed',
  async (note) => {
    const world = new FakeWorld();
    world.addVm({ id: id('vm', 1), name: 'bad', notes: { [note]: '{' } });
    world.addVm({ id: id('vm', 2), name: 'good' });
    const warnings: unknown[] = [];
    const warn = (_: string, fields?: object): void => void warnings.push(fields);
    const scope = { ...scopeOn(world), log: { info: () => undefined, error: () => undefined, warn } };
    for (let look = 0; look < 3; look += 1)
      expect((await collect(vms.list(scope))).map(({ name }) => name)).toEqual(['bad', 'good']);
    expect(warnings).toEqual([{ resource: `VM ${id('vm', 1)}`, note, why: expect.any(String) as string }]);
  },
);
