import { isFault } from '../../model/index.js';
import type { Provider } from '../../generated/powervc/cinder.js';
import type { Connection } from '../openstack/connection.js';
import { ibm } from './wire.js';

/** Storage providers, which back storage templates (docs/reference/power.md, 1.5). */
export interface Providers {
  readonly list: () => Promise<Provider[]>;
  /** A user who may not see storage providers sees storage templates, without their sizes. */
  readonly ifAllowed: () => Promise<Provider[]>;
}

export function createProviders(connection: Connection): Providers {
  async function list(): Promise<Provider[]> {
    const answer = await ibm(connection).call('cinder.providers.list', {
      about: [{ what: 'Storage providers', id: '' }],
    });
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
