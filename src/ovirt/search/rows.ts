import type { DataCenter, Disk, Network, StorageDomain, Tag, Template, User, Vm } from '../../model/index.js';
import type { Scope } from '../../services/context.js';
import * as access from '../../services/access/access.js';
import * as dataCenters from '../../services/inventory/datacenters.js';
import * as disks from '../../services/disks/index.js';
import * as inventory from '../../services/inventory/inventory.js';
import * as tags from '../../services/tags/tags.js';
import * as vms from '../../services/vms/index.js';
import { rowsOf, rowsOfPages, type Read, type RelatedRows } from './table.js';

/** Relations between entities of several tables, apart from the tables, which do not import each other. */

export const disksOfVm = ({ vmIds = [], notes }: Disk): readonly (string | undefined)[] => [...vmIds, notes?.['vm']];

/** VMs as rows for what is related to them. */
export const vmRows =
  (keys: (vm: Vm) => readonly (string | undefined)[]): Read<Vm> =>
  (scope, hints) =>
    rowsOfPages(vms.list(scope, hints), keys);

/** The VMs, hosts and templates of a project are those of all that have a role in it. */
export const userRows: Read<User> = (scope) => rowsOf(access.users(scope), () => ['']);

/** There is one data center, which everything of the project is in. */
export const dataCenterRows: Read<DataCenter> = (scope) => rowsOf(dataCenters.list(scope), () => ['']);

/** Networks of the project: they are there for every cluster. */
export const networkRows: Read<Network> = (scope) => rowsOf(inventory.networks(scope), () => ['']);

/** Storage domains of the project: every host and cluster can use them. */
export const storageRows: Read<StorageDomain> = (scope) => rowsOf(inventory.storageDomains(scope), () => ['']);

/** Tags, by the notes of the VMs that have the tag or one below it: engines match both. One call. */
export const tagRows: Read<Tag> = async function* rows(scope) {
  yield (await tags.withNotes(scope)).map(({ tag, notes }) => ({ entity: tag, keys: notes }));
};

/** Tags, by the hosts that have the tag or one below it. One call. */
export const tagRowsByHost: Read<Tag> = async function* rows(scope) {
  yield (await tags.withHosts(scope)).map(({ tag, hostIds }) => ({ entity: tag, keys: hostIds }));
};

/** Storage domains, with the VMs that have a disk on them. */
export async function* storageRowsByVm(scope: Scope): RelatedRows<StorageDomain> {
  const vmsOf = new Map<string, Set<string>>();
  for await (const page of disks.listAll(scope)) {
    for (const disk of page) {
      const domain = disk.storageDomain?.id ?? '';
      const known = vmsOf.get(domain) ?? new Set();
      for (const vm of disksOfVm(disk)) if (vm !== undefined) known.add(vm);
      vmsOf.set(domain, known);
    }
  }
  yield* rowsOf(inventory.storageDomains(scope), ({ id }) => [...(vmsOf.get(id) ?? [])]);
}

/** Which templates and hosts are related: by the VMs that have both. */
export async function pairs(scope: Scope): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const hostsOf = new Map<string, Set<string>>();
  for await (const page of vms.list(scope)) {
    for (const { template, host } of page)
      if (template?.id !== undefined && host?.id !== undefined)
        hostsOf.set(template.id, (hostsOf.get(template.id) ?? new Set()).add(host.id));
  }
  return hostsOf;
}

/** Templates, with the hosts of the VMs made from them. */
export async function* templateRowsByHost(scope: Scope): RelatedRows<Template> {
  const hostsOf = await pairs(scope);
  yield* rowsOf(inventory.templates(scope), ({ id }) => [...(hostsOf.get(id) ?? [])]);
}
