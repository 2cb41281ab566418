import { ZERO_ID, type Vm, type VmPort, type VmSize, type VmSpec } from '../../model/index.js';
import type { CreateServer } from '../../generated/powervc/nova.js';
import { createCapture } from '../openstack/capture.js';
import { createConsoles } from '../openstack/consoles.js';
import { networksOf, notesOf, userDataOf, volumeDevices, zoneOf } from '../openstack/deployment.js';
import type { HeldNotes } from '../openstack/held-notes.js';
import { createHistory } from '../openstack/history.js';
import { looseNumber } from '../openstack/loose.js';
import { createMigrations } from '../openstack/migrations.js';
import { aboutVm, createServers } from '../openstack/servers.js';
import type { Common } from '../openstack/session.js';
import { createClone } from './clone.js';
import { flavorOf, resizedFlavor, takenLive } from './flavor.js';
import type { PowerVcSettings } from './settings.js';
import { vmOf } from './vm.js';
import { ibm } from './wire.js';
import { GIB } from '../../units.js';

type Wanted = CreateServer['server'];

/**
 * VMs on PowerVC: plain Nova, with the inline flavor, host groups and attributes of PowerVC's (docs/reference/power.md,
 * 1.2 to 1.4).
 */
export function createVmPort(common: Common, settings: PowerVcSettings, held: HeldNotes): VmPort {
  const { connection, inventory } = common;
  const plain = createServers(connection, {
    vmOf: (server) => vmOf(server, settings),
    pageSize: settings.pageSize,
    held,
    filters: async ({ hasPmem, hostIds = [] }): Promise<Record<string, string>> => {
      const [id, ...more] = hostIds;
      return {
        ...(hasPmem && { pmem_vol: 'true' }),
        ...(id !== undefined && more.length === 0 && { host: await inventory.hostNameOf({ id }) }),
      };
    },
  });

  async function create(spec: VmSpec): Promise<string> {
    const zone = await zoneOf(spec, inventory);
    const networks = networksOf(spec.nics) ?? (settings.networksWhenNone === 'none' ? 'none' : undefined);
    const server: Wanted = {
      name: spec.name,
      imageRef: imageOf(spec),
      flavor: flavorOf(spec, settings),
      ...(zone !== undefined && { availability_zone: zone }),
      ...(networks && { networks }),
      metadata: metadataOf(spec),
      ...userDataOf(spec),
      ...devicesOf(spec),
    };
    const headers: Record<string, string> =
      networks === 'none' ? { 'openstack-api-version': `compute ${settings.microversions.createWithoutNetworks}` } : {};
    return (await ibm(connection).call('nova.servers.create.inline', { headers, body: { server } })).server.id;
  }

  async function resize(vm: Vm, size: VmSize): Promise<void> {
    const id = vm.id;
    await ibm(connection).call('nova.servers.action.resize.inline', {
      params: { server: id },
      about: aboutVm(id),
      body: { resize: { flavor: resizedFlavor(vm, size, settings) } },
    });
  }

  async function metrics(id: string): ReturnType<VmPort['metrics']> {
    const measured = await common.measurements.vm(id);
    const { cpuUsagePercent } = measured.cpuPercent === undefined ? await plain.get(id) : {};
    return { ...(looseNumber(cpuUsagePercent) !== undefined && { cpuPercent: cpuUsagePercent }), ...measured };
  }

  return {
    ...plain,
    create,
    resize,
    takes: takenLive,
    metrics,
    ...createMigrations(connection, inventory.hostNameOf),
    ...createCapture(connection),
    ...createConsoles(connection),
    ...createClone(connection, inventory.zoneOf),
    ...createHistory(connection),
  };
}

/** The Blank template is no image, and volumes of a snapshot take an image's place. */
const imageOf = ({ template, volumeSnapshots, volumes }: VmSpec): string =>
  volumeSnapshots?.length || volumes?.length || template?.id === undefined || template.id === ZERO_ID
    ? ''
    : template.id;

function devicesOf({ volumeSnapshots = [], volumes }: VmSpec): Pick<Wanted, 'block_device_mapping_v2'> {
  const devices = [...volumeSnapshots.map(bootFrom), ...volumeDevices(volumes)];
  return devices.length > 0 ? { block_device_mapping_v2: devices } : {};
}

const bootFrom = (
  { id, sizeBytes }: { readonly id: string; readonly sizeBytes: number },
  index: number,
): NonNullable<Wanted['block_device_mapping_v2']>[number] => ({
  boot_index: index,
  uuid: id,
  source_type: 'snapshot',
  destination_type: 'volume',
  volume_size: Math.max(1, Math.ceil(sizeBytes / GIB)),
  delete_on_termination: false,
});

/** Notes, the description among them; PowerVC's own clients add the network of the first NIC (power.md, 1.2). */
function metadataOf(spec: VmSpec): Record<string, string> {
  const network = spec.nics?.[0]?.network?.id;
  return { ...notesOf(spec), ...(network !== undefined && { primary_network: network }) };
}
