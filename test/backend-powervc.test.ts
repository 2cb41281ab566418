import { describe, expect, it } from 'vitest';
import { flavorOf, resizedFlavor } from '../src/backends/powervc/flavor.js';
import { pmemOf, vmOf } from '../src/backends/powervc/vm.js';
import { capabilitiesOf, powerVcSettings } from '../src/backends/powervc/index.js';
import { clusterId, hostId } from '../src/backends/openstack/inventory.js';
import type { Server } from '../src/generated/openstack/nova.js';
import type { ServerExtension } from '../src/generated/powervc/nova.js';
import type { Vm } from '../src/model/index.js';
import { GIB } from './support/units.js';

const settings = powerVcSettings('https://powervc.example.com:5000/v3');

/**
 * A server as PowerVC 1.2 told it (openstack-archive/powervc-driver, sample_pvc_instance.json; docs/reference/power.md,
 * 1.2), with notes of ours.
 */
const SERVER: Server & ServerExtension = {
  id: '9db9bcc5-51d3-4ab1-8b4e-000000000001',
  name: 'deploy_sles',
  status: 'ACTIVE',
  image: { id: '18b28659-0000-4000-8000-000000000002' },
  created: '2014-01-16T06:32:11Z',
  launched_at: '2014-01-16T06:34:44.164830',
  cpus: '2',
  min_cpus: '1',
  max_cpus: '4',
  vcpus: '0.5',
  vcpu_mode: 'shared',
  uncapped: 'true',
  shared_weight: 128,
  desired_compatibility_mode: 'default',
  memory_mb: 4096,
  min_memory_mb: '2048',
  max_memory_mb: 8192,
  root_gb: '20',
  cpu_utilization: 0.033,
  operating_system: 'sles',
  avail_priority: 127,
  srr_capability: 'False',
  'OS-EXT-AZ:availability_zone': 'Default Group',
  'OS-EXT-SRV-ATTR:host': '8205E6C_06774ET',
  'OS-EXT-SRV-ATTR:hypervisor_hostname': '8205E6C_06774ET',
  'OS-EXT-STS:task_state': null,
  'OS-EXT-STS:power_state': 1,
  'OS-EXT-STS:vm_state': 'active',
  'os-extended-volumes:volumes_attached': [{ id: 'b0000000-0000-4000-8000-000000000001' }],
  metadata: { primary_network: 'n', 'ovirt.description': 'the first', 'ovirt.comment': 'c' },
  pmem_vol: [
    {
      uuid: 'p1',
      name: 'pmem_vol1',
      size: '1024',
      affinity: 'true',
      type: 'DRAM',
      status: 'CONFIGURING',
      created_at: '2025-10-21T15:06:54.738646',
    },
  ],
};

describe('a server of PowerVC', () => {
  it('is a VM', () => {
    expect(vmOf(SERVER, settings)).toEqual({
      id: SERVER.id,
      name: 'deploy_sles',
      description: 'the first',
      status: 'up',
      powerState: 'running',
      memoryBytes: 4 * GIB,
      memoryGuaranteedBytes: 2 * GIB,
      memoryMaxBytes: 8 * GIB,
      processorsMin: 1,
      resizing: false,
      processorsMax: 4,
      sockets: 2,
      cores: 1,
      threads: 1,
      procUnits: 0.5,
      customProperties: [
        { name: 'powervm:proc_units', value: '0.5' },
        { name: 'powervm:min_vcpu', value: '1' },
        { name: 'powervm:max_vcpu', value: '4' },
        { name: 'powervm:dedicated_proc', value: 'false' },
        { name: 'powervm:uncapped', value: 'true' },
        { name: 'powervm:shared_weight', value: '128' },
        { name: 'powervm:processor_compatibility', value: 'default' },
      ],
      diskGib: 20,
      architecture: 'ppc64',
      type: 'server',
      displayType: 'vnc',
      guestOs: 'sles',
      priority: 127,
      highlyAvailable: false,
      cluster: { id: clusterId('Default Group'), name: 'Default Group' },
      host: { id: hostId('8205E6C_06774ET'), name: '8205E6C_06774ET' },
      template: { id: '18b28659-0000-4000-8000-000000000002' },
      createdAt: '2014-01-16T06:32:11.000Z',
      startedAt: '2014-01-16T06:34:44.164Z',
      cpuUsagePercent: 3.3000000000000003,
      addresses: [],
      notes: { description: 'the first', comment: 'c' },
      volumeIds: ['b0000000-0000-4000-8000-000000000001'],
      pmemVolumes: [
        {
          id: 'p1',
          name: 'pmem_vol1',
          sizeBytes: GIB,
          affinity: true,
          device: 'DRAM',
          status: 'locked',
          createdAt: '2025-10-21T15:06:54.738Z',
          vm: { id: SERVER.id },
        },
      ],
    } satisfies Vm);
  });

  it('with dedicated processors has no share of them', () => {
    const properties = vmOf({ ...SERVER, vcpu_mode: 'Dedicated', min_vcpus: '0.1' }, settings).customProperties;
    expect(properties?.map(({ name, value }) => [name, value])).toEqual([
      ['powervm:min_vcpu', '1'],
      ['powervm:max_vcpu', '4'],
      ['powervm:dedicated_proc', 'true'],
      ['powervm:processor_compatibility', 'default'],
    ]);
  });

  it('is read with as little as Nova gives', () => {
    const vm = vmOf(
      {
        id: 'x',
        name: 'bare',
        status: 'ERROR',
        image: '',
        fault: { message: 'No valid host was found. ', code: 500 },
        'OS-EXT-STS:power_state': 0,
      },
      settings,
    );
    expect(vm).toMatchObject({
      status: 'unknown',
      statusDetail: 'No valid host was found. ',
      notes: {},
      volumeIds: [],
      pmemVolumes: [],
    });
    expect(vm.template).toBeUndefined();
  });

  // status, task_state, power_state → oVirt (docs/reference/power.md, 4.4)
  it.each([
    ['ACTIVE', null, 1, 'up'],
    ['ACTIVE', 'powering-off', 1, 'powering_down'],
    ['ACTIVE', 'activating', 1, 'powering_up'],
    ['ACTIVE', 'image_snapshot', 1, 'up'],
    ['SHUTOFF', null, 4, 'down'],
    ['SHUTOFF', 'powering-on', 4, 'powering_up'],
    ['SHUTOFF', 'image_snapshot', 4, 'image_locked'],
    ['BUILD', 'spawning', 0, 'wait_for_launch'],
    ['BUILD', 'block_device_mapping', 0, 'image_locked'],
    ['BUILD', 'deleting', 0, 'image_locked'],
    ['REBOOT', 'rebooting', 1, 'reboot_in_progress'],
    ['HARD_REBOOT', null, 1, 'reboot_in_progress'],
    ['MIGRATING', 'migrating', 1, 'migrating'],
    ['RESIZE', 'resize_prep', 1, 'up'],
    ['RESIZE', 'resize_prep', 4, 'image_locked'],
    ['VERIFY_RESIZE', null, 1, 'up'],
    ['VERIFY_RESIZE', null, 4, 'image_locked'],
    ['PAUSED', null, 3, 'paused'],
    ['SUSPENDED', null, 7, 'suspended'],
    ['SUSPENDED', 'resuming', 7, 'restoring_state'],
    ['SHELVED_OFFLOADED', null, 4, 'down'],
    ['ERROR', null, 4, 'down'],
    ['ERROR', null, 1, 'unknown'],
    ['UNKNOWN', null, 0, 'unknown'],
    ['SOMETHING_NEW', null, 1, 'unknown'],
  ])('%s with task %s and power %s is %s', (status, task, power, expected) => {
    expect(
      vmOf({ ...SERVER, status, 'OS-EXT-STS:task_state': task, 'OS-EXT-STS:power_state': power }, settings).status,
    ).toBe(expected);
  });

  it('does not answer when its hypervisor has failed; a lost RMC connection alone says nothing', () => {
    const health = (key: string, value: string) => ({
      health_value: 'CRITICAL',
      value_reason: [{ resource_property_key: key, resource_property_value: value }],
    });
    expect(vmOf({ ...SERVER, health_status: health('hypervisor_state', 'error') }, settings).status).toBe(
      'not_responding',
    );
    expect(vmOf({ ...SERVER, health_status: health('rmc_state', 'inactive') }, settings).status).toBe('up');
  });

  it('has its pmem volumes under any of the keys, one or many', () => {
    const volume = { uuid: 'p', name: 'n', size: 1, affinity: true, device: 'DRAM', status: 'active' };
    const read = {
      id: 'p',
      name: 'n',
      sizeBytes: 2 ** 20,
      affinity: true,
      device: 'DRAM',
      status: 'ok',
      vm: { id: 'v' },
    };
    for (const key of ['pmem_vol', 'pmem_vols', 'pmem_volumes']) {
      expect(pmemOf({ [key]: volume }, 'v')).toEqual([read]);
      expect(pmemOf({ [key]: [volume, volume] }, 'v')).toEqual([read, read]);
    }
    expect(pmemOf(null)).toEqual([]);
  });
});

describe('the inline flavor', () => {
  it("has the size in MiB and processors, and extra specs by PowerVM's names", () => {
    expect(
      flavorOf(
        {
          name: 'vm',
          memoryBytes: 4 * GIB + 1,
          sockets: 2,
          cores: 2,
          threads: 1,
          procUnits: 0.5,
          memoryMaxBytes: 8 * GIB,
          highlyAvailable: true,
          priority: 10,
          customProperties: [
            { name: 'powervm:shared_weight', value: '64' },
            { name: 'powervm:proc_units', value: '0.7' },
          ],
          disks: [{ id: 'vol1', storageDomain: { id: 'type1' } }, { storageDomain: { id: 'type2' } }],
          pmemVolumes: [{ name: 'pmem1', sizeBytes: 256 * 2 ** 20, affinity: true, device: 'DRAM' }],
        },
        settings,
      ),
    ).toEqual({
      ram: 4097,
      vcpus: 4,
      disk: 0,
      extra_specs: {
        'powervm:max_mem': '8192',
        'powervm:srr_capability': 'true',
        'powervm:availability_priority': '10',
        'powervm:proc_units': '0.7',
        'powervm:shared_weight': '64',
        'powervm:image_volume_type_vol1': 'type1',
        'powervm:pmem_vol_1': 'name:pmem1, size:256, affinity:true, device:DRAM',
      },
    });
    expect(flavorOf({ name: 'vm' }, settings)).toMatchObject({ ram: 1024, vcpus: 1 });
  });

  const vm = (status: Vm['status']): Vm => ({
    id: 'vm',
    name: 'vm',
    status,
    memoryBytes: 4 * GIB,
    memoryGuaranteedBytes: 2 * GIB,
    memoryMaxBytes: 8 * GIB,
    sockets: 2,
    diskGib: 20,
  });

  it('keeps what a resize does not change', () => {
    expect(resizedFlavor(vm('up'), { processors: 3 }, settings)).toEqual({
      ram: 4096,
      vcpus: 3,
      disk: 20,
      extra_specs: {},
    });
  });

  it('names no bounds for a running partition, and new ones for one that is down', () => {
    const size = { memoryBytes: 16 * GIB, extraSpecs: { 'powervm:max_vcpu': '8', 'powervm:shared_weight': '1' } };
    expect(resizedFlavor(vm('up'), size, settings).extra_specs).toEqual({ 'powervm:shared_weight': '1' });
    expect(resizedFlavor(vm('down'), size, settings).extra_specs).toEqual({
      'powervm:max_mem': '65536',
      'powervm:max_vcpu': '8',
      'powervm:shared_weight': '1',
    });
    expect(resizedFlavor(vm('down'), { memoryBytes: GIB }, settings).extra_specs).toEqual({
      'powervm:min_mem': '1024',
    });
  });
});

it('capabilities that are settings are refused by name', () => {
  const without = capabilitiesOf({ ...settings, suspend: false, blank: false });
  expect(without['vm.suspend']).toMatch(/powervc\.suspend/);
  expect(without['vm.create.blank']).toMatch(/powervc\.blank/);
  const unable = Object.entries(capabilitiesOf(settings))
    .filter(([, can]) => can !== true)
    .map(([name]) => name);
  expect(unable).toEqual([
    'vm.hugepages',
    'vm.architecture',
    'vm.pin',
    'vm.migrate.cancel',
    'vm.console',
    'vm.initialize',
    'disk.upload',
    'disk.download',
  ]);
});
