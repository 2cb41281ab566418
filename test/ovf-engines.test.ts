import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstOf } from '../src/invariant.js';
import { readOvf } from '../src/ovirt/ovf/read.js';
import { powerVsIds } from '../src/simulator/powervs/index.js';
import { dialects, engineOvf, type Dialect } from './support/engine-ovf.js';
import { until } from './support/plain-gateway.js';
import { serveV4, textAt, type Served } from './v4/testbed.js';
import { GIB, MIB } from './support/units.js';

/** OVFs as engines of 3.5 to 4.5 write them: what is read, what is reported, and the same VM again on the clouds. */

const DISK = '0a1b2c3d-1111-4222-8333-444455556666';
const parts = { name: 'moved', disk: DISK, network: 'production', mac: '56:6f:00:00:12:34' };
const paths = (all: readonly { readonly path: string }[]): string[] =>
  all.map(({ path }) => path.slice(path.indexOf('data/') + 'data/'.length));

describe.each(dialects)('an OVF of engine $version', (dialect) => {
  test('is read whole', () => {
    const { vm, disks, nics, ignored } = readOvf(engineOvf(dialect, parts));
    expect(vm).toEqual({
      name: 'moved',
      description: 'from elsewhere',
      ...(dialect.comment && { comment: 'kept' }),
      osType: 'rhel_7_ppc64',
      type: 'server',
      deleteProtected: false,
      highlyAvailable: true,
      priority: 50,
      memoryBytes: 4 * GIB,
      memoryGuaranteedBytes: 1024 * MIB,
      sockets: 2,
      cores: 4,
      threads: dialect.threads ? 2 : 1,
    });
    expect(disks).toEqual([
      {
        id: DISK,
        alias: 'moved_Disk1',
        bootable: true,
        readOnly: false,
        active: true,
        interface: 'spapr_vscsi',
      },
    ]);
    expect(nics).toEqual([
      {
        name: 'nic1',
        interface: 'virtio',
        mac: parts.mac,
        network: { name: 'production' },
        linked: true,
        plugged: true,
      },
    ]);
    expect(paths(ignored)).toEqual([...dialect.lost, 'Item[ResourceType=10]/ResourceSubType']);
  });

  test('with a chain of snapshots has each disk once, and reports that the snapshots are not imported', () => {
    const { disks, ignored } = readOvf(engineOvf(dialect, { ...parts, snapshots: true }));
    expect(disks.map(({ id }) => id)).toEqual([DISK]);
    expect(paths(ignored)).toContain('SnapshotsSection');
  });
});

const [, , , , , latest] = dialects;
const edited = (change: (text: string) => string): ReturnType<typeof readOvf> =>
  readOvf(change(engineOvf(latest ?? dialects[0], parts)));

test('what has no effect on a cloud is kept as of a document, and reported', () => {
  const { vm, disks, nics, ignored } = edited((text) =>
    text
      .replace('sequence>0<', 'sequence>4<')
      .replace('<VmType>1<', '<VmType>0<')
      .replace('>Etc/GMT<', '>Europe/Rome<')
      .replace('<IsSmartcardEnabled>false<', '<IsSmartcardEnabled>true<')
      .replace('32768</rasd:ResourceType>', '20</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity>')
      .replace('wipe-after-delete="false"', 'wipe-after-delete="true"')
      .replace('<BootOrder>1</BootOrder><IsPlugged>true<', '<BootOrder>1</BootOrder><IsPlugged>false<')
      .replace('SubType>3<', 'SubType>5<'),
  );
  expect(vm.options).toEqual({
    type: 'desktop',
    bootDevices: ['hd', 'network', 'cdrom'],
    timeZone: 'Europe/Rome',
    monitors: 2,
    smartcard: true,
  });
  expect(disks).toMatchObject([{ wipeAfterDelete: true, active: false }]);
  expect(firstOf(nics, 'a NIC').interface).toBeUndefined();
  expect(paths(ignored)).toEqual(
    expect.arrayContaining([
      ...['default_boot_sequence', 'VmType', 'TimeZone', 'IsSmartcardEnabled', 'Item[ResourceType=20]/VirtualQuantity'],
      ...['Item[ResourceType=17]/IsPlugged', 'Item[ResourceType=10]/ResourceSubType'],
    ]),
  );
});

test('a USB controller that is on is reported', () => {
  const { ignored } = edited((text) => text.replace('>Disabled</rasd:UsbPolicy>', '>ENABLED_NATIVE</rasd:UsbPolicy>'));
  expect(paths(ignored)).toContain('Item[ResourceType=23]');
});

test('where no disk is marked to boot from, the order of its devices decides', () => {
  const second = '0a1b2c3d-1111-4222-8333-444455557777';
  const { disks } = edited((text) =>
    text
      .replace(/ ovf:boot="true"/, ' ovf:boot="false"')
      .replace(
        /(<Section xsi:type="ovf:DiskSection_Type">)/,
        `$1<Disk ovf:diskId="d2" ovf:fileRef="${second}/d2" ovf:boot="false"/>`,
      ),
  );
  expect(disks.map(({ id }) => id)).toEqual([DISK, second]);
});

test.each([
  ['a number of CIM', '80', undefined],
  ['a sentence', 'Red Hat Enterprise Linux 9 (64-bit)', undefined],
  ['a name of engines before 3.3', 'RHEL6x64', 'RHEL6x64'],
])('an operating system that is %s', (_, reported, kept) => {
  const { vm, ignored } = edited((text) => text.replace('rhel_7_ppc64', reported));
  expect(vm.osType).toBe(kept);
  expect(paths(ignored).includes('OperatingSystemSection')).toBe(kept === undefined);
});

test('parts of a VM that the cloud does not have are reported, each with its reason', () => {
  const { ignored } = edited((text) =>
    text.replace(
      '<Priority>50</Priority>',
      '<Priority>50</Priority><TimeZone>Europe/Rome</TimeZone><IsStateless>true</IsStateless>' +
        '<CustomCompatibilityVersion>4.2</CustomCompatibilityVersion><BiosType>4</BiosType><TpmEnabled>true</TpmEnabled>' +
        '<VmInit ovf:hostname="a"><networks>b</networks></VmInit><SomethingNew>1</SomethingNew>',
    ),
  );
  expect(paths(ignored)).toEqual(
    expect.arrayContaining([
      ...['TimeZone', 'IsStateless', 'CustomCompatibilityVersion', 'BiosType', 'TpmEnabled', 'VmInit', 'SomethingNew'],
    ]),
  );
  expect(ignored.every(({ why }) => why !== '')).toBe(true);
});

describe.each(['powervc', 'openstack'] as const)('on %s', (cloud) => {
  let served: Served;
  let cluster = '';
  let count = 0;
  beforeAll(async () => {
    served = await serveV4(cloud, { timeScale: 0 });
    cluster = (await served.send('GET', '/clusters')).xml().children[0]?.attributes.get('id') ?? '';
  });
  afterAll(() => served?.close());

  const reached = async (path: string, element: string, value: string): Promise<void> => {
    await until(
      () => served.send('GET', path),
      ({ status, xml }) => status === 200 && textAt(xml(), element) === value,
    );
  };
  const post = (ovf: string): ReturnType<Served['send']> =>
    served.send(
      'POST',
      '/vms',
      `<vm><cluster id="${cluster}"/><initialization><configuration><type>ovf</type><data>${ovf
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')}</data></configuration></initialization></vm>`,
    );
  const newDisk = async (): Promise<string> => {
    const name = `ovf-${(count += 1)}`;
    const body = `<disk><name>${name}</name><format>raw</format><provisioned_size>${GIB}</provisioned_size></disk>`;
    const id = (await served.send('POST', '/disks', body)).xml().attributes.get('id') ?? '';
    await reached(`/disks/${id}`, 'status', 'ok');
    return id;
  };
  /** What a VM is, without where and when. */
  const seen = async (id: string): Promise<unknown> => {
    const vm = (await served.send('GET', `/vms/${id}`)).xml();
    const nics = await until(
      async () => (await served.send('GET', `/vms/${id}/nics`)).xml().children,
      ([nic]) => nic !== undefined && textAt(nic, 'plugged') === 'true',
    );
    const attachments = (await served.send('GET', `/vms/${id}/diskattachments`)).xml().children;
    const kept = ['name', 'description', 'comment', 'memory', 'memory_policy/guaranteed', 'os/type', 'type'];
    return {
      vm: [...kept, 'cpu/topology/sockets', 'cpu/topology/cores', 'cpu/topology/threads'].map((path) =>
        textAt(vm, path),
      ),
      boot: textAt(vm, 'os/boot/devices/device'),
      nics: nics.map((nic) => [textAt(nic, 'name'), textAt(nic, 'mac/address'), textAt(nic, 'interface')]),
      disks: attachments.map((one) => [
        one.attributes.get('id'),
        ...['bootable', 'interface', 'read_only'].map((path) => textAt(one, path)),
      ]),
    };
  };
  const gone = async (id: string, disk: string): Promise<void> => {
    await served.send('DELETE', `/vms/${id}?detach_only=true`);
    await until(
      () => served.send('GET', `/vms/${id}`),
      ({ status }) => status === 404,
    );
    await reached(`/disks/${disk}`, 'status', 'ok');
  };

  test.each([...dialects])(
    'engine $version: imported, and the same VM again from All-Content',
    async (dialect: Dialect) => {
      const networks = (await served.send('GET', '/networks')).xml().children;
      const network = textAt(firstOf(networks, 'a network'), 'name') ?? '';
      const disk = await newDisk();
      const mac = `56:6f:00:00:13:${String(10 + count)}`;
      const sent = engineOvf(dialect, { name: `moved-${count}`, disk, network, mac, snapshots: true })
        .replace('sequence>0<', 'sequence>4<')
        .replaceAll('<IsReadOnly>false<', '<IsReadOnly>true<');
      const created = await post(sent);
      expect(created.status, created.text).toBe(202);
      const reported = created.headers.get('x-ovirt-ignored') ?? '';
      for (const lost of [...dialect.lost, 'SnapshotsSection', 'default_boot_sequence'])
        expect(reported).toContain(lost);
      const id = created.xml().attributes.get('id') ?? '';
      await reached(`/vms/${id}`, 'status', 'down');
      const first = await seen(id);
      expect(first).toMatchObject({ boot: 'hd', disks: [[disk, 'true', 'spapr_vscsi', 'true']] });
      const whole = (await served.send('GET', `/vms/${id}`, undefined, { 'all-content': 'true' })).xml();
      const ovf = textAt(whole, 'initialization/configuration/data') ?? '';
      expect(paths(readOvf(ovf).ignored)).toEqual(['default_boot_sequence', 'Item[ResourceType=10]/ResourceSubType']);
      await gone(id, disk);
      const again = await post(ovf);
      expect(again.status, again.text).toBe(202);
      const other = again.xml().attributes.get('id') ?? '';
      await reached(`/vms/${other}`, 'status', 'down');
      expect(await seen(other)).toEqual(first);
      await gone(other, disk);
    },
  );
});

test.each([...dialects])('on Power Virtual Server an OVF of engine $version is refused by name', async (dialect) => {
  const served = await powerVs();
  const ovf = engineOvf(dialect, { ...parts, disk: powerVsIds.volumes.floating }).replaceAll('<', '&lt;');
  const { status, text } = await served.send(
    'POST',
    '/vms',
    `<vm><cluster><name>s922</name></cluster><initialization><configuration><type>ovf</type><data>${ovf}</data></configuration></initialization></vm>`,
  );
  expect([status, text]).toEqual([409, expect.stringContaining('is not supported by Power Virtual Server')]);
});

let refusing: Promise<Served> | undefined;
const powerVs = (): Promise<Served> => (refusing ??= serveV4('powervs'));
afterAll(async () => (await refusing)?.close());
