import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../src/codec/index.js';
import { nameId } from '../src/model/index.js';
import { noteOf, pack } from '../src/services/snapshots/configurations.js';
import { aDisk, aVm, createWorld, DISK_ID, type Gateway, startFake, VM_ID } from './ovirt-fake.js';
import { validateV3 } from './support/xsd.js';

const VM = `/api/vms/${VM_ID}`;
const SNAPSHOT_ID = '3f68ee63-0016-4f8c-9b8a-11d9f28f7c9e';
const OLDER_ID = 'a209216d-2909-4802-8886-02aad55dccc8';
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startFake();
});
afterAll(() => gateway.close());
beforeEach(() => {
  Object.assign(gateway.world, createWorld());
  const nic = {
    id: nameId('nic', '1'),
    name: 'nic1',
    mac: '00:1a:4a:16:84:07',
    network: { id: nameId('network', '1'), name: 'VLAN "100" & more' },
    linked: true,
    plugged: true,
    attachedTo: VM_ID,
  };
  gateway.world.nics = [nic];
  const then = pack({
    at: 0,
    description: 'before the change',
    vm: { ...aVm, name: 'as it was', memoryBytes: 2 ** 31 },
    disks: [{ ...aDisk, alias: 'as <it> was' }],
    nics: [nic],
  });
  gateway.world.vms = [{ ...aVm, notes: { [noteOf('second')]: then } }];
  gateway.world.override.set('snapshots.list', async () => [
    {
      id: SNAPSHOT_ID,
      name: 'second',
      status: 'ok',
      createdAt: '2026-02-02T00:00:00.000Z',
      volumes: [{ volumeId: DISK_ID, snapshotId: OLDER_ID }],
    },
    { id: OLDER_ID, name: 'first', description: 'first', status: 'locked', createdAt: '2026-01-01T00:00:00.000Z' },
  ]);
  for (const port of ['vms', 'disks', 'nics'])
    gateway.world.override.set(`${port}.metrics`, async () => ({ cpuPercent: 12.5, memoryUsedBytes: 5 }));
});

const child = (element: XmlElement, ...path: string[]): XmlElement =>
  path.reduce((at, name) => {
    const found = at.children.find((one) => one.name === name);
    if (!found) throw new Error(`no ${name} in ${at.name}`);
    return found;
  }, element);

describe('snapshots', () => {
  it('are listed with the active one first, and link to the one before', async () => {
    const { text } = await gateway.send('GET', `${VM}/snapshots`);
    expect([...text.matchAll(/<link href="([^"]*)" rel="prev"\/>/g)].map(([, href]) => href)).toEqual([
      `${VM}/snapshots/${SNAPSHOT_ID}`,
      `${VM}/snapshots/${OLDER_ID}`,
    ]);
    expect(text.match(/rel="restore"/g)).toHaveLength(2);
    expect(text).not.toContain('<initialization>');
    expect((await gateway.send('GET', `${VM}/snapshots/${SNAPSHOT_ID}`)).text).toContain(
      `<link href="${VM}/snapshots/${OLDER_ID}" rel="prev"/>`,
    );
  });

  it('hold the OVF of their time with All-Content: escaped in XML, plain in JSON', async () => {
    const xml = await gateway.send('GET', `${VM}/snapshots/${SNAPSHOT_ID}`, undefined, { 'all-content': 'true' });
    expect(xml.text).toContain('&lt;ovf:Envelope');
    const json = await gateway.send('GET', `${VM}/snapshots/${SNAPSHOT_ID}`, undefined, {
      'all-content': 'true',
      accept: 'application/json',
    });
    const {
      initialization: { configuration },
    } = JSON.parse(json.text) as { initialization: { configuration: { type: string; data: string } } };
    expect(configuration.type).toBe('ovf');
    const data = child(parseXml(xml.text), 'initialization', 'configuration', 'data').text;
    expect(data).toBe(configuration.data);
    const envelope = parseXml(data);
    expect(child(envelope, 'Content', 'Name').text).toBe('as it was');
    const [, , diskSection] = envelope.children;
    expect(child(diskSection!, 'Disk').attributes.get('ovf:disk-alias')).toBe('as <it> was');
    const hardware = child(envelope, 'Content').children.filter(({ name }) => name === 'Section')[1]!;
    const items = hardware.children
      .filter(({ name }) => name === 'Item')
      .map((item) => child(item, 'rasd:ResourceType').text);
    // processors, memory, disk, NIC; USB and display controller, CD-ROM drive, the disks' adapter
    expect(items).toEqual(['3', '4', '17', '10', '23', '20', '15', '0']);
    expect(child(hardware.children.filter(({ name }) => name === 'Item')[1]!, 'rasd:VirtualQuantity').text).toBe(
      '2048',
    );
  });

  it('are restored whole or not at all', async () => {
    const { status, text } = await gateway.send(
      'POST',
      `${VM}/snapshots/${SNAPSHOT_ID}/restore`,
      '<action><restore_memory>true</restore_memory></action>',
    );
    expect(status).toBe(409);
    expect(text).toContain('action.restore_memory is not supported by PowerVC');
  });
});

describe('statistics', () => {
  it('of a disk have the address of the disk through its VM', async () => {
    const { text } = await gateway.send('GET', `${VM}/disks/${DISK_ID}/statistics`);
    expect(text).toContain(`<disk href="${VM}/disks/${DISK_ID}" id="${DISK_ID}"/>`);
    const [, href] = /<statistic href="([^"]*)"/.exec(text)!;
    expect((await gateway.send('GET', href!)).status).toBe(200);
  });
});

it('progress under an id that was never given out is a 404 for a creation, and for an action what an engine answers that has forgotten it', async () => {
  expect((await gateway.send('GET', `${VM}/creation_status/${DISK_ID}`)).status).toBe(404);
  expect((await gateway.send('GET', `${VM}/start/${DISK_ID}`)).status).toBe(301);
});

describe('answers are documents of the v3 schema', () => {
  it.each<[string, string, string?]>([
    ['GET', '/api'],
    ['GET', '/api/vms'],
    ['GET', VM],
    ['GET', `${VM}/disks`],
    ['GET', `${VM}/disks/${DISK_ID}`],
    ['GET', `${VM}/disks/${DISK_ID}/permissions`],
    ['GET', `${VM}/nics`],
    ['GET', `${VM}/numanodes`],
    ['GET', `${VM}/cdroms`],
    ['GET', `${VM}/snapshots`],
    ['GET', `${VM}/snapshots/${SNAPSHOT_ID}/disks`],
    ['GET', `${VM}/snapshots/${SNAPSHOT_ID}/nics`],
    ['GET', `${VM}/statistics`],
    ['GET', `${VM}/disks/${DISK_ID}/statistics`],
    ['GET', `${VM}/nics/${nameId('nic', '1')}/statistics`],
    ['GET', `${VM}/sessions`],
    ['GET', `${VM}/pmemvolumes`],
    ['GET', '/api/clusters'],
    ['GET', '/api/hosts'],
    ['GET', '/api/templates'],
    ['GET', '/api/storagedomains'],
    ['GET', '/api/networks'],
    ['GET', '/api/disks'],
    ['GET', '/api/pmemvolumes'],
    ['GET', '/api/nothing'],
    ['GET', `${VM}/start/${nameId('action', `/vms/${VM_ID}/start`)}`],
    ['GET', `${VM}/creation_status/${nameId('creation', VM_ID)}`],
    ['POST', `${VM}/start`, '<action/>'],
    ['POST', `${VM}/stop`, '<action/>'],
    ['POST', `${VM}/start`, '<action><async>true</async></action>'],
    ['POST', `${VM}/disks`, '<disk><provisioned_size>1</provisioned_size></disk>'],
    ['PUT', VM, '<vm><name>other</name></vm>'],
    ['DELETE', `${VM}/disks/${DISK_ID}`],
  ])('%s %s %s', async (method: string, path: string, body?: string) => {
    const { text } = await gateway.send(method, path, body);
    expect(await validateV3(text)).toEqual([]);
  });

  it('a snapshot with its OVF', async () => {
    expect(
      await validateV3((await gateway.send('GET', `${VM}/snapshots`, undefined, { 'all-content': 'true' })).text),
    ).toEqual([]);
  });
});
