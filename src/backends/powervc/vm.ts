import { Fault, type PmemVolume, type Vm } from '../../model/index.js';
import { vmIn } from '../../generated/mapping/openstack.js';
import { pmemVolumeIn } from '../../generated/mapping/powervc.js';
import { many } from '../../mapping/values.js';
import type { Server } from '../../generated/openstack/nova.js';
import type { ServerExtension } from '../../generated/powervc/nova.js';
import { validators } from '../../generated/powervc/validators.js';
import { errorLines } from '../../validator.js';
import type { Volume } from '../../generated/powervc/pmem.js';
import { looseBoolean, looseNumber, read } from '../openstack/loose.js';
import { serverOf } from '../openstack/nova/vm.js';
import type { PowerVcSettings } from './settings.js';

const CONTEXT = { base: '' };

/** The VM of a server: what the table vm.json reads, and what combines several attributes. */
export function vmOf(server: Server, settings: Pick<PowerVcSettings, 'cpuUtilization'>): Vm {
  const vm = serverOf(server);
  const cpu = looseNumber(server.cpu_utilization);
  if (vm.status === 'up' && hypervisorFailed(server)) vm.status = 'not_responding';
  vm.guestOs = vm.guestOs || server.os_distro || undefined;
  // PowerVC has launched_at, upstream Nova the same with a prefix.
  if (vm.startedAt === undefined && server['OS-SRV-USG:launched_at']) vm.startedAt = launched(server);
  if (cpu !== undefined) vm.cpuUsagePercent = settings.cpuUtilization === 'fraction' ? cpu * 100 : cpu;
  vm.pmemVolumes = pmemOf(extended(server), server.id);
  vm.customProperties = propertiesOf(server);
  return vm;
}

/**
 * The extra specs of the partition's flavor that have no element in oVirt, from its attributes (power.md, 1.2). Added
 * one by one: an object of all, and a list of its entries, took a third of the time of a search through 10,000 VMs.
 */
function propertiesOf(server: Server): NonNullable<Vm['customProperties']> {
  const isDedicated = server.vcpu_mode?.trim().toLowerCase() === 'dedicated';
  const properties: NonNullable<Vm['customProperties']> = [];
  const add = (name: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined) properties.push({ name, value: String(value) });
  };
  if (!isDedicated) {
    add('powervm:proc_units', looseNumber(server.vcpus));
    add('powervm:min_proc_units', looseNumber(server.min_vcpus));
    add('powervm:max_proc_units', looseNumber(server.max_vcpus));
  }
  add('powervm:min_vcpu', looseNumber(server.min_cpus));
  add('powervm:max_vcpu', looseNumber(server.max_cpus));
  if (server.vcpu_mode != null) add('powervm:dedicated_proc', isDedicated);
  if (server.uncapped != null && !isDedicated) add('powervm:uncapped', looseBoolean(server.uncapped));
  if (!isDedicated) add('powervm:shared_weight', looseNumber(server.shared_weight));
  add('powervm:processor_compatibility', server.desired_compatibility_mode || undefined);
  return properties;
}

/** The server with IBM's additions. Throws `backend.answer` if they do not have the declared form. */
function extended(server: Server): Server & ServerExtension {
  const check = validators['nova.ServerExtension'];
  if (check(server)) return server;
  throw new Fault('backend.answer', {
    service: 'Nova',
    text: `server ${server.id}: ${errorLines(check).join('; ')}`,
  });
}

const launched = (server: Server): string | undefined =>
  read(() => vmIn({ ...server, launched_at: server['OS-SRV-USG:launched_at'] }, CONTEXT)).value.startedAt;

const hypervisorFailed = ({ health_status: health }: Server): boolean =>
  health?.value_reason?.some(
    (reason) => reason.resource_property_key === 'hypervisor_state' && reason.resource_property_value === 'error',
  ) ?? false;

/**
 * The possible keys of pmem volumes: no document shows the key in a server or in a list (docs/reference/power.md,
 * section 2).
 */
type PmemHolder = Partial<Record<'pmem_vol' | 'pmem_vols' | 'pmem_volumes', Volume | Volume[] | null>>;

/** The pmem volumes in a server, or in an answer about them; of this VM, when it is known. */
export const pmemOf = (holder: PmemHolder | null | undefined, vmId?: string): PmemVolume[] =>
  (many(holder?.pmem_vol ?? holder?.pmem_vols ?? holder?.pmem_volumes) ?? []).map((volume) =>
    pmemVolumeOf(volume, vmId),
  );

function pmemVolumeOf(volume: Volume, vmId: string | undefined): PmemVolume {
  const owner = vmId ?? volume.server_id ?? volume.instance_uuid;
  const status = volume.status?.trim().toUpperCase();
  return {
    ...read(() => pmemVolumeIn({ ...volume, status }, CONTEXT)).value,
    ...(volume.type == null && volume.device != null && { device: volume.device }),
    ...(owner != null && { vm: { id: owner } }),
  };
}
