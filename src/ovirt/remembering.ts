import type { Disk, Vm } from '../model/index.js';
import type { Scope } from '../services/context.js';

/**
 * How long a list of volumes is taken for the present one, milliseconds: work that outlasts the request must see what
 * changes.
 */
const FRESH_MS = 5000;

/**
 * The same scope, in which every volume of the project is listed once for all the documents of an answer, and a VM that a
 * list has told is not asked for again.
 */
export function remembering(scope: Scope): Scope {
  const { session } = scope;
  let known: { readonly at: number; readonly pages: Promise<Disk[][]> } | undefined;
  async function* list(): AsyncGenerator<Disk[]> {
    if (!known || performance.now() - known.at > FRESH_MS)
      known = { at: performance.now(), pages: collect(session.disks.list()) };
    yield* await known.pages;
  }
  const seen = new Map<string, { readonly at: number; readonly vm: Vm }>();
  async function* listVms(query?: Parameters<typeof session.vms.list>[0]): AsyncGenerator<Vm[]> {
    for await (const page of session.vms.list(query)) {
      for (const vm of page) if (vm.id !== undefined) seen.set(vm.id, { at: performance.now(), vm });
      yield [...page];
    }
  }
  async function getVm(id: string): Promise<Vm> {
    const known = seen.get(id);
    return known && performance.now() - known.at <= FRESH_MS ? known.vm : session.vms.get(id);
  }
  const vms = Object.create(session.vms, { list: { value: listVms }, get: { value: getVm } }) as typeof session.vms;
  const disks = Object.create(session.disks, {
    list: { value: list },
    // one list for all of them is less than some calls for each
    ofVm: { value: undefined },
  }) as Scope['session']['disks'];
  return {
    ...scope,
    session: Object.create(session, { disks: { value: disks }, vms: { value: vms } }) as Scope['session'],
  };
}

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
