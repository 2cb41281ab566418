import {
  ZERO_ID,
  type Metrics,
  type Vm,
  type VmPort,
  type VmQuery,
  type VmSize,
  type VmSpec,
} from '../../model/index.js';
import type { Server } from '../../generated/openstack/nova.js';
import type { CreateServer } from '../../generated/powervc/nova.js';
import { networksOf, notesOf, userDataOf, volumeDevices, zoneOf } from '../openstack/nova/deployment.js';
import type { HeldNotes } from '../openstack/notes/held-notes.js';
import { ActingServers } from '../openstack/nova/acting-servers.js';
import { aboutVm } from '../openstack/nova/servers.js';
import type { Common } from '../openstack/session.js';
import { createClone } from './clone.js';
import { flavorOf, resizedFlavor, takenLive } from './flavor.js';
import type { PowerVcSettings } from './settings.js';
import { vmOf } from './vm.js';
import { ibm } from './wire.js';
import { GIB } from '../../units.js';

type ServerSize = CreateServer['server'];

/**
 * VMs on PowerVC: plain Nova, with the inline flavor, host groups and attributes of PowerVC's (docs/reference/power.md,
 * 1.2 to 1.4).
 */
export class PowerVcServers extends ActingServers implements VmPort {
  constructor(
    protected readonly common: Common,
    private readonly settings: PowerVcSettings,
    held: HeldNotes,
  ) {
    super(common.connection, settings.pageSize, held);
  }

  async create(spec: VmSpec): Promise<string> {
    const { connection, settings } = this;
    const zone = await zoneOf(spec, this.common.inventory);
    const networks = networksOf(spec.nics) ?? (settings.networksWhenNone === 'none' ? 'none' : undefined);
    const server: ServerSize = {
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
    const { id } = (await ibm(connection).call('nova.servers.create.inline', { headers, body: { server } })).server;
    if (this.describing !== undefined) this.held.waiting.set(id, {});
    return id;
  }

  async resize(vm: Vm, size: VmSize): Promise<void> {
    const id = vm.id;
    await ibm(this.connection).call('nova.servers.action.resize.inline', {
      params: { server: id },
      about: aboutVm(id),
      body: { resize: { flavor: resizedFlavor(vm, size, this.settings) } },
    });
  }

  protected override get describing(): string | undefined {
    const { describe } = this.settings.microversions;
    return describe === undefined ? undefined : `compute ${describe}`;
  }

  takes(vm: Vm, size: VmSize): VmSize | undefined {
    return takenLive(vm, size);
  }

  async metrics(id: string): Promise<Metrics> {
    const measured = await this.common.measurements.vm(id);
    return measured.cpuPercent === undefined ? withOwn(await this.get(id), measured) : measured;
  }

  async metricsOf(vms: readonly Vm[]): Promise<ReadonlyMap<string, Metrics> | undefined> {
    const measured = await this.common.measurements.vms(vms.map(({ id }) => id));
    return measured && new Map(vms.map((vm) => [vm.id, withOwn(vm, measured.get(vm.id) ?? {})]));
  }

  clone(...requested: Parameters<VmPort['clone']>): Promise<void> {
    return createClone(this.connection, this.common.inventory.zoneOf).clone(...requested);
  }

  protected override vmOf(server: Server): Vm {
    return vmOf(server, this.settings);
  }

  protected override knowledgeOf(): string {
    return '';
  }

  protected override async filters({ hasPmem, hostIds = [] }: VmQuery): Promise<Record<string, string>> {
    const [id, ...more] = hostIds;
    return {
      ...(hasPmem && { pmem_vol: 'true' }),
      ...(id !== undefined && more.length === 0 && { host: await this.common.inventory.hostNameOf({ id }) }),
    };
  }
}

/** The server's own processor load, where Gnocchi has none. */
const withOwn = ({ cpuUsagePercent }: Vm, measured: Metrics): Metrics => ({
  ...(cpuUsagePercent !== undefined && { cpuPercent: cpuUsagePercent }),
  ...measured,
});

/** The image of a new server; none for the Blank template, and for volumes of a snapshot. */
const imageOf = ({ template, volumeSnapshots, volumes }: VmSpec): string =>
  volumeSnapshots?.length || volumes?.length || template?.id === undefined || template.id === ZERO_ID
    ? ''
    : template.id;

function devicesOf({ volumeSnapshots = [], volumes }: VmSpec): Pick<ServerSize, 'block_device_mapping_v2'> {
  const devices = [...volumeSnapshots.map(bootFrom), ...volumeDevices(volumes)];
  return devices.length > 0 ? { block_device_mapping_v2: devices } : {};
}

const bootFrom = (
  { id, sizeBytes }: { readonly id: string; readonly sizeBytes: number },
  index: number,
): NonNullable<ServerSize['block_device_mapping_v2']>[number] => ({
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
