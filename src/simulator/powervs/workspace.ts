import type { JsonObject } from '../json.js';
import { conflict } from './refusals.js';
import { done, param, route, text, type Route } from './routes.js';
import { imageView } from './views.js';
import type { World } from './world.js';

/**
 * What belongs to the workspace: images, networks, system pools, storage, placement groups (docs/reference/power.md,
 * 3.2).
 */
function pools(world: World): JsonObject {
  const types = [...new Set([...world.collections.systems.values()].map(({ type }) => type))];
  const used = (type: string, id: number, key: 'processors' | 'memory'): number =>
    [...world.instances.values()]
      .filter((one) => one.sysType === type && one.hostID === id)
      .reduce((sum, one) => sum + one[key], 0);
  return Object.fromEntries(
    types.map((type) => {
      const systems = [...world.collections.systems.values()]
        .filter((one) => one.type === type)
        .map(({ id, hostMTMSName, totalCores, totalMemory }) => {
          const [availableCores, availableMemory] = [
            totalCores - used(type, id, 'processors'),
            Math.floor(totalMemory - used(type, id, 'memory')),
          ];
          return {
            id,
            hostMTMSName,
            cores: availableCores,
            availableCores,
            totalCores,
            memory: availableMemory,
            availableMemory,
            totalMemory,
          };
        });
      return [
        type,
        {
          type,
          coreIncrement: 0.25,
          coreMemoryRatio: 64,
          systems,
          capacity: {
            cores: systems.reduce((sum, one) => sum + one.cores, 0),
            memory: systems.reduce((sum, one) => sum + one.memory, 0),
          },
        },
      ];
    }),
  );
}

function capacity(world: World): JsonObject {
  const held = [...world.collections.storagePools.values()];
  const types = [...new Set(held.map(({ storageType }) => storageType))];
  return {
    storageTypesCapacity: types.map((storageType) => ({
      storageType,
      storagePoolsCapacity: held
        .filter((pool) => pool.storageType === storageType)
        .map((pool) => ({ ...pool, maxAllocationSize: pool.availableCapacity })),
    })),
  };
}

export const workspaceRoutes: readonly Route[] = [
  route('GET', '1:', (_, world) => {
    const { limits, name, region } = world.settings;
    return {
      status: 200,
      body: {
        cloudInstanceID: world.workspaceID,
        tenantID: world.tenantID,
        name,
        region,
        enabled: true,
        initialized: true,
        openstackID: world.tenantID,
        pvmInstances: [],
        limits: { ...limits },
        usage: {},
      },
    };
  }),
  route('GET', '1:/images', (_, world) => ({
    status: 200,
    body: { images: [...world.images.values()].map((one) => imageView(one, false)) },
  })),
  route('GET', '1:/images/{image}', (call, world) => ({
    status: 200,
    body: imageView(world.get('images', param(call, 'image'), 'image'), true),
  })),
  route('DELETE', '1:/images/{image}', (call, world) => {
    world.images.delete(world.get('images', param(call, 'image'), 'image').imageID);
    return done;
  }),
  route('GET', '1:/networks', (_, world) => ({
    status: 200,
    body: { networks: [...world.networks.values()].map(({ prefix: _prefix, ...one }) => ({ ...one, href: '' })) },
  })),
  route('GET', '1:/system-pools', (_, world) => ({ status: 200, body: pools(world) })),
  route('GET', '1:/storage-tiers', (_, world) => ({ status: 200, body: [...world.collections.tiers.values()] })),
  route('GET', '1:/storage-capacity/storage-types', (_, world) => ({ status: 200, body: capacity(world) })),
  route('GET', '1:/placement-groups', (_, world) => ({
    status: 200,
    body: { placementGroups: [...world.placementGroups.values()] },
  })),
  route('POST', '1:/placement-groups', (call, world) => {
    const name = text(call, 'name')!;
    if ([...world.placementGroups.values()].some((one) => one.name === name))
      throw conflict(`placement group with name ${name} already exists`);
    return {
      status: 200,
      body: { ...world.add('placementGroups', { id: world.random.uuid(), name, policy: text(call, 'policy')! }) },
    };
  }),
  route('DELETE', '1:/placement-groups/{group}', (call, world) => {
    world.placementGroups.delete(world.get('placementGroups', param(call, 'group'), 'placement group').id);
    return done;
  }),
];
