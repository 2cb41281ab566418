import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../src/simulator/index.js';
import { addDisk, addNic, composedOperations, createVm, judge, named } from './support/composed.js';
import { Lanes, send } from './support/crash.js';
import { ensureBuilt, startProcess } from './support/gateway-process.js';
import { startSevered } from './support/gateway-severed.js';
import { powerVc } from './support/simulated-clouds.js';

/**
 * A gateway that dies after any of the backend calls that an operation takes: the call is executed, its answer never
 * arrives. Another gateway, which knows nothing of it, then gets the request of a client that comes back. In the end
 * all is done or nothing was begun, nothing belongs to nothing, no mark is left and nothing that was there is lost.
 *
 * `npm test` takes a sample of the positions: every fourth, beginning with another one for each operation, and the
 * last; the gateway is cut off from the cloud in this process. With CRASH_POINTS=all (`npm run chaos:crash`) each
 * position is walked, and the gateway is a process that gets SIGKILL.
 */
const EXHAUSTIVE = process.env['CRASH_POINTS'] === 'all';
const STRIDE = 4;
const lanes = new Lanes(powerVc);

beforeAll(async () => {
  if (EXHAUSTIVE) ensureBuilt();
  await lanes.open(3, EXHAUSTIVE ? startProcess : startSevered);
});
afterAll(() => lanes.close());

/** The positions of 1 to `count` at which this run kills; `turn` is where the sample begins. */
const killedAt = (count: number, turn: number): number[] =>
  Array.from({ length: count }, (_, index) => index + 1).filter(
    (position) => EXHAUSTIVE || position === count || position % STRIDE === turn % STRIDE,
  );

const operations = composedOperations.map((operation, turn) => ({ name: operation.name, operation, turn }));

describe.each(operations)('$name', ({ operation, turn }) => {
  it('leaves nothing behind, wherever the process is killed', async () => {
    const { positions, judged } = await lanes.with(async (lane) => {
      const { positions } = await lane.run(operation);
      return { positions, judged: judge(lane.simulator.world, operation) };
    });
    expect(judged).toEqual({ state: 'done', wrongs: [] });
    expect(positions).toBeGreaterThan(2);

    const outcomes = await Promise.all(
      killedAt(positions, turn).map((position) =>
        lanes.with(async (lane) => {
          const { at: after } = await lane.killAt(operation, position);
          await lane.comeBack(operation);
          return { after, ...judge(lane.simulator.world, operation), breaches: lane.simulator.breaches.length };
        }),
      ),
    );
    expect(
      outcomes.filter(({ state, wrongs, breaches }) => state === 'half done' || wrongs.length > 0 || breaches > 0),
    ).toEqual([]);
    expect(outcomes.at(-1)).toMatchObject({ state: 'done' });
  });
});

/** How many there are in the end, when a client that got no answer sends the same request again. */
describe.each([
  { operation: addDisk, count: (world: World) => named(world.volumes, 'new').length, most: 2 },
  { operation: createVm, count: (world: World) => named(world.servers, 'new').length, most: 1 },
  { operation: addNic, count: (world: World) => named(world.ports, 'new').length, most: 1 },
])('$operation.name, and the client asks again', ({ operation, count, most }) => {
  it(`gives at most ${most}, each whole`, async () => {
    const { positions } = await lanes.with((lane) => lane.run(operation));
    const outcomes = await Promise.all(
      killedAt(positions, most).map((position) =>
        lanes.with(async (lane) => {
          const { at: after } = await lane.killAt(operation, position);
          const again = await send(lane.survivor, operation.request);
          await lane.comeBack(operation);
          const { world } = lane.simulator;
          return { after, again: again.status, count: count(world), wrongs: judge(world, operation).wrongs };
        }),
      ),
    );
    expect(outcomes.filter(({ count, wrongs }) => count < 1 || count > most || wrongs.length > 0)).toEqual([]);
    expect(outcomes.some(({ again }) => again === 201 || again === 202)).toBe(true);
  });
});
