import { naive } from '../clock.js';
import { refuse } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { StorageProvider } from '../world/types.js';
import type { World } from '../world/world.js';
import { backendName } from './services.js';

const volumesOf = (world: World, { storage_hostname }: StorageProvider) =>
  [...world.volumes.values()].filter((volume) => volume.storage_hostname === storage_hostname);

/** Where Cinder's services run. */
function list(_: SimulatedCall, world: World): Answer {
  const common = {
    'service-status': 'available',
    'service-state': 'enabled',
    zone: 'nova',
    'last-update': naive(world.clock.stamp()),
  };
  return ok({
    hosts: [
      { host_name: 'cinder', service: 'cinder-scheduler', ...common },
      ...[...world.storageProviders.values()].map((provider) => ({
        host_name: backendName(provider),
        service: 'cinder-volume',
        ...common,
      })),
    ],
  });
}

/** What a back end holds: in all, and of each project. */
function show(call: SimulatedCall, world: World): Answer {
  const name = call.params.host ?? '';
  const provider = [...world.storageProviders.values()].find((one) => backendName(one) === name);
  if (provider === undefined) throw refuse.missing(`Host ${name} could not be found.`);
  const [volumes, snapshots] = [volumesOf(world, provider), [...world.snapshots.values()]];
  const of = (project: string, all: boolean) => {
    const held = volumes.filter(({ project_id }) => all || project_id === project);
    const taken = snapshots.filter(({ volume_id }) => held.some(({ id }) => id === volume_id));
    return {
      resource: {
        host: name,
        project,
        volume_count: String(held.length),
        total_volume_gb: String(held.reduce((sum, { size }) => sum + size, 0)),
        snapshot_count: String(taken.length),
        total_snapshot_gb: String(taken.reduce((sum, { size }) => sum + size, 0)),
      },
    };
  };
  const projects = [...new Set(volumes.map(({ project_id }) => project_id))];
  return ok({ host: [of('(total)', true), ...projects.map((project) => of(project, false))] });
}

/** What a back end can do, by its host and pool. */
function capabilities(call: SimulatedCall, world: World): Answer {
  const name = (call.params.host ?? '').split('#')[0];
  const provider = [...world.storageProviders.values()].find((one) => backendName(one) === name);
  if (provider === undefined) throw refuse.missing(`Service ${name ?? ''} could not be found.`);
  return ok({
    namespace: `OS::Storage::Capabilities::${backendName(provider)}`,
    vendor_name: 'IBM',
    volume_backend_name: provider.storage_hostname,
    pool_name: provider.pool,
    driver_version: '1.0',
    storage_protocol: 'FC',
    display_name: provider.display_name,
    description: null,
    visibility: null,
    replication_targets: [],
    properties: {
      thin_provisioning: { title: 'Thin Provisioning', description: 'Sets thin provisioning.', type: 'boolean' },
    },
  });
}

export const volumeHosts = { list, show, capabilities };

/** The one availability zone of the storage. */
export const volumeZones = (): Answer =>
  ok({ availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }] });

/** Extensions of Cinder v3 that are simulated here. */
const EXTENSIONS = [
  ['os-extended-services', 'ExtendedServices'],
  ['os-quota-sets', 'Quotas'],
  ['encryption', 'VolumeTypeEncryption'],
  ['qos-specs', 'Qos_specs_manage'],
  ['os-types-extra-specs', 'TypesExtraSpecs'],
  ['os-types-manage', 'TypesManage'],
  ['os-volume-type-access', 'VolumeTypeAccess'],
  ['os-volume-actions', 'VolumeActions'],
  ['os-volume-transfer', 'VolumeTransfer'],
  ['os-admin-actions', 'AdminActions'],
  ['os-hosts', 'Hosts'],
  ['os-services', 'Services'],
  ['os-availability-zone', 'AvailabilityZones'],
  ['scheduler-stats', 'Scheduler_stats'],
  ['capabilities', 'Capabilities'],
  ['os-used-limits', 'UsedLimits'],
] as const;

export const volumeExtensions = (): Answer =>
  ok({
    extensions: EXTENSIONS.map(([alias, name]) => ({
      alias,
      name,
      description: name,
      links: [],
      updated: '2011-09-20T00:00:00+00:00',
    })),
  });
