import type { Disk, Metrics, Nic, Snapshot, Template, Vm } from '../../model/index.js';
import type { Scope } from '../../services/context.js';
import type { Client } from '../http/client.js';

/**
 * How long work that outlasts the request uses a cached list, milliseconds: it must see changes. The request itself
 * uses it until its answer, however long that takes.
 */
const FRESH_MS = 5000;

/** Of how many VMs the parts are read one by one; those of more are listed at once. */
const FEW = 4;

interface RememberedValue<T> {
  readonly at: number;
  readonly value: T;
}

type IsFresh = (known: RememberedValue<unknown>) => boolean;

/** What the documents of one answer are made with. */
interface Remembering {
  readonly scope: Scope;
  readonly expect: (documents: number) => void;
}

/** Whether parts of the VMs of an answer are read one by one. */
class Few {
  #expected = 0;

  expect(documents: number): void {
    this.#expected += documents;
  }

  /** `asked`: how many were asked for, as far as is known without `expect`. */
  are(requests: number, most = FEW): boolean {
    return Math.max(requests, this.#expected) <= most;
  }
}

/**
 * A scope for all the documents of one answer that caches lists: nothing that a list contains is read again. `expect`:
 * how many documents are about to be filled, where that is known before.
 */
export function remembering(scope: Scope, client: Client): Remembering {
  const { session } = scope;
  const few = new Few();
  const isFresh: IsFresh = ({ at }) => !client.isAnswered || performance.now() - at <= FRESH_MS;
  const nics = inBulk(few, isFresh, session.nics.listAll?.bind(session.nics), ownerOfNic, (vm) =>
    session.nics.list(vm),
  );
  const snapshots = inBulk(
    few,
    isFresh,
    session.snapshots.listAll?.bind(session.snapshots),
    ({ vm }: Snapshot) => vm?.id,
    (vm) => session.snapshots.list(vm),
  );
  let noted = 0;
  const listSnapshots: typeof session.snapshots.list = async (vm, options) => {
    if (options?.notes !== true) return snapshots(vm);
    noted += 1;
    // of many VMs, only those with snapshots are asked for notes
    const isNoted = few.are(noted) || (await snapshots(vm)).length > 0;
    return isNoted ? session.snapshots.list(vm, options) : [];
  };
  const parts = {
    vms: over(session.vms, rememberedVms(few, isFresh, session.vms)),
    disks: over(session.disks, rememberedDisks(few, isFresh, session.disks)),
    nics: over(session.nics, { list: nics }),
    snapshots: over(session.snapshots, { list: listSnapshots }),
    inventory: over(session.inventory, rememberedInventory(isFresh, session.inventory)),
    access: over(session.access, { permissions: once(isFresh, () => session.access.permissions()) }),
    shared: over(session.shared, rememberedShared(isFresh, session.shared)),
  };
  return { scope: { ...scope, session: over(session, parts) }, expect: (documents) => few.expect(documents) };
}

/** An object that has these properties, and all others of `base`. */
function over<T extends object>(base: T, properties: Partial<T>): T {
  const described = Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, { value }]));
  return Object.create(base, described as PropertyDescriptorMap) as T;
}

type Session = Scope['session'];

/** The result of a read that all documents of an answer have in common. */
function once<T>(isFresh: IsFresh, read: () => Promise<T>): () => Promise<T> {
  let known: RememberedValue<Promise<T>> | undefined;
  return () => {
    if (!known || !isFresh(known)) known = { at: performance.now(), value: read() };
    return known.value;
  };
}

/** The networks of NICs, and the templates of VMs. */
function rememberedInventory(isFresh: IsFresh, inventory: Session['inventory']): Partial<Session['inventory']> {
  const networks = once(isFresh, () => inventory.networks());
  const templates = new Map<string, () => Promise<Template>>();
  return {
    networks: async () => [...(await networks())],
    template(id) {
      const known = templates.get(id) ?? once(isFresh, () => inventory.template(id));
      templates.set(id, known);
      return known();
    },
  };
}

/** Tags and the like. A change of them reads them itself. */
function rememberedShared(isFresh: IsFresh, shared: Session['shared']): Partial<Session['shared']> {
  const read = once(isFresh, () => shared.read());
  return { read: (options) => (options?.required === true ? shared.read(options) : read()) };
}

/** A VM that a list contained is not read again, and its measurements are read with those of its page. */
function rememberedVms(few: Few, isFresh: IsFresh, vms: Session['vms']): Partial<Session['vms']> {
  const seen = new Map<string, RememberedValue<Vm>>();
  const measured = measuredInBulk(few, isFresh, vms);
  return {
    async *list(query) {
      for await (const page of vms.list(query)) {
        for (const vm of page) seen.set(vm.id, { at: performance.now(), value: vm });
        measured.listed(page);
        yield [...page];
      }
    },
    metrics: (id) => measured.metrics(id),
    async get(id) {
      const known = seen.get(id);
      if (known && isFresh(known)) return known.value;
      const value = await vms.get(id);
      seen.set(id, { at: performance.now(), value });
      return value;
    },
  };
}

/** The measurements of VMs: of a few one by one, of more for the whole page of the list that contained them. */
function measuredInBulk(
  few: Few,
  isFresh: IsFresh,
  vms: Session['vms'],
): { readonly listed: (page: readonly Vm[]) => void; readonly metrics: Session['vms']['metrics'] } {
  type Measured = ReadonlyMap<string, Metrics> | undefined;
  interface Page {
    readonly vms: readonly Vm[];
    known?: RememberedValue<Promise<Measured>>;
  }
  const pageOf = new Map<string, Page>();
  let requests = 0;
  let isAble = vms.metricsOf !== undefined;
  return {
    listed(page) {
      const held: Page = { vms: page };
      for (const { id } of page) pageOf.set(id, held);
    },
    async metrics(id) {
      requests += 1;
      const page = pageOf.get(id);
      const measured = page && isAble && !few.are(requests) ? await of(page) : undefined;
      return measured?.get(id) ?? vms.metrics(id);
    },
  };

  async function of(page: Page): Promise<Measured> {
    if (!page.known || !isFresh(page.known))
      page.known = { at: performance.now(), value: vms.metricsOf?.(page.vms) ?? Promise.resolve(undefined) };
    const measured = await page.known.value;
    // a cloud that cannot do that is not asked to again for the next page
    if (!measured) isAble = false;
    return measured;
  }
}

/** Every volume of the project is listed once, and none of them is read again; neither are those of one VM. */
function rememberedDisks(few: Few, isFresh: IsFresh, disks: Session['disks']): Partial<Session['disks']> {
  let known: RememberedValue<Promise<Listed>> | undefined;
  const own = new Map<string, RememberedValue<Promise<Disk[] | undefined> | undefined>>();
  return {
    async *list() {
      if (!known || !isFresh(known)) known = { at: performance.now(), value: collect(disks.list()) };
      yield* (await known.value).pages;
    },
    async get(id) {
      const listed = known && isFresh(known) ? await known.value : undefined;
      return listed?.byId.get(id) ?? (await ofOne(id)) ?? disks.get(id);
    },
    // Those of one VM are read on their own; for several VMs one list of all takes fewer calls
    async ofVm(vm) {
      const before = own.get(vm.id);
      if (before && isFresh(before)) return before.value;
      if (!few.are(own.size + 1, 1) || (known && isFresh(known))) return undefined;
      const value = disks.ofVm?.(vm);
      own.set(vm.id, { at: performance.now(), value });
      return value;
    },
  };

  async function ofOne(id: string): Promise<Disk | undefined> {
    for (const read of own.values()) {
      const found = isFresh(read) ? await read.value : undefined;
      const disk = found?.find((one) => one.id === id);
      if (disk) return disk;
    }
    return undefined;
  }
}

interface Listed {
  readonly pages: readonly Disk[][];
  readonly byId: ReadonlyMap<string | undefined, Disk>;
}

async function collect(list: AsyncIterable<Disk[]>): Promise<Listed> {
  const pages: Disk[][] = [];
  for await (const page of list) pages.push(page);
  return { pages, byId: new Map(pages.flat().map((disk) => [disk.id, disk])) };
}

const ownerOfNic = ({ attachedTo, notes }: Nic): string | undefined => attachedTo ?? notes?.['vm'];

/** What belongs to a VM: read one by one for a few VMs, for more from the list of all, where there is one. */
function inBulk<T>(
  few: Few,
  isFresh: IsFresh,
  all: (() => Promise<readonly T[]>) | undefined,
  ownerOf: (item: T) => string | undefined,
  one: (vm: string) => Promise<T[]>,
): (vm: string) => Promise<T[]> {
  const own = new Map<string, RememberedValue<Promise<T[]>>>();
  let known: RememberedValue<Promise<ReadonlyMap<string, T[]>>> | undefined;
  return async function listOf(vm) {
    const before = own.get(vm);
    if (before && isFresh(before)) return before.value;
    // of many VMs nothing is kept one by one: a list may be long
    const isOneOfFew = few.are(own.size + 1);
    if (!all || isOneOfFew) {
      const value = one(vm);
      if (isOneOfFew) own.set(vm, { at: performance.now(), value });
      return value;
    }
    if (!known || !isFresh(known)) known = { at: performance.now(), value: all().then((items) => grouped(items)) };
    return (await known.value).get(vm) ?? [];
  };

  function grouped(items: readonly T[]): Map<string, T[]> {
    const byOwner = new Map<string, T[]>();
    for (const item of items) {
      const owner = ownerOf(item);
      if (owner === undefined) continue;
      const held = byOwner.get(owner);
      if (held) held.push(item);
      else byOwner.set(owner, [item]);
    }
    return byOwner;
  }
}
