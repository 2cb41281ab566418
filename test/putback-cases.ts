import { expect } from 'vitest';
import { parseXml, type Representation } from '../src/codec/index.js';
import * as mapping from '../src/generated/ovirt/v3/mapping.js';
import * as v3 from '../src/generated/ovirt/v3/representations.js';
import type * as n from '../src/generated/entities.js';
import type { Mapped, MappingContext } from '../src/mapping/mapped.js';
import { validateV3 } from './support/xsd.js';

/**
 * What SDK v3 does: it fetches a document, changes one field and puts the whole back (docs/reference/ovirt.md, section
 * 9). Nothing that the gateway wrote itself may come back as a loss, let alone a refusal; and what it wrote is valid
 * against the engine's schema.
 */
export const ID = '0a1b2c3d-0000-4000-8000-000000000001';

export const OTHER = '0a1b2c3d-0000-4000-8000-000000000002';

const AT = '2026-11-21T00:00:00.000Z';

export const ref = { id: OTHER };

interface Case<N extends object, D extends object> {
  readonly representation: Representation<D>;
  readonly out: (entity: N, context: MappingContext) => D;
  readonly in: (document: D, context: MappingContext) => Mapped<N>;
  readonly entity: N;
  /** What of the entity is only written. */
  readonly readOnly?: readonly (keyof N)[];
  /** What the front reads back in another way than it is written, on purpose. */
  readonly becomes?: Partial<N>;
}

const of = <N extends object, D extends object>(one: Case<N, D>): (() => Promise<void>) =>
  async function roundTrip() {
    const document = one.out(one.entity, { base: '/api' });
    const xml = one.representation.toXml(document);
    expect(await validateV3(xml)).toEqual([]);
    for (const read of [
      one.representation.fromXml(parseXml(xml)),
      one.representation.fromJson(JSON.parse(JSON.stringify(one.representation.toJson(document)))),
    ]) {
      expect(read.unknown).toEqual([]);
      const { value, lost } = one.in(read.value, { base: '/api' });
      expect(lost).toEqual([]);
      const kept = Object.fromEntries(
        Object.entries(one.entity).filter(([key]) => !(one.readOnly as readonly string[] | undefined)?.includes(key)),
      );
      expect(value).toEqual({ ...kept, ...one.becomes });
    }
  };

const vm: n.Vm = {
  id: ID,
  name: 'lpar1',
  description: 'd',
  comment: 'c',
  type: 'server',
  status: 'up',
  statusDetail: 'a <detail>',
  memoryBytes: 4 * 2 ** 30,
  memoryGuaranteedBytes: 2 ** 30,
  sockets: 2,
  cores: 1,
  threads: 1,
  architecture: 'ppc64',
  cluster: ref,
  host: ref,
  template: ref,
  placementHosts: [ref],
  affinity: 'migratable',
  osType: 'rhel_7_ppc64',
  guestOs: 'rhel',
  bootDevices: ['hd'],
  displayType: 'vnc',
  createdAt: AT,
  startedAt: AT,
  highlyAvailable: true,
  priority: 127,
  deleteProtected: true,
  customProperties: [{ name: 'powervm:proc_units', value: '0.5' }],
};

const disk: n.Disk = {
  id: ID,
  alias: 'data',
  description: 'd',
  imageId: ID,
  vm: ref,
  storageDomain: ref,
  sizeBytes: 8 * 2 ** 30,
  actualBytes: 8 * 2 ** 30,
  status: 'ok',
  interface: 'spapr_vscsi',
  format: 'raw',
  sparse: true,
  bootable: false,
  shareable: false,
  wipeAfterDelete: false,
  propagateErrors: false,
  active: true,
  readOnly: false,
  type: 'data',
  lunType: 'fcp',
  logicalUnits: [
    { id: '6005', serial: 's', vendorId: 'IBM', productId: '2145', lunMapping: 1, sizeBytes: 8 * 2 ** 30 },
  ],
};

const nic: n.Nic = {
  id: ID,
  name: 'nic1',
  vm: ref,
  network: ref,
  mac: 'fa:16:3e:00:00:01',
  interface: 'spapr_vlan',
  linked: true,
  plugged: true,
};

export const cases: Readonly<Record<string, () => Promise<void>>> = {
  vm: of({
    representation: v3.VM,
    out: mapping.vmOut,
    in: mapping.vmIn,
    entity: vm,
    readOnly: ['status', 'statusDetail', 'host', 'guestOs', 'createdAt', 'startedAt'],
  }),
  disk: of({
    representation: v3.Disk,
    out: mapping.diskOut,
    in: mapping.diskIn,
    entity: disk,
    readOnly: ['imageId', 'vm', 'actualBytes', 'status', 'format'],
    becomes: { logicalUnits: [{ id: '6005' }] },
  }),
  nic: of({ representation: v3.NIC, out: mapping.nicOut, in: mapping.nicIn, entity: nic, readOnly: ['vm'] }),
  numaNode: of({
    representation: v3.VirtualNumaNode,
    out: mapping.numaNodeOut,
    in: mapping.numaNodeIn,
    readOnly: ['vm'],
    entity: {
      id: ID,
      index: 0,
      memoryMib: 1024,
      cores: [0, 1],
      vm: ref,
      pins: [{ index: 0, pinned: true, hostNode: ref }],
    },
  }),
  cdrom: of({
    representation: v3.CdRom,
    out: mapping.cdromOut,
    in: mapping.cdromIn,
    entity: { id: ID, file: { id: 'fedora-15-x86_64-dvd.iso' }, vm: ref },
    readOnly: ['vm'],
  }),
  'an empty cdrom': of({
    representation: v3.CdRom,
    out: mapping.cdromOut,
    in: mapping.cdromIn,
    entity: { id: ID, file: { id: '' } },
  }),
  snapshot: of({
    representation: v3.Snapshot,
    out: mapping.snapshotOut,
    in: mapping.snapshotIn,
    readOnly: ['type', 'createdAt', 'status', 'vm'],
    entity: {
      id: ID,
      description: 'before',
      type: 'regular',
      createdAt: AT,
      status: 'ok',
      persistMemory: false,
      vm: ref,
    },
  }),
  pmemVolume: of({
    representation: v3.PmemVolume,
    out: mapping.pmemVolumeOut,
    in: mapping.pmemVolumeIn,
    readOnly: ['volumeUuid', 'status', 'vm'],
    entity: {
      id: ID,
      volumeUuid: ID.toUpperCase(),
      name: 'p',
      sizeBytes: 2 ** 28,
      affinity: true,
      device: 'DRAM',
      aggregatedMemory: false,
      status: 'ok',
      vm: ref,
    },
  }),
  cluster: of({
    representation: v3.Cluster,
    out: mapping.clusterOut,
    in: mapping.clusterIn,
    entity: { id: ID, name: 'Default Group', description: 'd', architecture: 'ppc64', processors: 'POWER8' },
  }),
  network: of({
    representation: v3.Network,
    out: mapping.networkOut,
    in: mapping.networkIn,
    readOnly: ['status'],
    entity: { id: ID, name: 'net', description: 'd', vlanId: 100, mtu: 1500, status: 'operational', usages: ['vm'] },
  }),
  template: of({
    representation: v3.Template,
    out: mapping.templateOut,
    in: mapping.templateIn,
    readOnly: ['status', 'createdAt'],
    entity: {
      id: ID,
      name: 'aix',
      description: 'd',
      status: 'ok',
      createdAt: AT,
      memoryBytes: 2 ** 30,
      sockets: 1,
      cores: 1,
      threads: 1,
      architecture: 'ppc64',
      osType: 'other_ppc64',
      cluster: ref,
    },
  }),
};

/** What is only written. */
export const written: Readonly<Record<string, () => string>> = {
  statistic: () =>
    v3.Statistic.toXml(
      mapping.statisticOut(
        {
          id: ID,
          name: 'memory.used',
          description: 'd',
          kind: 'gauge',
          valueType: 'integer',
          unit: 'bytes',
          values: [1024, 0.5],
          vm: ref,
        },
        { base: '/api' },
      ),
    ),
  session: () =>
    v3.Session.toXml(
      mapping.sessionOut(
        {
          id: ID,
          protocol: 'vnc',
          ip: '192.0.2.1',
          user: { id: ID, name: 'admin' },
          domain: { id: ID, name: 'internal' },
          consoleUser: true,
          vm: ref,
        },
        { base: '/api' },
      ),
    ),
  host: () =>
    v3.Host.toXml(
      mapping.hostOut(
        {
          id: ID,
          name: 'p9',
          address: '8205E6C_06774ET',
          status: 'up',
          cluster: ref,
          memoryBytes: 2 ** 40,
          memoryFreeBytes: 2 ** 39,
          sockets: 2,
          cores: 8,
          threads: 8,
          cpuName: 'POWER9',
          cpuSpeedMhz: 3900.5,
          vmsActive: 1,
          vmsTotal: 2,
        },
        { base: '/api' },
      ),
    ),
  storageDomain: () =>
    v3.StorageDomain.toXml(
      mapping.storageDomainOut(
        {
          id: ID,
          name: 'svc',
          type: 'data',
          master: true,
          status: 'active',
          storageType: 'fcp',
          availableBytes: 2 ** 40,
          usedBytes: 2 ** 30,
          committedBytes: 2 ** 31,
        },
        { base: '/api' },
      ),
    ),
  isoFile: () =>
    v3.File.toXml(mapping.isoFileOut({ id: 'x.iso', name: 'x.iso', storageDomain: ref }, { base: '/api' })),
};
