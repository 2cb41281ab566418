import {
  Fault,
  isFault,
  LastingDerived,
  type NotesPatch,
  type Vm,
  type VmCount,
  type VmPort,
  type VmQuery,
} from '../../../model/index.js';
import type { Server, ServersAnswer } from '../../../generated/openstack/nova.js';
import type { Connection, Slices } from '../connection.js';
import type { Target } from '../../http/refusal.js';
import {
  isBeingBuilt,
  isBuilding,
  isSpawning,
  lacksDescription,
  patchIn,
  wait,
  withWaiting,
  type BuildingNotes,
} from '../notes/building-notes.js';
import { createErrorNotes, type ErrorNotes } from '../notes/error-notes.js';
import { isInError as isRefusedInError, type HeldNotes } from '../notes/held-notes.js';
import { looseNumber } from '../loose.js';
import { applyPatch } from '../notes/notes.js';
import { all, hasNext, markerIn, pages, partsOfPages, type PageEnd, type PageInParts } from '../paging.js';
import { removed } from '../../http/removal.js';
import { runningStatuses, serverFilters, serverOrders } from './server-filters.js';

/** How many VMs are passed on at once. What belongs to them, such as measurements, is read for so many in one call. */
const PART = 100;

export const aboutVm = (id: string): readonly Target[] => [{ what: 'VM', id }];

/** The part of the VM port that is plain Nova: everything but sizes, volumes and metrics. */
export type PlainServers = Omit<
  VmPort,
  | 'create'
  | 'resize'
  | 'metrics'
  | 'metricsOf'
  | 'migrate'
  | 'cancelMigration'
  | 'capture'
  | 'clone'
  | 'console'
  | 'actions'
>;

const act = (id: string) => ({ params: { server: id }, about: aboutVm(id) });

/** The VMs of servers that did not change. */
const vms = new LastingDerived<Vm>();

const isInError = ({ status }: Server): boolean => status.trim().toUpperCase() === 'ERROR';

/**
 * Servers of plain Nova; subclasses implement what differs between kinds of cloud. A class, because each request has
 * its own: making some forty functions, of which it uses one, took 4 % of a request for one VM.
 */
export abstract class Servers implements PlainServers {
  constructor(
    protected readonly connection: Connection,
    protected readonly pageSize: number,
    protected readonly held: HeldNotes,
  ) {}

  /** How a server is read: depends on the server, the gateway's settings and `knowledgeOf`. */
  protected abstract vmOf(server: Server): Vm;
  /** The microversion that tells descriptions of servers, as the header that sends it; undefined where none is sent. */
  protected abstract readonly describing: string | undefined;
  /** What is known of the cloud that the VM of a server depends on. */
  protected abstract knowledgeOf(server: Server): string;
  /** Filters of a query beyond those of plain Nova. */
  protected abstract filters(query: VmQuery): Promise<Readonly<Record<string, string>>>;

  get orders(): VmPort['orders'] {
    return serverOrders;
  }

  async *list(query: VmQuery = {}): AsyncGenerator<Vm[]> {
    const narrowed = { ...serverFilters(query), ...(await this.filters(query)) };
    const read = async (servers: readonly Server[]): Promise<Vm[]> => {
      const there = servers.filter(isThere);
      const described = await this.descriptionsOf(there);
      return there
        .map((server) => this.shown(described.get(server.id) ?? server))
        .filter((vm) => query.name === undefined || vm.name === query.name);
    };
    const limit = Math.min(this.pageSize, query.first ?? this.pageSize);
    const page = async (marker: string | undefined): Promise<PageInParts<Vm[]>> => {
      const { end, items } = await this.connection.sliced('nova.servers.list', 'servers', {
        query: { limit, marker, ...narrowed },
      });
      // a reader of the first ones may well read no other page
      return { parts: partsOf(items, read), next: query.first === undefined ? markerIn(end) : undefined };
    };
    yield* partsOfPages(page);
  }

  /**
   * Of ids and links, a tenth of the bytes of a list with details. Two calls for each page; Nova lists no server that
   * is deleted.
   */
  async count(): Promise<VmCount> {
    const [total, active] = await Promise.all([this.countOf({}), this.countOf({ status: runningStatuses })]);
    return { total, active };
  }

  async get(id: string): Promise<Vm> {
    return (await this.read(id)).vm;
  }

  private async countOf(filters: { readonly status?: readonly string[] }): Promise<number> {
    let count = 0;
    const page = async (marker: string | undefined) => {
      const { count: added, body } = await this.connection.counted('nova.servers.ids', 'servers', {
        query: { limit: this.pageSize, marker, ...filters },
      });
      count += added;
      return { items: body.servers, more: hasNext(body.servers_links) };
    };
    await all(pages(page));
    return count;
  }

  /** A VM with the server that it was read from. */
  protected async read(id: string): Promise<{ readonly vm: Vm; readonly server: Server }> {
    try {
      const server = tidy(await this.readServer(id));
      if (!isThere(server)) throw new Fault('not-found', { what: 'VM', id });
      const vm = this.shown(server);
      return { vm: isInError(server) ? await this.errorNotes.over(vm) : vm, server };
    } catch (error) {
      if (isFault(error, 'not-found')) await this.held.forget(id, this.errorNotes);
      throw error;
    }
  }

  /** Also writes what has waited for the end of the server's deployment. */
  async note(id: string, patch: NotesPatch): Promise<void> {
    const waiting = this.held.waiting.get(id) ?? {};
    const late = Object.fromEntries(Object.entries(waiting).filter(([key]) => !(key in patch)));
    try {
      const isKept = Object.keys(late).length === 0 || (await this.keepLate(id, late));
      await this.keep(id, patch);
      if (Object.keys(waiting).length > 0 && isKept) await this.forgetWaiting(id);
    } catch (error) {
      if (!isBeingBuilt(error) || this.describing === undefined) throw error;
      const done = await wait(this.building, id, patch, this.held.waiting);
      if (done === undefined) await this.keep(id, patch);
      else if (!done) throw error;
    }
  }

  async rename(id: string, name: string): Promise<void> {
    await this.connection.call('nova.servers.update', { ...act(id), body: { server: { name } } });
  }

  async remove(id: string): Promise<void> {
    await this.connection.call('nova.servers.delete', act(id));
  }

  async start(id: string): Promise<void> {
    await this.connection.call('nova.servers.action.os-start', { ...act(id), body: { 'os-start': null } });
  }

  // No document tells how PowerVC's immediate stop differs on the wire (power.md, 4.7): both are os-stop.
  async stop(id: string): Promise<void> {
    await this.connection.call('nova.servers.action.os-stop', { ...act(id), body: { 'os-stop': null } });
  }

  async shutdown(id: string): Promise<void> {
    await this.connection.call('nova.servers.action.os-stop', { ...act(id), body: { 'os-stop': null } });
  }

  async reboot(id: string): Promise<void> {
    await this.connection.call('nova.servers.action.reboot', { ...act(id), body: { reboot: { type: 'SOFT' } } });
  }

  async suspend(id: string): Promise<void> {
    await this.connection.call('nova.servers.action.suspend', { ...act(id), body: { suspend: null } });
  }

  async reset(id: string): Promise<void> {
    await this.connection.call('nova.servers.action.reboot', { ...act(id), body: { reboot: { type: 'HARD' } } });
  }

  async resume(id: string, from?: 'suspended' | 'paused'): Promise<void> {
    if (from === 'paused')
      await this.connection.call('nova.servers.action.unpause', { ...act(id), body: { unpause: null } });
    else await this.connection.call('nova.servers.action.resume', { ...act(id), body: { resume: null } });
  }

  /** Writes notes of a server as they are. */
  protected keep(id: string, patch: NotesPatch): Promise<void> {
    return this.held.note(id, patch, (part) => this.write(id, part), this.errorNotes);
  }

  /** Resolves to false if the server's metadata is full, or it could not be built: they stay in its description. */
  private async keepLate(id: string, patch: NotesPatch): Promise<boolean> {
    try {
      await this.keep(id, patch);
      return true;
    } catch (error) {
      if (isFault(error, 'backend.quota') || isRefusedInError(error)) return false;
      throw error;
    }
  }

  private async forgetWaiting(id: string): Promise<void> {
    this.held.waiting.delete(id);
    await this.building.describe(id, null);
  }

  private shown(server: Server): Vm {
    const vm = this.held.over(vms.of(server, this.knowledgeOf(server), (changed) => this.vmOf(tidy(changed))));
    if (!isBuilding(server)) return vm;
    const patch = patchIn(server);
    if (server.description !== undefined) this.held.waiting.set(server.id, patch);
    return withWaiting(vm, patch);
  }

  /** A server that is being built is read with its description. */
  private async readServer(id: string): Promise<Server> {
    const isKnown = this.held.waiting.has(id);
    const known = isKnown ? await this.building.read(id) : undefined;
    const server = known ?? (await this.connection.polled('nova.servers.get', 'server', act(id))).server;
    if (!isBuilding(server)) {
      if (isKnown) this.held.waiting.delete(id);
      return server;
    }
    if (server.description !== undefined || this.describing === undefined) return server;
    return (await this.building.read(id)) ?? server;
  }

  /**
   * Those of the servers that are being built, with their descriptions; empty where all have them. One call, and one
   * for each that Nova has built and the gateway has not finished: what waits for it is still in its description.
   */
  private async descriptionsOf(servers: readonly Server[]): Promise<ReadonlyMap<string, Server>> {
    const { describing } = this;
    const lacking = servers.filter(lacksDescription);
    if (describing === undefined || lacking.length === 0) return new Map();
    const { servers: spawning } = lacking.some(isSpawning)
      ? await this.connection.call('nova.servers.list', {
          query: { limit: this.pageSize, status: 'BUILD' },
          headers: { 'openstack-api-version': describing },
        })
      : { servers: [] };
    const found = new Map(spawning.map((server) => [server.id, server]));
    await Promise.all(
      lacking.map(async ({ id }) => {
        if (found.has(id)) return;
        const server = await this.building.read(id).catch((error: unknown) => {
          if (isFault(error, 'not-found')) return undefined;
          throw error;
        });
        if (server) found.set(id, server);
      }),
    );
    return found;
  }

  private get building(): BuildingNotes {
    const headers: Record<string, string> =
      this.describing === undefined ? {} : { 'openstack-api-version': this.describing };
    return {
      read: async (id) => {
        try {
          return (await this.connection.call('nova.servers.get', { ...act(id), headers })).server;
        } catch (error) {
          // a Nova without this microversion: 406
          if (isFault(error, 'backend.failed')) return undefined;
          throw error;
        }
      },
      describe: async (id, description) => {
        await this.connection.call('nova.servers.update', { ...act(id), headers, body: { server: { description } } });
      },
    };
  }

  private get errorNotes(): ErrorNotes {
    return createErrorNotes(this.connection, this.held.places, async (id) => {
      const { server } = await this.connection.call('nova.servers.get', act(id));
      return this.vmOf(server);
    });
  }

  private async write(id: string, patch: NotesPatch): Promise<void> {
    await applyPatch(patch, {
      merge: async (metadata) =>
        (await this.connection.call('nova.servers.metadata.merge', { ...act(id), body: { metadata } })).metadata,
      remove: (key) =>
        removed(
          this.connection.call('nova.servers.metadata.remove', {
            params: { server: id, key },
            about: [{ what: 'Metadata', id: key }],
          }),
        ),
    });
  }
}

/** The VMs of one page, PART at a time, or all if they are fewer. */
async function* partsOf(
  slices: Slices<ServersAnswer, 'servers'>['items'],
  read: (servers: readonly Server[]) => Promise<Vm[]>,
): AsyncGenerator<Vm[], PageEnd, undefined> {
  let part: Vm[] = [];
  let last: string | undefined;
  let slice = await slices.next();
  for (; !slice.done; slice = await slices.next()) {
    last = slice.value.at(-1)?.id ?? last;
    part.push(...(await read(slice.value)));
    if (part.length < PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
  return { last, more: hasNext(slice.value.servers_links) };
}

/** Normalizes the words that tables compare: blanks and case differ between versions (docs/reference/power.md, 1.2). */
function tidy(server: Server): Server {
  const given = server['OS-EXT-STS:task_state'];
  const task = given?.trim().toLowerCase() || null;
  const status = server.status.trim().toUpperCase();
  const power = looseNumber(server['OS-EXT-STS:power_state']) ?? null;
  // usually it is normalized already, and a server is large to copy
  if (status === server.status && task === (given ?? null) && power === (server['OS-EXT-STS:power_state'] ?? null))
    return server;
  return { ...server, status, 'OS-EXT-STS:task_state': task, 'OS-EXT-STS:power_state': power };
}

const GONE: ReadonlySet<string> = new Set(['DELETED', 'SOFT_DELETED']);

/** Nova shows a deleted server for a while. */
const isThere = ({ status }: Server): boolean => !GONE.has(status.trim().toUpperCase());
