import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOvf } from '../src/ovirt/ovf/read.js';
import { startPlain, until, type Document, type PlainGateway } from './support/plain-gateway.js';
import { GIB } from './support/units.js';

/** VMs that come and go as OVF: `initialization.configuration` (docs/reference/v4-wire.md, sections 3 and 9). */

let plain: PlainGateway;
beforeAll(async () => {
  plain = await startPlain();
});
afterAll(() => plain?.close());

const get = async (path: string, headers?: Record<string, string>): Promise<Document> =>
  (await plain.api('GET', path, undefined, headers)).body;
const itemsOf = async (path: string, element: string): Promise<Document[]> =>
  ((await get(path))[element] as Document[] | undefined) ?? [];

const isDown = async (id: string): Promise<unknown> =>
  until(
    () => get(`/vms/${id}`),
    ({ status }) => status === 'down',
  );

async function newDisk(more: object): Promise<Document> {
  const { status, body } = await plain.api('POST', '/disks', { provisioned_size: String(GIB), ...more });
  expect(status, JSON.stringify(body)).toBe(202);
  return until(
    () => get(`/disks/${String(body['id'])}`),
    (disk) => disk['status'] === 'ok',
  );
}

const clusterId = async (): Promise<unknown> => (await itemsOf('/clusters', 'cluster'))[0]?.['id'];

const post = async (data: string, more: object = {}): Promise<{ status: number; body: Document; headers: Headers }> =>
  plain.api('POST', '/vms', {
    cluster: { id: await clusterId() },
    initialization: { configuration: { type: 'ova', data } },
    ...more,
  });

/** An OVF as engines of 4.x write it. `file`: of the disk. */
const engineOvf = (
  file: string,
  network: string,
  mac = '56:6f:00:00:12:34',
): string => `<?xml version="1.0" encoding="UTF-8"?>
<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1/" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ovf:version="4.4.0.0">
  <References><File ovf:href="${file}" ovf:id="volume" ovf:size="1073741824"/></References>
  <NetworkSection><Info>List of networks</Info><Network ovf:name="${network}"/></NetworkSection>
  <Section xsi:type="ovf:DiskSection_Type">
    <Info>List of Virtual Disks</Info>
    <Disk ovf:diskId="volume" ovf:size="1" ovf:fileRef="${file}" ovf:boot="true" ovf:disk-alias="moved_Disk1" ovf:volume-format="RAW"/>
  </Section>
  <Content ovf:id="out" xsi:type="ovf:VirtualSystem_Type">
    <Name>moved</Name><Description>from elsewhere</Description><Comment>kept</Comment>
    <VmType>1</VmType><MinAllocatedMem>1024</MinAllocatedMem><AutoStartup>false</AutoStartup><Priority>1</Priority>
    <Section xsi:type="ovf:OperatingSystemSection_Type"><Info>Guest OS</Info><Description>rhel_9x64</Description></Section>
    <Section xsi:type="ovf:VirtualHardwareSection_Type">
      <Info>2 CPU, 2048 Memory</Info>
      <Item><rasd:InstanceId>1</rasd:InstanceId><rasd:ResourceType>3</rasd:ResourceType><rasd:num_of_sockets>2</rasd:num_of_sockets><rasd:cpu_per_socket>1</rasd:cpu_per_socket><rasd:threads_per_cpu>1</rasd:threads_per_cpu><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
      <Item><rasd:InstanceId>2</rasd:InstanceId><rasd:ResourceType>4</rasd:ResourceType><rasd:AllocationUnits>MegaBytes</rasd:AllocationUnits><rasd:VirtualQuantity>2048</rasd:VirtualQuantity></Item>
      <Item><rasd:InstanceId>volume</rasd:InstanceId><rasd:ResourceType>17</rasd:ResourceType><rasd:HostResource>${file}</rasd:HostResource><IsPlugged>true</IsPlugged><IsReadOnly>false</IsReadOnly></Item>
      <Item><rasd:InstanceId>nic</rasd:InstanceId><rasd:ResourceType>10</rasd:ResourceType><rasd:Connection>${network}</rasd:Connection><rasd:Linked>true</rasd:Linked><rasd:Name>nic7</rasd:Name><rasd:MACAddress>${mac}</rasd:MACAddress><IsPlugged>true</IsPlugged></Item>
      <Item><rasd:InstanceId>usb</rasd:InstanceId><rasd:ResourceType>23</rasd:ResourceType></Item>
    </Section>
  </Content>
</ovf:Envelope>`;

describe('an OVF of an engine, and disks that were filled before', () => {
  test('make a VM; a disk is named by the id that the client wanted for it', async () => {
    const requested = randomUUID();
    expect((await plain.api('GET', `/disks/${requested}`)).status).toBe(404);
    const disk = await newDisk({ id: requested, name: 'moved_Disk1' });
    expect((await get(`/disks/${requested}`))['id']).toBe(disk['id']);
    const [network] = await itemsOf('/networks', 'network');
    const created = await post(engineOvf(`${requested}/volume`, String(network?.['name'])));
    expect(created.status, JSON.stringify(created.body)).toBe(202);
    expect(created.headers.get('x-ovirt-ignored')).toContain('ResourceType=23');
    const id = String(created.body['id']);
    await isDown(id);
    expect(await get(`/vms/${id}`)).toMatchObject({
      name: 'moved',
      description: 'from elsewhere',
      comment: 'kept',
      memory: String(2 * GIB),
      cpu: { topology: { sockets: '2', cores: '1', threads: '1' } },
    });
    const attachments = await itemsOf(`/vms/${id}/diskattachments`, 'disk_attachment');
    expect(attachments).toMatchObject([{ id: disk['id'], bootable: 'true', active: 'true' }]);
    const nics = await until(
      () => itemsOf(`/vms/${id}/nics`, 'nic'),
      ([nic]) => nic?.['plugged'] === 'true',
    );
    expect(nics).toMatchObject([{ name: 'nic7', mac: { address: '56:6f:00:00:12:34' } }]);
  });

  test('and an unknown network: the NIC is imported without one, as by an engine, which is reported', async () => {
    const disk = await newDisk({ name: 'lonely' });
    const ovf = engineOvf(`${String(disk['id'])}/volume`, 'nowhere', '56:6f:00:00:12:99');
    const created = await post(ovf, { name: 'unconnected' });
    expect(created.status, JSON.stringify(created.body)).toBe(202);
    expect(created.headers.get('x-ovirt-ignored')).toContain('vm.nics.nic.network');
    const id = String(created.body['id']);
    await isDown(id);
    expect((await get(`/vms/${id}`))['name']).toBe('unconnected');
    const [nic, ...others] = await itemsOf(`/vms/${id}/nics`, 'nic');
    expect([nic, others]).toMatchObject([
      { name: 'nic7', mac: { address: '56:6f:00:00:12:99' }, plugged: 'false' },
      [],
    ]);
    expect(nic?.['vnic_profile']).toBeUndefined();
    // and comes back so
    const { initialization } = await get(`/vms/${id}`, { 'all-content': 'true' });
    const { data } = (initialization as { configuration: { data: string } }).configuration;
    expect(readOvf(data).nics.map(({ name, network }) => [name, network])).toEqual([['nic7', undefined]]);
  });
});

describe('an import that is refused leaves its disks as they were', () => {
  /** What the cloud has of a disk, without what Cinder itself notes of an attachment. */
  const inCloud = (id: unknown): object => {
    const { bootable, name, metadata = {} } = plain.simulator.world.volumes.get(String(id)) ?? {};
    const { readonly = 'False', attached_mode: _, ...notes } = metadata;
    return { bootable, name, readonly, notes };
  };
  /** Two disks, the second one read-only and with another name than the disk. */
  async function twoDisks(name: string): Promise<{ ids: unknown[]; ovf: string; before: object[] }> {
    const ids = [(await newDisk({ name }))['id'], (await newDisk({ name: `${name}2` }))['id']];
    const [network] = await itemsOf('/networks', 'network');
    const file = `${String(ids[1])}/w`;
    const ovf = engineOvf(`${String(ids[0])}/v`, String(network?.['name']), '56:6f:00:00:12:77')
      .replace('</References>', `<File ovf:href="${file}" ovf:id="w" ovf:size="1"/></References>`)
      .replace(
        '</Section>',
        `<Disk ovf:diskId="w" ovf:size="1" ovf:fileRef="${file}" ovf:disk-alias="else" ovf:disk-interface="VirtIO" ovf:wipe-after-delete="true"/></Section>`,
      )
      .replace(
        '<Item><rasd:InstanceId>nic<',
        `<Item><rasd:ResourceType>17</rasd:ResourceType><rasd:HostResource>${file}</rasd:HostResource><IsPlugged>true</IsPlugged><IsReadOnly>true</IsReadOnly></Item>$&`,
      );
    return { ids, ovf, before: ids.map(inCloud) };
  }
  const remaining = async (name: string): Promise<unknown> =>
    until(
      () => itemsOf('/vms', 'vm'),
      (all) => !all.some((vm) => vm['name'] === name),
    );

  test.each([
    ['by Nova', { service: 'compute', method: 'POST', path: '^/servers$', then: { status: 400 } }, 400],
    ['by an outage', { service: 'compute', method: 'POST', path: '^/servers$', then: { status: 413 } }, 503],
    ['by Cinder, at the second disk', { service: 'volume', method: 'POST', path: '/action$', nth: 2 }, 400],
    ['by Cinder, at the note', { service: 'volume', method: 'POST', path: '/metadata$' }, 400],
  ] as const)('%s', async (_, rule, status) => {
    const { ids, ovf, before } = await twoDisks('refused');
    const remove = plain.simulator.addFault({ then: { status: 400 }, ...rule });
    const answer = await post(ovf, { name: 'refused' });
    remove();
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    expect(ids.map(inCloud)).toEqual(before);
    expect((await itemsOf('/vms', 'vm')).some(({ name }) => name === 'refused')).toBe(false);
  });

  test('by Neutron, after the VM was made: it is removed, also one that is protected', async () => {
    const { ids, ovf, before } = await twoDisks('undone');
    const remove = plain.simulator.addFault({
      service: 'network',
      method: 'POST',
      path: '^/v2.0/ports$',
      then: { status: 400 },
    });
    const answer = await post(ovf.replace('<VmType>', '<DeleteProtected>true</DeleteProtected>$&'), { name: 'undone' });
    remove();
    expect(answer.status, JSON.stringify(answer.body)).toBe(400);
    await remaining('undone');
    await until(
      () => Promise.resolve(ids.map(inCloud)),
      (now) => JSON.stringify(now) === JSON.stringify(before),
    );
    for (const id of ids)
      await until(
        () => get(`/disks/${String(id)}`),
        ({ status }) => status === 'ok',
      );
  });

  test('by the gateway, before anything is changed', async () => {
    const { ids, ovf, before } = await twoDisks('checked');
    const bad = await post(ovf.replace('56:6f:00:00:12:77', 'no MAC'), { name: 'checked' });
    expect([bad.status, JSON.stringify(bad.body)]).toEqual([400, expect.stringContaining('MAC address')]);
    expect(ids.map(inCloud)).toEqual(before);
  });

  test('and one that could not be put back is named', async () => {
    const { ids, ovf } = await twoDisks('stuck');
    const removals = [
      plain.simulator.addFault({ service: 'compute', method: 'POST', path: '^/servers$', then: { status: 400 } }),
      plain.simulator.addFault({ service: 'volume', method: 'DELETE', path: '/metadata/', then: { status: 400 } }),
    ];
    const answer = await post(ovf, { name: 'stuck' });
    for (const remove of removals) remove();
    expect(JSON.stringify(answer.body)).toContain('These disks could not be made again what they were: stuck2.');
    expect(ids.map(inCloud)).toHaveLength(2);
  });

  test('an alias that differs from the name of the disk is reported', async () => {
    const { ids, ovf } = await twoDisks('named');
    const { status, headers, body } = await post(ovf, { name: 'named' });
    expect(status, JSON.stringify(body)).toBe(202);
    expect(headers.get('x-ovirt-ignored')).toContain('vm.disk_attachments.disk_attachment.disk.alias');
    expect((await get(`/disks/${String(ids[1])}`))['name']).toBe('named2');
    await isDown(String(body['id']));
  });
});

test('what All-Content gives of a VM makes the same VM again from its disks', async () => {
  const disk = await newDisk({ name: 'round' });
  const [network] = await itemsOf('/networks', 'network');
  const first = await post(engineOvf(`${String(disk['id'])}/v`, String(network?.['name']), '56:6f:00:00:12:35'), {
    name: 'round',
  });
  expect(first.status, JSON.stringify(first.body)).toBe(202);
  const id = String(first.body['id']);
  await isDown(id);
  await until(
    () => itemsOf(`/vms/${id}/nics`, 'nic'),
    ([nic]) => nic?.['plugged'] === 'true',
  );
  const before = await get(`/vms/${id}`, { 'all-content': 'true' });
  const { configuration } = before['initialization'] as { configuration: { type: string; data: string } };
  expect(configuration.type).toBe('ovf');
  expect((await plain.api('DELETE', `/vms/${id}?detach_only=true`)).status).toBe(200);
  await until(
    () => plain.api('GET', `/vms/${id}`),
    ({ status }) => status === 404,
  );
  await until(
    () => get(`/disks/${String(disk['id'])}`),
    ({ status }) => status === 'ok',
  );
  const again = await post(configuration.data);
  expect(again.status, JSON.stringify(again.body)).toBe(202);
  const other = String(again.body['id']);
  await isDown(other);
  const kept = ['name', 'description', 'comment', 'memory', 'memory_policy', 'cpu', 'os', 'high_availability', 'type'];
  const after = await get(`/vms/${other}`);
  for (const key of kept) expect(after[key], key).toEqual(before[key]);
  const [nic] = await until(
    () => itemsOf(`/vms/${other}/nics`, 'nic'),
    ([one]) => one?.['plugged'] === 'true',
  );
  expect(nic).toMatchObject({ name: 'nic7', mac: { address: '56:6f:00:00:12:35' } });
});

test('All-Content gives a VM without a priority the lowest one, so that a VM made from it has none either', async () => {
  const disk = await newDisk({ name: 'plain' });
  const data = engineOvf(`${String(disk['id'])}/v`, 'n', '56:6f:00:00:12:98').replace(/<Priority>\d*<\/Priority>/, '');
  const { status, body } = await post(data, { name: 'plain' });
  expect(status, JSON.stringify(body)).toBe(202);
  const id = String(body['id']);
  await isDown(id);
  const { initialization } = await get(`/vms/${id}`, { 'all-content': 'true' });
  expect((initialization as { configuration: { data: string } }).configuration.data).toContain('<Priority>0<');
});

describe('what is refused', () => {
  test.each([
    ['no OVF', 'hello', 400],
    ['another document', '<vm/>', 400],
    ['entities', '<!DOCTYPE a [<!ENTITY b "c">]><Envelope>&b;</Envelope>', 400],
    ['no content', '<Envelope/>', 400],
    ['no disk', '<Envelope><Content><Name>x</Name></Content></Envelope>', 400],
    ['a disk that is not there', engineOvf(`${randomUUID()}/v`, 'n'), 404],
  ])('%s', async (_, data, status) => {
    const { status: seen, body } = await post(data);
    expect(seen, JSON.stringify(body)).toBe(status);
  });

  test('a disk that another VM has', async () => {
    const [attached] = [...plain.simulator.world.volumes.values()].filter(({ attachments }) => attachments.length > 0);
    expect((await post(engineOvf(`${attached?.id}/v`, 'n'))).status).toBe(409);
  });
});

test('units and forms of other writers', () => {
  const { vm } = readOvf(`<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"><VirtualSystem>
    <VirtualHardwareSection>
      <Item><ResourceType>3</ResourceType><VirtualQuantity>4</VirtualQuantity></Item>
      <Item><ResourceType>4</ResourceType><AllocationUnits>byte * 2^30</AllocationUnits><VirtualQuantity>3</VirtualQuantity></Item>
    </VirtualHardwareSection></VirtualSystem></Envelope>`);
  expect(vm).toEqual({ sockets: 4, cores: 1, threads: 1, memoryBytes: 3 * GIB });
});
