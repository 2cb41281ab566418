import type { JsonObject } from '../json.js';
import { answer, param, route, type Route } from './routes.js';
import { missing } from './refusals.js';
import type { StoragePool } from './types.js';
import { hrefOf, instanceView } from './views.js';
import type { World } from './world.js';

/** The workspace and its resources: system pools, storage (docs/reference/power.md, 3.2). */
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
          coreIncrement: world.isOnPremises ? 0.05 : 0.25,
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

const poolView = (pool: StoragePool): JsonObject => ({ ...pool, maxAllocationSize: pool.availableCapacity });

const typeView = (world: World, storageType: string): JsonObject => ({
  storageType,
  storagePoolsCapacity: [...world.collections.storagePools.values()]
    .filter((pool) => pool.storageType === storageType)
    .map(poolView),
});

/** Where most fits. */
function largest(world: World): JsonObject {
  const [first] = [...world.collections.storagePools.values()].sort(
    (a, b) => b.availableCapacity - a.availableCapacity,
  );
  return first === undefined
    ? {}
    : {
        maximumStorageAllocation: {
          maxAllocationSize: first.availableCapacity,
          storagePool: first.poolName,
          storageType: first.storageType,
        },
      };
}

const storageTypes = (world: World): string[] => [
  ...new Set([...world.collections.storagePools.values()].map(({ storageType }) => storageType)),
];

/** What the workspace may use, or uses. Storage is given in TiB. */
const usage = (world: World): JsonObject => {
  const all = [...world.instances.values()];
  const processors = all.reduce((sum, one) => sum + one.processors, 0);
  return {
    instances: all.length,
    memory: all.reduce((sum, one) => sum + one.memory, 0),
    processors,
    procUnits: processors,
    storage: [...world.volumes.values()].reduce((sum, { size }) => sum + size, 0) / 1024,
  };
};

function cloudInstance(world: World): JsonObject {
  const { limits, name, region, capabilities } = world.settings;
  return {
    cloudInstanceID: world.workspaceID,
    tenantID: world.tenantID,
    name,
    region,
    enabled: true,
    initialized: true,
    openstackID: world.tenantID,
    capabilities: [...capabilities],
    pvmInstances: [...world.instances.values()].map((one) => instanceView(world, one, false)),
    limits: { ...limits, storage: limits.storage / 1024 },
    usage: usage(world),
  };
}

const capabilitiesOf = (world: World): JsonObject =>
  Object.fromEntries(world.settings.capabilities.map((one) => [one, true]));

const locationOf = ({ settings: { region } }: World): JsonObject => ({
  region,
  type: 'region',
  url: `https://${region}.power-iaas.cloud.ibm.com`,
});

/** The one data center that is simulated: the workspace's. */
const datacenter = (world: World): JsonObject => ({
  type: world.isOnPremises ? 'on-premises' : 'off-premises',
  status: 'active',
  href: `/v1/datacenters/${world.settings.region}`,
  capabilities: capabilitiesOf(world),
  location: { ...locationOf(world), cloudRegion: world.settings.region, regionDisplayName: world.settings.region },
});

const workspace = (world: World): JsonObject => ({
  id: world.workspaceID,
  name: world.settings.name,
  status: 'active',
  type: world.isOnPremises ? 'on-premises' : 'off-premises',
  capabilities: capabilitiesOf(world),
  location: locationOf(world),
  details: {
    crn: world.settings.crn,
    creationDate: '2026-01-12T08:00:00.000Z',
    href: hrefOf(world, '').replace(/\/$/, ''),
    powerEdgeRouter: { state: 'active', type: 'automated' },
  },
});

export const workspaceRoutes: readonly Route[] = [
  route('GET', '1:', (_, world) => answer(cloudInstance(world))),
  route('GET', '/v1/workspaces', (_, world) => answer({ workspaces: [workspace(world)] })),
  route('GET', '/v1/workspaces/{id}', (call, world) => {
    if (param(call, 'id') !== world.workspaceID) throw missing('workspace', param(call, 'id'));
    return answer(workspace(world));
  }),
  route('GET', '/v1/datacenters', (_, world) => answer({ datacenters: [datacenter(world)] })),
  route('GET', '/v1/datacenters/{region}', (call, world) => {
    const region = param(call, 'region');
    if (region !== world.settings.region) throw missing('data center', region);
    return answer(datacenter(world));
  }),
  route('GET', '1:/system-pools', (_, world) => answer(pools(world))),
  route('GET', '1:/storage-tiers', (_, world) =>
    answer([...world.collections.tiers.values()].map((one) => ({ ...one }))),
  ),
  route('GET', '1:/storage-capacity/storage-types', (_, world) =>
    answer({
      ...largest(world),
      storageTypesCapacity: storageTypes(world).map((type) => typeView(world, type)),
    }),
  ),
  route('GET', '1:/storage-capacity/storage-types/{type}', (call, world) => {
    const type = param(call, 'type');
    if (!storageTypes(world).includes(type)) throw missing('storage type', type);
    return answer({ ...largest(world), ...typeView(world, type) });
  }),
  route('GET', '1:/storage-capacity/storage-pools', (_, world) =>
    answer({ ...largest(world), storagePoolsCapacity: [...world.collections.storagePools.values()].map(poolView) }),
  ),
  route('GET', '1:/storage-capacity/storage-pools/{pool}', (call, world) =>
    answer(poolView(world.get('storagePools', param(call, 'pool'), 'storage pool'))),
  ),
];
