import { afterEach, expect, test } from 'vitest';
import { powerVsIds as ids, startPowerVsSimulator, type PowerVsSimulator } from '../src/simulator/powervs/index.js';
import { judgePowerVs, powerVsOperations } from './support/composed-powervs.js';
import { Lanes, send } from './support/crash.js';
import type { GatewayProcess } from './support/gateway-process.js';
import { startSevered } from './support/gateway-severed.js';
import { powerVs } from './support/simulated-clouds.js';

/** What a gateway before Power Virtual Server was at when it was killed, and the next one finishes. */
let simulator: PowerVsSimulator | undefined;
let gateways: GatewayProcess[] = [];
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.kill()));
  await simulator?.close();
  gateways = [];
});

test('a stop that waits for the end of a start is carried out by the next gateway', async () => {
  const cloud = await startPowerVsSimulator({ timeScale: 0.2 });
  simulator = cloud;
  const [first, second] = await Promise.all([0, 1].map(() => startSevered('powervs', cloud.url)));
  gateways = [first!, second!];
  const act = async (action: string): Promise<number> =>
    (await send(first!, { method: 'POST', path: `/api/vms/${ids.instances.sles}/${action}`, body: '<action/>' }))
      .status;
  expect([await act('start'), await act('stop')]).toEqual([200, 200]);
  await first!.kill();
  const vm = cloud.world.instances.get(ids.instances.sles);
  const powered = (): unknown[] =>
    cloud.calls.filter(({ path }) => path.endsWith('/action')).map(({ body }) => (body as { action: string }).action);
  await expect
    .poll(
      async () => {
        await send(second!, { method: 'GET', path: '/api/vms' });
        const groups = [...cloud.world.placementGroups.values()].map(({ name }) => name);
        return [powered(), vm?.status, groups.filter((name) => name.startsWith('ovirt-'))];
      },
      { timeout: 10_000, interval: 150 },
    )
    .toEqual([['start', 'immediate-shutdown'], 'SHUTOFF', []]);
});

const kept = ['clone a VM', 'start a VM with a size', 'add the first NIC'];
const operations = powerVsOperations.filter(({ name }) => kept.some((start) => name.startsWith(start)));

/** `npm run chaos -- faults --backend powervs` walks each call. */
const STRIDE = 5;
const sample = (calls: number): number[] =>
  Array.from({ length: calls }, (_, index) => index + 1).filter((call) => call === calls || call % STRIDE === 2);

test.each(operations)('$name: whole or not begun, wherever the gateway is killed', async (operation) => {
  const lanes = new Lanes(powerVs);
  await lanes.open(2, startSevered);
  try {
    const { calls } = await lanes.with((lane) => lane.run(operation));
    const wrong = await Promise.all(
      sample(calls).map((call) =>
        lanes.with(async (lane) => {
          await lane.killAt(operation, call, { phase: 'after', eachCall: true });
          await lane.comeBack(operation);
          const { state, wrongs } = judgePowerVs(lane.simulator.world, operation);
          return state === 'half done' || wrongs.length > 0 ? [{ call, state, wrongs }] : [];
        }),
      ),
    );
    expect(wrong.flat()).toEqual([]);
  } finally {
    await lanes.close();
  }
});

test('a NIC that replaced the one of the deployment leaves no note behind, whichever of its last calls is lost', async () => {
  const operation = operations.find(({ name }) => name.startsWith('add the first NIC'));
  if (!operation) throw new Error('there is no such operation');
  const lanes = new Lanes(powerVs);
  await lanes.open(1, startSevered);
  try {
    const ends = await lanes.with(async (lane) => {
      const found: unknown[] = [];
      for (const call of [20, 21, 22, 23, 24]) {
        await lane.disturb(operation, call, { cut: 'before' });
        await lane.comeBack(operation);
        found.push({ call, ...judgePowerVs(lane.simulator.world, operation) });
      }
      return found;
    });
    expect(ends).toEqual([20, 21, 22, 23, 24].map((call) => ({ call, state: 'done', wrongs: [] })));
  } finally {
    await lanes.close();
  }
});
