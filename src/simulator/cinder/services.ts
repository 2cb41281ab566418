import { naive } from '../clock.js';
import { textIn, type JsonObject } from '../json.js';
import { refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import type { StorageProvider } from '../world/types.js';
import type { World } from '../world/world.js';
import { POOL } from './storage.js';

/** Cinder's name of a back end: its host, and its own name; the pool follows after `#`. */
export const backendName = ({ storage_hostname }: StorageProvider): string => `cinder@${storage_hostname}`;

/** Recorded: 384. */
export function services(call: SimulatedCall, world: World): Answer {
  const now = naive(world.clock.stamp());
  const common = { zone: 'nova', state: 'up', updated_at: now };
  const all: JsonObject[] = [
    { binary: 'cinder-scheduler', host: 'cinder', ...common, status: 'enabled', disabled_reason: null },
    ...[...world.storageProviders.values()].map((provider) => ({
      binary: 'cinder-volume',
      host: backendName(provider),
      ...common,
      status: provider.service_status,
      disabled_reason: provider.disabled_reason,
      replication_status: 'disabled',
      active_backend_id: null,
      frozen: provider.frozen,
    })),
  ];
  // a host means its back ends, too: `cinder` for `cinder@fast`
  const fits = ({ binary, host }: JsonObject): boolean =>
    (call.query.get('binary') ?? binary) === binary &&
    [host, String(host).split('@')[0]].includes(call.query.get('host') ?? host);
  return ok({ services: all.filter(fits) });
}

function providerOf(call: SimulatedCall, world: World, fail: (text: string) => Error): StorageProvider {
  const host = textIn(call.body, 'host') ?? '';
  const found = [...world.storageProviders.values()].find((provider) => backendName(provider) === host);
  if (found === undefined) throw fail(`Host ${host} could not be found.`);
  return found;
}

/** `PUT /os-services/{what}`: the host, and the binary, are in the body. */
export function updateService(call: SimulatedCall, world: World): Answer {
  const what = call.params.what ?? '';
  if (what === 'freeze' || what === 'thaw') {
    providerOf(call, world, refuse.bad).frozen = what === 'freeze';
    return accepted();
  }
  if (what !== 'enable' && what !== 'disable' && what !== 'disable-log-reason') throw refuse.missing('Unknown action');
  const reason = textIn(call.body, 'disabled_reason');
  if (what === 'disable-log-reason' && reason === undefined)
    throw refuse.bad("Invalid input for field/attribute disabled_reason. Value: None. None is not of type 'string'");
  const provider = providerOf(call, world, refuse.missing);
  const binary = textIn(call.body, 'binary') ?? 'cinder-volume';
  if (binary !== 'cinder-volume') throw refuse.missing(`Service ${binary} could not be found.`);
  provider.service_status = what === 'enable' ? 'enabled' : 'disabled';
  provider.disabled_reason = what === 'disable-log-reason' ? (reason ?? null) : null;
  return ok({
    host: backendName(provider),
    service: binary,
    disabled: what !== 'enable',
    binary,
    status: provider.service_status,
    ...(what === 'disable-log-reason' && { disabled_reason: provider.disabled_reason }),
  });
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
          ...POOL,
          driver_version: '1.0',
          timestamp: world.clock.stamp(),
          filter_function: null,
          goodness_function: null,
        },
      }),
    })),
  });
}
