import { defaultIds } from '../../src/simulator/index.js';
import { startProcess, type GatewayProcess } from '../../test/support/gateway-process.js';
import { wrongs } from '../../test/support/invariants.js';
import {
  plainOpenStack,
  powerVc,
  powerVs,
  type AnySimulator,
  type Faulty,
  type SimulatedCloud,
  type SimulatedKind,
} from '../../test/support/simulated-clouds.js';
import { backendsOf, numberOf, print, sleep, type Command } from './command.js';
import { Ledger, type Kind, type Thing } from './ledger.js';

const CLIENTS = 4;
const KILL_MS = 5000;
/** The pause between two VMs of a client. */
const PAUSE_MS = 500;
/** How many VMs of a client stay at most: the simulated cloud has room for about a hundred. */
const MOST_KEPT = 8;
/** How long a client polls for the result of its work, milliseconds. */
const PATIENCE_MS = 30_000;
/** How often everything is read after the last kill, until leases have expired. */
const ROUNDS = 4;

const LOGIN = { authorization: `Basic ${btoa('admin@internal:powervc')}`, 'content-type': 'application/xml' };

/** The cluster of new VMs: the simulated clouds have the same image. */
const CLUSTERS: Readonly<Record<SimulatedKind, string>> = {
  powervc: 'Default Group',
  openstack: 'Default Group',
  powervs: 's922',
};
const placeOn = (kind: SimulatedKind): string =>
  `<cluster><name>${CLUSTERS[kind]}</name></cluster><template id="${defaultIds.images.rhel}"/>`;

/** Two gateways, of which one is killed and restarted every five seconds; clients use the other. */
class Replicas {
  #all: (GatewayProcess | undefined)[] = [];
  #turn = 0;
  kills = 0;

  constructor(
    readonly kind: SimulatedKind,
    private readonly url: string,
  ) {}

  #startOne(): Promise<GatewayProcess> {
    return startProcess(this.kind, this.url);
  }

  async start(): Promise<void> {
    this.#all = await Promise.all([0, 1].map(() => this.#startOne()));
  }

  async killOne(): Promise<void> {
    const at = this.kills % this.#all.length;
    const victim = this.#all[at];
    this.#all[at] = undefined;
    await victim?.kill();
    this.kills += 1;
    this.#all[at] = await this.#startOne();
  }

  /** The answer's status and text; undefined when none came. Such a request may have been done. */
  async send(method: string, path: string, body?: string): Promise<Answer | undefined> {
    const there = this.#all.filter((one) => one !== undefined);
    const gateway = there[(this.#turn += 1) % Math.max(1, there.length)];
    if (!gateway) return undefined;
    try {
      const answer = await fetch(gateway.url + path, { method, headers: LOGIN, ...(body !== undefined && { body }) });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return undefined;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.flatMap((one) => (one ? [one.kill()] : [])));
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const isDone = (answer: Answer | undefined): boolean => answer !== undefined && answer.status < 300;

const campaigns: Readonly<Record<SimulatedKind, (minutes: number) => Promise<boolean>>> = {
  powervc: (minutes) => campaign(powerVc, minutes),
  openstack: (minutes) => campaign(plainOpenStack, minutes),
  powervs: (minutes) => campaign(powerVs, minutes),
};

/**
 * `--minutes N` (10) of clients that make VMs with disks and NICs and remove them, in front of two replicas that are
 * killed in turn every five seconds. Then compares the cloud with the answers that the clients got.
 */
export const run: Command = async (args) => {
  const minutes = numberOf(args, 'minutes', 10);
  let isWell = true;
  for (const kind of backendsOf(args)) isWell = (await campaigns[kind](minutes)) && isWell;
  return isWell;
};

async function campaign<W, I extends Faulty>(cloud: SimulatedCloud<W, I>, minutes: number): Promise<boolean> {
  const simulator = await cloud.start({ timeScale: 0.001, keepCalls: 10 });
  const replicas = new Replicas(cloud.kind, simulator.url);
  const ledger = new Ledger();
  try {
    await replicas.start();
    const until = performance.now() + minutes * 60_000;
    const isOver = (): boolean => performance.now() > until;
    const killing = (async () => {
      for (; !isOver(); await sleep(KILL_MS)) await replicas.killOne();
    })();
    await Promise.all([
      killing,
      ...Array.from({ length: CLIENTS }, (_, client) => day(replicas, ledger, client, isOver)),
    ]);
    await settle(replicas, cloud, simulator);
    const found = verdict(cloud, simulator, ledger);
    print(
      `${cloud.kind}: ${minutes} min, ${replicas.kills} kills, ${ledger.requests} requests, ` +
        `${ledger.unanswered} without an answer`,
    );
    print(`${cloud.kind}: ${ledger.things} things asked for: ${found.length} lost, doubled or orphaned`);
    for (const one of found) print(`  ${one}`);
    return found.length === 0;
  } finally {
    await replicas.stop();
    await simulator.close();
  }
}

/** One client: makes VMs one after another, each with a disk and a NIC, and removes most at once, the others later. */
async function day(replicas: Replicas, ledger: Ledger, client: number, isOver: () => boolean): Promise<void> {
  const kept: { readonly id: string; readonly things: readonly Thing[] }[] = [];
  for (let turn = 0; !isOver(); turn += 1) {
    const name = `chaos-${client}-${turn}`;
    const vm = ledger.thing('VM', name);
    const ask = async (method: string, path: string, body?: string): Promise<Answer | undefined> => {
      const answer = await replicas.send(method, path, body);
      ledger.saw(answer);
      return answer;
    };
    const created = await ask('POST', '/api/vms', `<vm><name>${name}</name>${placeOn(replicas.kind)}</vm>`);
    vm.asked(created);
    const id = /<vm [^>]*id="([^"]+)"/.exec(created?.text ?? '')?.[1];
    if (!isDone(created) || id === undefined) continue;
    const disk = ledger.thing('disk', `${name}-disk`);
    disk.asked(
      await ask(
        'POST',
        `/api/vms/${id}/disks`,
        `<disk><alias>${name}-disk</alias><provisioned_size>1073741824</provisioned_size></disk>`,
      ),
    );
    const nic = ledger.thing('NIC', `${name}-nic`);
    nic.asked(
      await ask(
        'POST',
        `/api/vms/${id}/nics`,
        `<nic><name>${name}-nic</name><network><name>VLAN200</name></network></nic>`,
      ),
    );
    const one = { id, things: [vm, disk, nic] };
    if (turn % 4 === 0) kept.push(one);
    const leaving = turn % 4 > 0 ? one : kept.length > MOST_KEPT ? kept.shift() : undefined;
    if (!leaving) continue;
    const removed = await removedAtLast(ask, `/api/vms/${leaving.id}`, isOver);
    for (const thing of leaving.things) thing.removed(removed);
    await sleep(PAUSE_MS);
  }
}

/** Repeats the removal until it is answered; a VM that is being made is locked, and one that is gone is 404. */
async function removedAtLast(
  ask: (method: string, path: string) => Promise<Answer | undefined>,
  path: string,
  isOver: () => boolean,
): Promise<'yes' | 'perhaps' | 'no'> {
  const until = performance.now() + PATIENCE_MS;
  let perhaps = false;
  while (performance.now() < until && !isOver()) {
    const answer = await ask('DELETE', path);
    if (isDone(answer) || answer?.status === 404) return 'yes';
    perhaps ||= answer === undefined || answer.status >= 500;
    await sleep(50);
  }
  return perhaps ? 'perhaps' : 'no';
}

/** Reads everything until no work is running. */
async function settle<W, I extends Faulty>(
  replicas: Replicas,
  cloud: SimulatedCloud<W, I>,
  simulator: AnySimulator<W, I>,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const path of ['/api/vms', '/api/disks']) await replicas.send('GET', path);
    for (const { id } of cloud.things(simulator.world).vms)
      await Promise.all(
        ['', '/disks', '/nics', '/snapshots'].map((below) => replicas.send('GET', `/api/vms/${id}${below}`)),
      );
    await sleep(500);
  }
}

function verdict<W, I extends Faulty>(
  cloud: SimulatedCloud<W, I>,
  { world }: AnySimulator<W, I>,
  ledger: Ledger,
): string[] {
  const things = cloud.things(world);
  const all = { VM: things.vms, disk: things.volumes, NIC: things.ports };
  const count = (kind: Kind, name: string): number => all[kind].filter((one) => one.name === name).length;
  return [...ledger.wrong(count), ...wrongs(things, new Set(cloud.floating))];
}
