import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { placesIn } from '../../src/mapping/places.js';
import { Fault, incomplete, propertyOf, type Entities } from '../../src/model/index.js';
import { versions as tables } from '../../src/generated/ovirt/versions.js';
import { versions } from '../../src/ovirt/serve/versions.js';
import type { WordsQuery } from '../../src/ovirt/version/document-words.js';

/** What services and backends name, each version says as its documents have it. */
const [three, four] = ['3', '4'].map((number) => {
  const version = versions.find((one) => one.number === number);
  if (!version) throw new Error(`there is no version ${number}`);
  return version;
}) as [(typeof versions)[0], (typeof versions)[0]];

describe('a property is named as the documents of a version have it', () => {
  const topology = propertyOf('Vm', 'sockets', 'cores', 'threads');
  const nicsMac = propertyOf('Vm', 'nics').items('Nic', 'mac');
  const units = propertyOf('Disk', 'logicalUnits').items('LogicalUnit', 'address');
  const lun = propertyOf('Disk', 'lunType', 'logicalUnits');
  const readOnly = propertyOf('Disk', 'readOnly');
  const newDisks = propertyOf('Vm', 'disks').items('Disk');
  const byAttachment: WordsQuery = { element: 'disk_attachment' };

  it.each([
    [three, {}, topology, 'vm.cpu.topology'],
    [four, {}, topology, 'vm.cpu.topology'],
    [three, {}, nicsMac, 'vm.nics.nic.mac'],
    [three, {}, units, 'disk.lun_storage.logical_unit.address'],
    [four, {}, units, 'disk.lun_storage.logical_units.logical_unit.address'],
    [four, byAttachment, lun, 'disk_attachment.disk.lun_storage'],
    [three, {}, lun, 'disk.lun_storage'],
    [three, {}, readOnly, 'disk.read_only'],
    [four, byAttachment, readOnly, 'disk_attachment.read_only'],
    [three, {}, newDisks, 'vm.disks.disk'],
    [four, {}, newDisks, 'vm.disk_attachments.disk_attachment'],
    [three, {}, propertyOf('Vm', 'disks'), 'vm.disks'],
  ])('version %#', (version, requested, property, path) => {
    expect(version.words(requested).place(property)).toBe(path);
    expect(new Fault('unsupported', { subject: property }).inDocument(version.words(requested)).detail).toContain(path);
  });

  it('by the element that the client wrote, where there are two', () => {
    const hosts = propertyOf('Vm', 'placementHosts');
    const place = (document?: object) => three.words({ ...(document && { document }) }).place(hosts);
    expect(place({ placement_policy: { host: { id: 'a' } } })).toBe('vm.placement_policy.host');
    expect(place({ placement_policy: { hosts: { host: [{ id: 'a' }] } } })).toBe('vm.placement_policy.hosts');
    expect(place()).toBe('vm.placement_policy.hosts');
  });

  it.each([
    [three, {}, propertyOf('Disk', 'sizeBytes'), 'Disk [provisionedSize|size] required for add'],
    [four, {}, propertyOf('Disk', 'sizeBytes'), 'Disk [provisionedSize] required for add'],
    [four, byAttachment, propertyOf('Disk', 'sizeBytes'), 'DiskAttachment [disk.provisionedSize] required for add'],
    [three, {}, propertyOf('Nic', 'network'), 'NIC [network.id|name] required for add'],
  ])('what is missing is named so, too: %#', (version, requested, property, text) => {
    expect(incomplete(property, 'add').inDocument(version.words(requested)).detail).toBe(text);
  });
});

/**
 * Of an entity that is no document of its own, of a property that no client can write, or that version 4 has as a
 * parameter of the request (`?clone`).
 */
const UNWRITTEN = new Set(['Disk.imageId', 'Vm.memoryMaxBytes', 'Vm.cloned']);

/** What clients send in version 4 alone. */
const SINCE_4: ReadonlySet<string> = new Set(['AffinityLabel', 'Event', 'SshPublicKey', 'UserOption']);

describe('every property that the source names', () => {
  const src = fileURLToPath(new URL('../../src/', import.meta.url));
  const named = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(services|backends|ovirt)\b.*(?<!\.test)\.ts$/.test(file))
    .flatMap((file) => [
      ...readFileSync(src + file, 'utf8').matchAll(/(?:propertyOf|items)\(\s*'(\w+)'((?:,\s*'\w+')+),?\s*\)/g),
    ])
    .flatMap(([, entity = '', names = '']) =>
      [...names.matchAll(/\w+/g)].map(([name]) => ({ entity: entity as keyof Entities, name })),
    )
    .filter(({ entity, name }) => !UNWRITTEN.has(`${entity}.${name}`));

  it.each(tables.map(({ id, mapping }) => [id, mapping.places] as const))('has a row in %s', (version, places) => {
    expect(named.length).toBeGreaterThan(20);
    const due = version === 'v3' ? named.filter(({ entity }) => !SINCE_4.has(entity)) : named;
    const missing = due.filter(
      ({ entity, name }) =>
        !Object.values(places).some((table) => table.entity === entity && placesIn(table, name).length > 0),
    );
    expect(missing).toEqual([]);
  });
});
