import { Fault, isFault, type NotesPatch, type Vm, type VmPort, type VmQuery } from '../../model/index.js';
import type { Server } from '../../generated/openstack/nova.js';
import type { Connection } from './connection.js';
import type { Target } from './errors.js';
import type { HeldNotes } from './held-notes.js';
import { looseNumber } from './loose.js';
import { applyPatch } from './notes.js';
import { hasNext, pages } from './paging.js';
import { removed } from './removal.js';
import { serverFilters, serverOrders } from './server-filters.js';

export const aboutVm = (id: string): readonly Target[] => [{ what: 'VM', id }];

/** What a backend adds to plain Nova: how a server is read, and what a query asks beside what plain Nova filters by. */
export interface ServerReading {
  readonly vmOf: (server: Server) => Vm;
  readonly filters: (query: VmQuery) => Promise<Readonly<Record<string, string>>>;
  readonly pageSize: number;
  readonly held: HeldNotes;
}

/** The part of the port that is plain Nova: everything but sizes, volumes and what is measured. */
export type PlainServers = Omit<
  VmPort,
  'create' | 'resize' | 'metrics' | 'migrate' | 'cancelMigration' | 'capture' | 'clone' | 'console' | 'actions'
>;

export function createServers(connection: Connection, { vmOf, filters, pageSize, held }: ServerReading): PlainServers {
  const act = (id: string) => ({ params: { server: id }, about: aboutVm(id) });

  async function* list(query: VmQuery = {}): AsyncGenerator<Vm[]> {
    const narrowed = { ...serverFilters(query), ...(await filters(query)) };
    const fetch = async (marker: string | undefined) => {
      const { servers, servers_links } = await connection.call('nova.servers.list', {
        query: { limit: Math.min(pageSize, query.first ?? pageSize), marker, ...narrowed },
      });
      return { items: servers, more: hasNext(servers_links) };
    };
    for await (const page of pages(fetch)) {
      yield page
        .map(tidy)
        .filter(isThere)
        .map((server) => held.over(vmOf(server)))
        .filter((vm) => query.name === undefined || vm.name === query.name);
    }
  }

  async function look(id: string): Promise<Server> {
    try {
      const server = tidy((await connection.call('nova.servers.get', act(id))).server);
      if (!isThere(server)) throw new Fault('not-found', { what: 'VM', id });
      return server;
    } catch (error) {
      if (isFault(error, 'not-found')) held.forget(id);
      throw error;
    }
  }

  async function get(id: string): Promise<Vm> {
    const server = await look(id);
    return held.over(vmOf(server));
  }

  const note = (id: string, patch: NotesPatch): Promise<void> => held.note(id, patch, (part) => write(id, part));

  async function write(id: string, patch: NotesPatch): Promise<void> {
    await applyPatch(patch, {
      merge: async (metadata) =>
        (await connection.call('nova.servers.metadata.merge', { ...act(id), body: { metadata } })).metadata,
      remove: (key) =>
        removed(
          connection.call('nova.servers.metadata.remove', {
            params: { server: id, key },
            about: [{ what: 'Metadata', id: key }],
          }),
        ),
    });
  }

  return {
    orders: serverOrders,
    list,
    get,
    note,
    async rename(id, name) {
      await connection.call('nova.servers.update', { ...act(id), body: { server: { name } } });
    },
    async remove(id) {
      await connection.call('nova.servers.delete', act(id));
    },
    async start(id) {
      await connection.call('nova.servers.action.os-start', { ...act(id), body: { 'os-start': null } });
    },
    // No document tells how PowerVC's immediate stop differs on the wire (power.md, 4.7): both are os-stop.
    async stop(id) {
      await connection.call('nova.servers.action.os-stop', { ...act(id), body: { 'os-stop': null } });
    },
    async shutdown(id) {
      await connection.call('nova.servers.action.os-stop', { ...act(id), body: { 'os-stop': null } });
    },
    async reboot(id) {
      await connection.call('nova.servers.action.reboot', { ...act(id), body: { reboot: { type: 'SOFT' } } });
    },
    async suspend(id) {
      await connection.call('nova.servers.action.suspend', { ...act(id), body: { suspend: null } });
    },
    async reset(id) {
      await connection.call('nova.servers.action.reboot', { ...act(id), body: { reboot: { type: 'HARD' } } });
    },
    async resume(id, from) {
      if (from === 'paused')
        await connection.call('nova.servers.action.unpause', { ...act(id), body: { unpause: null } });
      else await connection.call('nova.servers.action.resume', { ...act(id), body: { resume: null } });
    },
  };
}

/** Words and numbers as the tables compare them: blanks and case differ between versions (power.md, 1.2). */
function tidy(server: Server): Server {
  const given = server['OS-EXT-STS:task_state'];
  const task = given?.trim().toLowerCase() || null;
  const status = server.status.trim().toUpperCase();
  const power = looseNumber(server['OS-EXT-STS:power_state']) ?? null;
  // mostly it is tidy, and a server is a large thing to copy
  if (status === server.status && task === (given ?? null) && power === (server['OS-EXT-STS:power_state'] ?? null))
    return server;
  return { ...server, status, 'OS-EXT-STS:task_state': task, 'OS-EXT-STS:power_state': power };
}

/** Nova shows a deleted server for a while. */
const isThere = ({ status }: Server): boolean => status !== 'DELETED' && status !== 'SOFT_DELETED';
