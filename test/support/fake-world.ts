import {
  Fault,
  nameId,
  ZERO_ID,
  type Cluster,
  type Disk,
  type Host,
  type Network,
  type Nic,
  type Permission,
  type PmemVolume,
  type Snapshot,
  type StorageDomain,
  type Template,
  type UnmanagedLun,
  type Vm,
} from '../../src/model/index.js';
import { GIB } from './units.js';

/**
 * What a fake backend holds: plain records in memory, whose work takes a number of looks rather than time. Ids are
 * names: `id('vm', 1)`.
 */
export const id = (kind: string, number: number): string => nameId('fake', kind, String(number));

interface Busy {
  looks: number;
  done: () => void;
}

export interface FakeVolume extends Disk {
  id: string;
  notes: Record<string, string>;
  vmIds: string[];
  deleteWithVm: boolean;
  hasSnapshots?: boolean;
}
export interface FakePort extends Nic {
  id: string;
  notes: Record<string, string>;
  madeByNova: boolean;
}
export interface FakeVm extends Vm {
  id: string;
  name: string;
  notes: Record<string, string>;
  pmemVolumes: PmemVolume[];
}
export interface FakeSnapshot extends Snapshot {
  id: string;
  vm: { id: string };
}

export class FakeWorld {
  readonly vms = new Map<string, FakeVm>();
  readonly volumes = new Map<string, FakeVolume>();
  readonly ports = new Map<string, FakePort>();
  readonly snapshots = new Map<string, FakeSnapshot>();
  readonly luns: (UnmanagedLun & { managed?: string })[] = [];
  readonly clusters: Cluster[] = [{ id: id('cluster', 1), name: 'Default Group' }];
  readonly hosts: Host[] = [];
  readonly networks: Network[] = [
    { id: id('network', 1), name: 'VLAN100', status: 'operational' },
    { id: id('network', 2), name: 'VLAN200', status: 'operational' },
  ];
  readonly domains: StorageDomain[] = [
    { id: id('domain', 1), name: 'fast', type: 'data', status: 'active' },
    { id: id('domain', 2), name: 'slow', type: 'data', status: 'active' },
    { id: id('domain', 9), name: 'ISO', type: 'iso', status: 'active' },
  ];
  readonly templates: Template[] = [
    {
      id: id('template', 1),
      name: 'rhel',
      status: 'ok',
      isIso: false,
      minDiskGib: 10,
      disks: [{ id: id('template-disk', 1), status: 'ok' }],
    },
    { id: id('iso', 1), name: 'boot.iso', status: 'ok', isIso: true, sizeBytes: 700 * 2 ** 20, minDiskGib: 1 },
    { id: id('iso', 2), name: 'tools.iso', status: 'ok', isIso: true, sizeBytes: 900 * 2 ** 20, minDiskGib: 1 },
  ];
  readonly permissions: Permission[] = [];
  shared: Record<string, string> = {};
  /** Looks that work takes. */
  readonly looks = 1;
  readonly #busy = new Map<object, Busy>();
  #made = 100;

  newId(kind: string): string {
    this.#made += 1;
    return id(kind, this.#made);
  }

  /** Work that is done after so many looks at the record. */
  begin(record: object, done: () => void): void {
    this.#busy.set(record, { looks: this.looks, done });
  }

  busy(record: object): boolean {
    return this.#busy.has(record);
  }

  /** One look at the record: work under way comes nearer to its end. */
  look(record: object): void {
    const busy = this.#busy.get(record);
    if (!busy) return;
    if (busy.looks > 0) busy.looks -= 1;
    else {
      this.#busy.delete(record);
      busy.done();
    }
  }

  addVm(vm: Partial<FakeVm> & { id: string }): FakeVm {
    const record: FakeVm = {
      name: 'vm',
      status: 'down',
      powerState: 'shutdown',
      memoryBytes: 4 * GIB,
      sockets: 2,
      cores: 1,
      threads: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      template: { id: ZERO_ID },
      notes: {},
      pmemVolumes: [],
      ...vm,
    };
    this.vms.set(record.id, record);
    return record;
  }

  addVolume(volume: Partial<FakeVolume> & { id: string }): FakeVolume {
    const record: FakeVolume = {
      alias: 'disk',
      sizeBytes: GIB,
      status: 'ok',
      backendStatus: 'available',
      storageDomain: { id: id('domain', 1) },
      shareable: false,
      notes: {},
      vmIds: [],
      deleteWithVm: false,
      ...volume,
    };
    if (record.vmIds.length) record.backendStatus = 'in-use';
    this.volumes.set(record.id, record);
    return record;
  }

  addPort(port: Partial<FakePort> & { id: string }): FakePort {
    const record: FakePort = {
      name: '',
      network: { id: id('network', 1) },
      mac: `fa:16:3e:00:00:${(this.ports.size + 16).toString(16)}`,
      linked: true,
      notes: {},
      madeByNova: false,
      ...port,
    };
    this.ports.set(record.id, record);
    return record;
  }

  addSnapshot(snapshot: Partial<FakeSnapshot> & { id: string; vm: { id: string } }): FakeSnapshot {
    const record: FakeSnapshot = {
      name: 'snapshot',
      description: '',
      status: 'ok',
      createdAt: '2026-02-01T00:00:00.000Z',
      volumes: [],
      ...snapshot,
    };
    this.snapshots.set(record.id, record);
    return record;
  }

  vm(vmId: string): FakeVm {
    return this.#known(this.vms, 'VM', vmId);
  }
  volume(diskId: string): FakeVolume {
    return this.#known(this.volumes, 'Disk', diskId);
  }
  port(nicId: string): FakePort {
    return this.#known(this.ports, 'NIC', nicId);
  }
  snapshot(snapshotId: string): FakeSnapshot {
    return this.#known(this.snapshots, 'Snapshot', snapshotId);
  }

  volumesOf(vmId: string): FakeVolume[] {
    return [...this.volumes.values()].filter(({ vmIds }) => vmIds.includes(vmId));
  }

  #known<T extends object>(records: Map<string, T>, what: string, key: string): T {
    const record = records.get(key);
    if (record) this.look(record);
    const found = records.get(key);
    if (!found) throw new Fault('not-found', { what, id: key });
    return found;
  }
}
