import { EndpointError } from '../endpoint/index.js';
import { childOf, stateOf, textOf, type Bench } from './bench.js';

/** Something that was found by the prefix, and whether it was removed. */
export interface Cleaned {
  readonly what: string;
  readonly name: string;
  /** Why it was not removed; undefined if it was. */
  readonly why?: string;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Removes what an interrupted run left: every VM, disk and tag whose name begins with the prefix and a number, as this
 * program names what it creates. Running VMs are stopped first, and open image transfers of the disks canceled.
 */
export async function cleanUp(bench: Bench): Promise<Cleaned[]> {
  const { prefix } = bench.options;
  const ours = new RegExp(`^${prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}-[0-9a-f]{8}[-_]`);
  return [
    ...(await removeAll('vms', 'name', stopped)),
    ...(await removeAll('disks', 'alias', withoutTransfers)),
    ...(await removeAll('tags', 'name')),
  ];

  async function removeAll(
    collection: string,
    member: string,
    prepared: (path: string) => Promise<void> = async () => undefined,
  ): Promise<Cleaned[]> {
    const cleaned: Cleaned[] = [];
    const what = collection.slice(0, -1);
    try {
      for await (const item of bench.endpoint.items(`/${collection}`)) {
        const name = textOf(item, member) ?? textOf(item, 'name') ?? '';
        const id = item.attributes.get('id');
        if (!ours.test(name) || id === undefined) continue;
        cleaned.push({ what, name, ...(await removed(`/${collection}/${id}`, prepared)) });
      }
    } catch (error) {
      if (!(error instanceof EndpointError)) throw error;
      // an endpoint without the collection has nothing to remove
      if (error.status !== 404) cleaned.push({ what, name: `${bench.options.prefix}-…`, why: error.message });
    }
    return cleaned;
  }

  async function removed(path: string, prepared: (path: string) => Promise<void>): Promise<{ why?: string }> {
    const deadline = Date.now() + bench.options.patienceMs;
    for (;;) {
      try {
        await prepared(path);
        const { status, body } = await bench.ask('DELETE', path);
        if (status === 404) return {};
        if (Date.now() > deadline) return { why: `${status} ${body.replace(/\s+/g, ' ').slice(0, 200)}` };
        // an accepted removal takes time, and one that is refused now may succeed when other work has ended
      } catch (error) {
        if (!(error instanceof EndpointError)) throw error;
        if (Date.now() > deadline) return { why: error.message };
      }
      await pause(bench.options.pollMs);
    }
  }

  async function stopped(path: string): Promise<void> {
    const answer = await bench.ask('GET', path);
    if (answer.status === 200 && stateOf(answer.xml()) !== 'down')
      await bench.ask('POST', `${path}/stop`, { body: '<action/>' });
  }
  async function withoutTransfers(path: string): Promise<void> {
    const answer = await bench.ask('GET', '/imagetransfers');
    // version 3, and endpoints without transfers
    if (answer.status !== 200) return;
    const disk = path.slice(path.lastIndexOf('/') + 1);
    for (const transfer of answer.xml().children) {
      const of = ['image', 'disk'].map((name) => childOf(transfer, name)?.attributes.get('id'));
      const id = transfer.attributes.get('id');
      if (id === undefined || !of.includes(disk) || /^(finished|cancelled)/.test(textOf(transfer, 'phase') ?? ''))
        continue;
      await bench.ask('POST', `/imagetransfers/${id}/cancel`, { body: '<action/>' });
    }
  }
}
