import { naive } from '../clock.js';
import type { JsonObject } from '../json.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { StorageProvider } from '../world/types.js';
import type { World } from '../world/world.js';

/** Cinder's name of a back end: its host, and its own name; the pool follows after `#`. */
export const backendName = ({ storage_hostname }: StorageProvider): string => `cinder@${storage_hostname}`;

/** Recorded: 384. */
export function services(call: SimulatedCall, world: World): Answer {
  const now = naive(world.clock.stamp());
  const common = { zone: 'nova', status: 'enabled', state: 'up', updated_at: now, disabled_reason: null };
  const all: JsonObject[] = [
    { binary: 'cinder-scheduler', host: 'cinder', ...common },
    ...[...world.storageProviders.values()].map((provider) => ({
      binary: 'cinder-volume',
      host: backendName(provider),
      ...common,
      replication_status: 'disabled',
      active_backend_id: null,
      frozen: false,
    })),
  ];
  const fits = (service: JsonObject): boolean =>
    ['binary', 'host'].every((key) => (call.query.get(key) ?? service[key]) === service[key]);
  return ok({ services: all.filter(fits) });
}

/** Recorded: 383. */
export function pools(call: SimulatedCall, world: World): Answer {
  const detailed = /^true$/i.test(call.query.get('detail') ?? '');
  return ok({
    pools: [...world.storageProviders.values()].map((provider) => ({
      name: `${backendName(provider)}#${provider.pool}`,
      ...(detailed && {
        capabilities: {
          pool_name: provider.pool,
          total_capacity_gb: provider.total_capacity_gb,
          free_capacity_gb: provider.free_capacity_gb,
          reserved_percentage: 0,
          allocated_capacity_gb: provider.total_capacity_gb - provider.free_capacity_gb,
          provisioned_capacity_gb: provider.total_capacity_gb - provider.free_capacity_gb,
          max_over_subscription_ratio: '20.0',
          thin_provisioning_support: true,
          thick_provisioning_support: false,
          multiattach: true,
          QoS_support: false,
          volume_backend_name: provider.storage_hostname,
          storage_protocol: 'FC',
          vendor_name: 'IBM',
          driver_version: '1.0',
          timestamp: world.clock.stamp(),
          filter_function: null,
          goodness_function: null,
        },
      }),
    })),
  });
}
