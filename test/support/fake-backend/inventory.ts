import { Fault } from '../../../src/model/index.js';
import type { FakeWorld } from '../fake-world.js';
import { GIB } from '../units.js';

/** Methods of clusters, hosts, templates, networks and storage domains on a FakeWorld. */
export function inventoryMethods(world: FakeWorld) {
  return {
    clusters: async () => world.clusters,
    hosts: async () => world.hosts,
    templates: async () => world.templates,
    async template(templateId: string) {
      for (const template of world.templates) world.look(template);
      const found = world.templates.find(({ id }) => id === templateId);
      if (!found) throw new Fault('not-found', { what: 'Template', id: templateId });
      return found;
    },
    storageDomains: async () => world.domains,
    networks: async () => world.networks,
    instanceTypes: async () => [{ id: 'small', name: 'small', memoryBytes: 2 * GIB, sockets: 2, cores: 1, threads: 1 }],
    async updateTemplate(templateId: string, change: { name?: string; description?: string }) {
      Object.assign(
        world.templates.find(({ id }) => id === templateId)!,
        change,
      );
    },
    async removeTemplate(templateId: string) {
      world.templates.splice(
        world.templates.findIndex(({ id }) => id === templateId),
        1,
      );
    },
    affinityGroups: async () => [],
    addAffinityGroup: async (spec: { name: string; positive: boolean; enforcing: boolean }) => ({
      ...spec,
      id: world.newId('group'),
      vmIds: [],
    }),
    removeAffinityGroup: async () => undefined,
    async maintain({ id: hostId }: { id?: string }, maintenance: boolean) {
      Object.assign(
        world.hosts.find(({ id }) => id === hostId)!,
        { status: maintenance ? 'maintenance' : 'up' },
      );
    },
  };
}
