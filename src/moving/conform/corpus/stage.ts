import { GIB } from '../../../units.js';
import { isRefused, stateOf, textOf, type Answer, type Bench } from '../bench.js';
import { addNic, attached, idIn, newVm } from '../checks/day-steps.js';
import { Differs } from '../outcomes.js';
import { anyVmWith, isoFile, otherDomain, referred, type Actor, type Cast } from './cast.js';
import type { KitEntry, Need } from './kit.js';

/** Brings about what exchanges need. What it has made is used again while it is as it was. */
export interface Stage {
  /** @throws NotRun, NotOffered, Differs when the endpoint has it not, or does not make it */
  castFor(entry: KitEntry): Promise<Cast>;
}

const PARTS: readonly (readonly [Need, string])[] = [
  ['nic', 'nics'],
  ['snapshot', 'snapshots'],
];

export function createStage(bench: Bench): Stage {
  const { patienceMs } = bench.options;
  /** What was chosen or made, by what it is. */
  const kept: Cast = new Map();
  let count = 0;
  const nameFor = (what: string): string => `${bench.name}-stage${(count += 1)}-${what}`;

  async function settled(path: string, what: string, is: (answer: Answer) => boolean): Promise<void> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const answer = await bench.ask('GET', path);
      if (answer.status === 200 && is(answer)) return;
      if (Date.now() > deadline) throw new Differs(`GET ${path}: ${what}`, `${answer.status} ${answer.body}`);
      await bench.rest();
    }
  }

  /** Sends what may have to wait for work that is under way. */
  async function sent(statuses: readonly number[], method: string, path: string, body: string): Promise<Answer> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const answer = await bench.ask(method, path, { body });
      if (answer.status !== 409 || isRefused(answer) || Date.now() > deadline) {
        if (statuses.includes(answer.status)) return answer;
        return bench.good(statuses, method, path, { body });
      }
      await bench.rest();
    }
  }

  async function vmIn(state: 'up' | 'down', { id }: Actor): Promise<void> {
    await settled(`/vms/${id}`, `the VM is ${state}`, (answer) => {
      const now = stateOf(answer.xml()) ?? '';
      return now === state || ['up', 'down', 'suspended', 'paused'].includes(now);
    });
    const now = stateOf((await bench.good([200], 'GET', `/vms/${id}`)).xml());
    if (now === state) return;
    await bench.ask('POST', `/vms/${id}/${state === 'up' ? 'start' : 'stop'}`, { body: '<action/>' });
    await settled(`/vms/${id}`, `the VM is ${state}`, (answer) => stateOf(answer.xml()) === state);
  }

  async function vm(isSpent: boolean): Promise<Actor> {
    const found = kept.get('vm');
    const there = found && !isSpent ? await bench.ask('GET', `/vms/${found.id}`) : undefined;
    // an exchange may have renamed it
    if (found && there?.status === 200) return { ...found, name: textOf(there.xml(), 'name') ?? found.name };
    const name = nameFor('vm');
    const answer = await sent([201, 202], 'POST', '/vms', await newVm(bench, name));
    const own = { id: idIn(answer), name };
    await settled(`/vms/${own.id}`, 'the VM is down', (now) => stateOf(now.xml()) === 'down');
    if (!isSpent) ['disk', 'nic', 'snapshot', 'node'].forEach((part) => kept.delete(part));
    if (!isSpent) kept.set('vm', own);
    return own;
  }

  /** The part that was made before, if it is still as it has to be; else another one. */
  async function part(
    what: string,
    path: string,
    is: (answer: Answer) => boolean,
    make: () => Promise<Actor>,
  ): Promise<Actor> {
    const found = kept.get(what);
    if (found) {
      const answer = await bench.ask('GET', `${path}/${found.id}`);
      if (answer.status === 200 && is(answer)) return found;
    }
    const own = await make();
    kept.set(what, own);
    await settled(`${path}/${own.id}`, `the ${what} is ready`, is);
    return own;
  }

  async function diskBody(name: string, gib: number): Promise<string> {
    const domain = await referred(bench, kept, 'storage_domain');
    return `<alias>${name}</alias><name>${name}</name><provisioned_size>${gib * GIB}</provisioned_size><format>raw</format><storage_domains><storage_domain id="${domain?.id ?? ''}"/></storage_domains>`;
  }

  const isOk = (answer: Answer): boolean => (stateOf(answer.xml()) ?? 'ok') === 'ok';

  async function disk(of: Actor): Promise<Actor> {
    const name = nameFor('disk');
    const isActive = (answer: Answer): boolean => isOk(answer) && textOf(answer.xml(), 'active') !== 'false';
    const own = await part('disk', `/vms/${of.id}/${attached(bench)}`, isActive, async () => {
      const inner = await diskBody(name, 2);
      const body =
        attached(bench) === 'disks'
          ? `<disk>${inner}<interface>virtio</interface></disk>`
          : `<disk_attachment><interface>virtio</interface><active>true</active><disk>${inner}</disk></disk_attachment>`;
      return { id: idIn(await sent([201, 202], 'POST', `/vms/${of.id}/${attached(bench)}`, body)), name };
    });
    await settled(`/disks/${own.id}`, 'the disk is ok', isOk);
    return own;
  }

  async function inactive(of: Actor): Promise<Actor> {
    const own = await disk(of);
    const path = `/vms/${of.id}/${attached(bench)}/${own.id}`;
    await sent([200, 202], 'POST', `${path}/deactivate`, '<action/>');
    await settled(path, 'the disk is not active', (answer) => textOf(answer.xml(), 'active') === 'false');
    kept.delete('disk');
    return own;
  }

  const floating = (): Promise<Actor> =>
    part('floating', '/disks', isOk, async () => {
      const name = nameFor('floating');
      return { id: idIn(await sent([201, 202], 'POST', '/disks', `<disk>${await diskBody(name, 1)}</disk>`)), name };
    });

  async function nic(of: Actor): Promise<Actor> {
    bench.known.set('vm', of.id);
    // the corpus' name for it
    const name = 'nic1';
    return part(
      'nic',
      `/vms/${of.id}/nics`,
      (answer) => textOf(answer.xml(), 'name') === name && textOf(answer.xml(), 'plugged') !== 'false',
      async () => {
        for (const one of (await bench.good([200], 'GET', `/vms/${of.id}/nics`)).xml().children)
          if (textOf(one, 'name') === name)
            await sent([200, 204], 'DELETE', `/vms/${of.id}/nics/${one.attributes.get('id') ?? ''}`, '');
        return { id: idIn(await addNic(bench, name)), name };
      },
    );
  }

  async function unplugged(of: Actor): Promise<Actor> {
    const own = await nic(of);
    await sent([200, 202], 'POST', `/vms/${of.id}/nics/${own.id}/deactivate`, '<action/>');
    return own;
  }

  const snapshot = (of: Actor): Promise<Actor> =>
    part(
      'snapshot',
      `/vms/${of.id}/snapshots`,
      (answer) => (textOf(answer.xml(), 'snapshot_status') ?? 'ok') === 'ok',
      async () => {
        const body = '<snapshot><description>of a check</description></snapshot>';
        return { id: idIn(await sent([201, 202], 'POST', `/vms/${of.id}/snapshots`, body)), name: '' };
      },
    );

  const node = (of: Actor): Promise<Actor> =>
    part(
      'node',
      `/vms/${of.id}/numanodes`,
      () => true,
      async () => {
        const [there] = (await bench.good([200], 'GET', `/vms/${of.id}/numanodes`)).xml().children;
        const known = there?.attributes.get('id');
        if (known !== undefined) return { id: known, name: '' };
        const core = bench.version.number === '3' ? '<core index="0"/>' : '<core><index>0</index></core>';
        const body = `<vm_numa_node><index>0</index><memory>1024</memory><cpu><cores>${core}</cores></cpu></vm_numa_node>`;
        return { id: idIn(await sent([201], 'POST', `/vms/${of.id}/numanodes`, body)), name: '' };
      },
    );

  const tag = (): Promise<Actor> =>
    part(
      'tag',
      '/tags',
      (answer) => textOf(answer.xml(), 'name') === kept.get('tag')?.name,
      async () => {
        const name = nameFor('tag');
        return { id: idIn(await sent([201], 'POST', '/tags', `<tag><name>${name}</name></tag>`)), name };
      },
    );

  const PART: Readonly<Partial<Record<Need, readonly [string, (of: Actor) => Promise<Actor>]>>> = {
    disk: ['disk', disk],
    inactive: ['disk', inactive],
    nic: ['nic', nic],
    unplugged: ['nic', unplugged],
    snapshot: ['snapshot', snapshot],
    node: ['node', node],
  };

  async function shared(requested: readonly Need[], cast: Cast): Promise<void> {
    if (requested.includes('loose')) kept.delete('floating');
    if (requested.includes('floating') || requested.includes('loose')) cast.set('disk', await floating());
    if (requested.includes('loose')) kept.delete('floating');
    if (requested.includes('tag') || requested.includes('tagged')) cast.set('tag', await tag());
    if (requested.includes('iso')) cast.set('file', await isoFile(bench));
  }

  return {
    async castFor({ profile, needs: requested }) {
      if (profile === 'read-only') {
        if (!requested.includes('vm')) return new Map();
        const parts = [...PARTS, ['disk', attached(bench)] as const].filter(([need]) => requested.includes(need));
        return anyVmWith(bench, parts);
      }
      const cast: Cast = new Map();
      await shared(requested, cast);
      if (!requested.some((need) => ['vm', 'up', 'down', 'spent'].includes(need))) return cast;
      const own = await vm(requested.includes('spent'));
      cast.set('vm', own);
      const parts = requested.flatMap((need) => PART[need] ?? []);
      // parts are made while it is down: not every cloud makes them of a VM that runs
      if (!requested.includes('up') || parts.length > 0) await vmIn('down', own);
      for (const [role, make] of requested.flatMap((need) => (PART[need] ? [PART[need]] : [])))
        cast.set(role, await make(own));
      if (requested.includes('domain2')) {
        const { children } = (await bench.good([200], 'GET', `/disks/${cast.get('disk')?.id ?? ''}`)).xml();
        const [domain] = children.find(({ name }) => name === 'storage_domains')?.children ?? [];
        cast.set('storage_domain', await otherDomain(bench, domain?.attributes.get('id') ?? ''));
      }
      if (requested.includes('tagged'))
        await sent([200, 201], 'POST', `/vms/${own.id}/tags`, `<tag id="${cast.get('tag')?.id ?? ''}"/>`);
      if (requested.includes('up')) await vmIn('up', own);
      return cast;
    },
  };
}
