import { describe, expect, it } from 'vitest';
import { diskOperations } from '../../../test/support/crash-operations/disks.js';
import { nicOperations } from '../../../test/support/crash-operations/nics.js';
import { partOperations } from '../../../test/support/crash-operations/parts.js';
import { vmOperations } from '../../../test/support/crash-operations/vms.js';
import { FLOATING, world, type Operation, collect, lookAtVm } from '../../../test/support/crash-operations/world.js';
import type { FakeWorld } from '../../../test/support/fake-world.js';
import { fakeThings, wrongs } from '../../../test/support/invariants.js';
import { scopeOn } from '../../../test/support/scope.js';

/**
 * Every composed verb, and a process that ends after each single call of it: the call is executed and its answer never
 * comes. Another process then looks at the resource, as a client would that comes back. In the end all is done, or
 * nothing was begun; nothing belongs to nothing, and no mark is left.
 */
const operations = [...diskOperations, ...vmOperations, ...nicOperations, ...partOperations];

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

function given({ given }: Operation): FakeWorld {
  const fakeWorld = world();
  given?.(fakeWorld);
  return fakeWorld;
}

/** Lets work of the backend's own end. */
const lookAround = async (fakeWorld: FakeWorld): Promise<void> => {
  for (let look = 0; look < 3; look += 1) await collect(scopeOn(fakeWorld).session.disks.list());
};

/** The client comes back, and again when leases are over. */
async function comeBack({ resume = lookAtVm }: Operation, fakeWorld: FakeWorld): Promise<void> {
  const scope = scopeOn(fakeWorld);
  for (const wait of [0, 0, scope.settings.leaseMs + 5, 0]) {
    await pause(wait);
    await resume(scope);
    await scope.work.settled();
  }
}

describe.each(operations)('$name', (operation) => {
  const floating = new Set([FLOATING, ...(operation.floating ?? [])]);

  it('does what it says and leaves no mark', async () => {
    const fakeWorld = given(operation);
    const scope = scopeOn(fakeWorld);
    await operation.run(scope);
    await scope.work.settled();
    await lookAround(fakeWorld);
    expect(wrongs(fakeThings(fakeWorld), floating)).toEqual([]);
    expect(operation.done(fakeWorld)).toBe(true);
  });

  it('survives a crash after every call', async () => {
    const whole = scopeOn(given(operation));
    await operation.run(whole);
    const calls = whole.session.calls;

    const outcomes = await Promise.all(
      calls.map(async (call, index) => {
        const fakeWorld = given(operation);
        const scope = scopeOn(fakeWorld);
        scope.session.killAfter(index + 1);
        let ended = false;
        let failure: unknown;
        operation.run(scope).then(
          () => (ended = true),
          (error: unknown) => {
            failure = error;
            ended = true;
          },
        );
        while (!scope.session.killed && !ended) await pause(1);
        await pause(3);
        expect(failure).toBeUndefined();
        await comeBack(operation, fakeWorld);
        const state = operation.done(fakeWorld) ? 'done' : operation.untouched(fakeWorld) ? 'untouched' : 'half done';
        return { after: `${index + 1} ${call}`, state, wrongs: wrongs(fakeThings(fakeWorld), floating) };
      }),
    );

    expect(outcomes.filter(({ state, wrongs }) => state === 'half done' || wrongs.length > 0)).toEqual([]);
    expect(outcomes.at(-1)?.state).toBe('done');
  });
});
