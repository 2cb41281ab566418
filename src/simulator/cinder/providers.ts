import { isArray, isObject, textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { StorageProvider } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { touch } from './attach.js';
import { take } from './storage.js';

/**
 * PowerVC's storage providers and their LUNs (docs/reference/power.md, 1.5). The body of `all-volumes` and the answer
 * to `onboard` are undocumented: assumptions.
 */
const summary = ({ id, storage_hostname, display_name }: StorageProvider): JsonObject => ({
  id,
  storage_hostname,
  service: { host: storage_hostname, host_display_name: display_name },
});

const detail = (world: World, provider: StorageProvider): JsonObject => ({
  ...summary(provider),
  backend_type: provider.backend_type,
  backend_id: String(provider.id),
  backend_state: provider.backend_state,
  total_capacity_gb: provider.total_capacity_gb,
  free_capacity_gb: provider.free_capacity_gb,
  allocated_capacity_gb: provider.total_capacity_gb - provider.free_capacity_gb,
  volume_count: [...world.volumes.values()].filter(
    ({ storage_hostname }) => storage_hostname === provider.storage_hostname,
  ).length,
  health_status: { health_value: provider.health },
});

function find(call: SimulatedCall, world: World): StorageProvider {
  const host = call.params.host ?? '';
  const provider = world.storageProviders.get(host);
  if (provider === undefined) throw refuse.notFound('Host', host);
  return provider;
}

function allVolumes(call: SimulatedCall, world: World): Answer {
  const { storage_hostname } = find(call, world);
  const free = [...world.luns.values()]
    .filter((lun) => lun.storage_hostname === storage_hostname)
    .map(({ id, name, size, wwn, serial }) => ({ id, name, size, status: 'available', managed: false, wwn, serial }));
  const held = [...world.volumes.values()]
    .filter((volume) => volume.storage_hostname === storage_hostname)
    .map(({ id, name, size, status, metadata }) => ({
      id,
      name,
      size,
      status,
      managed: true,
      wwn: metadata.volume_wwn ?? null,
      serial: null,
    }));
  return ok({ volumes: [...free, ...held] });
}

function onboard(call: SimulatedCall, world: World): Answer {
  const { storage_hostname } = find(call, world);
  const requested = isObject(call.body) && isArray(call.body.volumes) ? call.body.volumes : undefined;
  if (requested === undefined || requested.length === 0)
    throw refuse.bad("Invalid input for field/attribute volumes. 'volumes' is a required property");
  const luns = requested.map((item) => {
    const id = typeof item === 'string' ? item : (textIn(item, 'id') ?? '');
    const lun = world.luns.get(id);
    if (lun?.storage_hostname !== storage_hostname) throw refuse.notFound('Volume', id);
    return lun;
  });
  const type =
    [...world.volumeTypes.values()].find(
      ({ extra_specs }) => extra_specs['capabilities:volume_backend_name'] === storage_hostname,
    ) ?? world.volumeTypes.values().next().value;
  const volumes = luns.map((lun) => {
    world.luns.delete(lun.id);
    const volume = world.add('volumes', {
      id: world.random.uuid(),
      name: lun.name,
      size: lun.size,
      status: 'managing',
      volume_type: type?.name ?? '',
      metadata: { volume_wwn: lun.wwn },
      project_id: call.token.projectId,
      user_id: call.token.userId,
      created_at: world.clock.stamp(),
      updated_at: null,
      storage_hostname,
    });
    take(world, storage_hostname, lun.size);
    world.work.begin('volume.manage', volume.id);
    return { id: volume.id, name: volume.name, status: volume.status };
  });
  return accepted({ volumes });
}

export const providers = {
  list: (_: SimulatedCall, world: World): Answer =>
    ok({ storage_providers: [...world.storageProviders.values()].map(summary) }),
  detail: (_: SimulatedCall, world: World): Answer =>
    ok({ storage_providers: [...world.storageProviders.values()].map((provider) => detail(world, provider)) }),
  get: (call: SimulatedCall, world: World): Answer => {
    const provider = [...world.storageProviders.values()].find(({ id }) => String(id) === call.params.provider);
    if (provider === undefined) throw refuse.notFound('Storage provider', call.params.provider ?? '');
    return ok({ storage_provider: detail(world, provider) });
  },
  allVolumes,
  onboard,
};

export const providerWork: Readonly<Record<string, WorkKind<World>>> = {
  'volume.manage': {
    seconds: 5,
    done(world, { id }) {
      const volume = world.volumes.get(id);
      if (volume?.status === 'managing') {
        volume.status = 'available';
        touch(world, volume);
      }
    },
    failed(world, { id }) {
      const volume = world.volumes.get(id);
      if (volume !== undefined) {
        volume.status = 'error_managing';
        touch(world, volume);
      }
    },
  },
};
