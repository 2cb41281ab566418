import { isFault, type InventoryPort } from '../../model/index.js';
import type { Provider } from '../../generated/powervc/cinder.js';
import type { Connection } from '../openstack/connection.js';
import { createImages } from '../openstack/images.js';
import type { PlainInventory } from '../openstack/inventory.js';
import { createServerGroups } from '../openstack/server-groups.js';
import { instanceTypes } from '../openstack/sizes.js';
import type { Storage } from '../openstack/storage.js';
import { createMaintenance } from './maintenance.js';

/** Storage providers, which stand behind storage templates (shared/facts/power.md, 1.5). */
export interface Providers {
  readonly list: () => Promise<Provider[]>;
  /** A user who may not see storage providers sees storage templates, without their sizes. */
  readonly ifAllowed: () => Promise<Provider[]>;
}

export function createProviders(connection: Connection): Providers {
  async function list(): Promise<Provider[]> {
    const answer = await connection.call('cinder.providers.list', { about: [{ what: 'Storage providers', id: '' }] });
    return answer.storage_providers ?? answer['storage-providers'] ?? [];
  }

  async function ifAllowed(): Promise<Provider[]> {
    try {
      return await list();
    } catch (error) {
      if (isFault(error, 'backend.forbidden') || isFault(error, 'not-found')) return [];
      throw error;
    }
  }

  return { list, ifAllowed };
}

/** The port: plain OpenStack's inventory, and PowerVC's storage and maintenance mode. */
export const createInventoryPort = (connection: Connection, plain: PlainInventory, storage: Storage, pageSize: number): InventoryPort => ({
  clusters: plain.clusters, hosts: plain.hosts, templates: plain.templates, template: plain.template, networks: plain.networks,
  storageDomains: storage.domains,
  instanceTypes: () => instanceTypes(connection, pageSize),
  ...createImages(connection), ...createServerGroups(connection), ...createMaintenance(connection, plain),
});
