import { median } from '../bench/report.js';
import { clients } from './clients.js';
import { numberOf, print, sleep, type Command } from './command.js';
import { LiveMemory, type Live } from './live-memory.js';
import { comingsAndGoings, idsFrom, readsAndChanges } from './mixed.js';
import { freePort, startCloud, startReplica } from './programs.js';
import { newTally, endsText, Traffic } from './traffic.js';

const CLIENTS = 16;
const SHARE = 0.7;
const CAPACITY_SECONDS = 15;
const SAMPLE_MS = 2000;
/** How much memory may grow from the second fifth of the time to the last. */
const MOST_GROWTH = 0.05;

interface Sample {
  /** What the process holds, MiB. */
  readonly resident: number;
}

/**
 * Mixed load at 70 % of what the gateway can do on this machine, for `--minutes` (5). Memory has to stay flat, and
 * every request has to be answered as it should.
 */
export const run: Command = async (args) => {
  const minutes = numberOf(args, 'minutes', 5);
  const cloud = await startCloud();
  const inspector = await freePort();
  const gateway = await startReplica(cloud, await freePort(), [], [`--inspect=127.0.0.1:${inspector}`]);
  const memory = await LiveMemory.of(inspector);
  const tally = newTally();
  const traffic = new Traffic(gateway.url, CLIENTS, tally);
  try {
    const steps = [...readsAndChanges(await idsFrom(traffic)), ...comingsAndGoings];
    const capacity = await stepsASecond(traffic, steps);
    const rate = capacity * SHARE;
    const until = performance.now() + minutes * 60_000;
    const isOver = (): boolean => performance.now() > until;
    const samples: Sample[] = [];
    const live: Live[] = [];
    const [sentBefore, cpuBefore] = [tally.sent, gateway.cpuSeconds()];
    await Promise.all([
      clients(CLIENTS, traffic, steps, isOver, (CLIENTS / rate) * 1000),
      (async () => {
        for (; !isOver(); await sleep(SAMPLE_MS)) samples.push(await sampleOf(gateway.url));
      })(),
      (async () => {
        // not more often: a collection makes the process smaller for a while
        await sleep((minutes * 60_000) / 5);
        live.push(await memory.now());
        await sleep((minutes * 60_000 * 4) / 5 - SAMPLE_MS);
        live.push(await memory.now());
      })(),
    ]);
    const seconds = minutes * 60;
    const sent = (tally.sent - sentBefore) / seconds;
    const cores = (gateway.cpuSeconds() - cpuBefore) / seconds;
    print(
      `${minutes} min, ${CLIENTS} clients: ${capacity.toFixed(0)} steps a second at most, ` +
        `${sent.toFixed(0)} requests a second sent, ${(cores * 100).toFixed(0)} % of a core`,
    );
    print(`${tally.sent} requests, ${tally.failed} otherwise than they should be (${endsText(tally)})`);
    for (const failure of tally.failures) print(`  ${failure}`);
    return isFlat(samples, live) && tally.failed === 0;
  } finally {
    memory.close();
    await traffic.close();
    await gateway.stop();
    await cloud.stop();
  }
};

async function stepsASecond(traffic: Traffic, steps: Parameters<typeof clients>[2]): Promise<number> {
  const began = performance.now();
  let count = 0;
  const counted = steps.map((step): (typeof steps)[number] => async (...given) => {
    await step(...given);
    count += 1;
  });
  await clients(CLIENTS, traffic, counted, () => performance.now() - began > CAPACITY_SECONDS * 1000);
  return count / ((performance.now() - began) / 1000);
}

async function sampleOf(url: string): Promise<Sample> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const mib = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0) / 2 ** 20;
  return { resident: mib('process_resident_memory_bytes') };
}

/**
 * The first fifth fills caches: the second is compared with the last, and what is left after a garbage collection at
 * the end of the first with that at the end.
 */
function isFlat(samples: readonly Sample[], live: readonly Live[]): boolean {
  const fifth = (n: number): readonly Sample[] =>
    samples.slice(Math.floor((samples.length * n) / 5), Math.floor((samples.length * (n + 1)) / 5));
  const resident = [0, 1, 2, 3, 4].map((n) => median(fifth(n).map((one) => one.resident)));
  const [, second = 0, , , last = 0] = resident;
  tell('resident memory by fifths of the time', resident, last / second);
  const [before, after] = live;
  if (!before || !after) throw new Error('memory was not measured');
  for (const part of ['heap', 'external'] as const)
    tell(`after a garbage collection, ${part}`, [before[part], after[part]], after[part] / before[part]);
  return last / second - 1 <= MOST_GROWTH;
}

function tell(what: string, values: readonly number[], ratio: number): void {
  const shown = values.map((value) => value.toFixed(1)).join(', ');
  print(`${what}, MiB: ${shown} (grown by ${((ratio - 1) * 100).toFixed(1)} %)`);
}
