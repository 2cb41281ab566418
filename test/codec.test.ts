import { describe, expect, test } from 'vitest';
import {
  CodecError,
  jsonListWriter,
  parseJson,
  readJson,
  readXml,
  writeJson,
  writeXml,
  xmlListWriter,
  type Representation,
} from '../src/codec/index.js';
import {
  Action,
  Disk,
  Disks,
  Snapshot,
  Statistic,
  StorageManager,
  Version,
  VM,
} from '../src/generated/ovirt/v3/representations.js';
import type { VM as Vm } from '../src/generated/ovirt/v3/types.js';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

const VM_1: Vm = {
  id: 'i1',
  href: '/api/vms/i1',
  name: 'a "b" & <c>',
  actions: { link: [{ rel: 'start', href: '/api/vms/i1/start' }] },
  link: [{ href: '/api/vms/i1/disks', rel: 'disks' }],
  status: { state: 'up' },
  memory: 1073741824,
  type: 'server',
  stateless: false,
  cpu: { topology: { threads: 1, sockets: 2, cores: 1 }, architecture: 'PPC64' },
  os: { type: 'other_ppc64', boot: [{ dev: 'hd' }, { dev: 'network' }] },
  creation_time: '2016-05-01T10:00:00.000Z',
  custom_properties: [{ name: 'p', value: 'line\nbreak' }],
  cluster: { id: 'c1' },
  disks: {},
  payloads: [],
};

const VM_1_XML = `${DECLARATION}<vm href="/api/vms/i1" id="i1">
    <actions>
        <link href="/api/vms/i1/start" rel="start"/>
    </actions>
    <name>a &quot;b&quot; &amp; &lt;c&gt;</name>
    <link href="/api/vms/i1/disks" rel="disks"/>
    <type>server</type>
    <status>
        <state>up</state>
    </status>
    <memory>1073741824</memory>
    <cpu>
        <topology sockets="2" cores="1" threads="1"/>
        <architecture>PPC64</architecture>
    </cpu>
    <os type="other_ppc64">
        <boot dev="hd"/>
        <boot dev="network"/>
    </os>
    <cluster id="c1"/>
    <creation_time>2016-05-01T10:00:00.000Z</creation_time>
    <stateless>false</stateless>
    <custom_properties>
        <custom_property name="p" value="line&#10;break"/>
    </custom_properties>
    <payloads/>
    <disks/>
</vm>
`;

describe('writing', () => {
  test('XML: four spaces, one element a line, href before id, the order of the schema', () =>
    expect(writeXml(VM, VM_1)).toBe(VM_1_XML));

  test("JSON: the engine's dialect (docs/reference/ovirt.md, section 8)", () => {
    expect(JSON.parse(writeJson(VM, VM_1))).toEqual({
      actions: { link: [{ href: '/api/vms/i1/start', rel: 'start' }] },
      href: '/api/vms/i1',
      id: 'i1',
      name: 'a "b" & <c>',
      link: [{ href: '/api/vms/i1/disks', rel: 'disks' }],
      type: 'server',
      status: { state: 'up' },
      memory: 1073741824,
      cpu: { topology: { sockets: '2', cores: '1', threads: '1' }, architecture: 'PPC64' },
      os: { type: 'other_ppc64', boot: [{ dev: 'hd' }, { dev: 'network' }] },
      cluster: { id: 'c1' },
      creation_time: 1462096800000,
      stateless: 'false',
      custom_properties: { custom_property: [{ name: 'p', value: 'line\nbreak' }] },
      disks: {},
      payloads: {},
    });
  });

  test('text beside attributes', () => {
    expect(StorageManager.toXml({ priority: 5, value: true })).toBe(
      '<storage_manager priority="5">true</storage_manager>\n',
    );
    expect(readXml(StorageManager, '<storage_manager priority="5"> TRUE </storage_manager>').value).toEqual({
      priority: 5,
      value: true,
    });
    expect(StorageManager.toXml({ priority: 5 })).toBe('<storage_manager priority="5"/>\n');
  });

  test('what XML cannot hold becomes U+FFFD', () => {
    expect(readXml(VM, writeXml(VM, { name: 'a\u0000b\ud800c\uffffd😀' })).value.name).toBe('a\ufffdb\ufffdc\ufffdd😀');
  });

  test('decimals have no exponent; invalid numbers and instants are refused', () => {
    const datum = (number: number): string => Statistic.toXml({ values: { value: [{ datum: number }] } });
    expect(datum(1.5e-7)).toContain('<datum>0.00000015</datum>');
    expect(datum(-2.25e21)).toContain('<datum>-2250000000000000000000</datum>');
    expect(() => datum(Number.NaN)).toThrow(CodecError);
    expect(() => VM.toJson({ creation_time: 'never' })).toThrow(CodecError);
  });
});

describe('reading', () => {
  test.each([
    ['1', true],
    ['0', false],
    ['TRUE', true],
    ['False', false],
  ])('%s is the boolean %s: XML Schema has digits, too', (text, value) => {
    expect(readXml(VM, `<vm><stateless>${text}</stateless></vm>`).value).toEqual({ stateless: value });
  });

  test('XML', () => {
    const { value, unknown } = readXml(VM, VM_1_XML);
    expect(unknown).toEqual([]);
    expect(value).toEqual(VM_1);
  });

  test('what the schema does not know, each path once and never an error', () => {
    const { value, unknown } = readXml(
      VM,
      `<vm color="red" id="1"><foo><bar/></foo><foo/><name x="1">n<b/></name><cpu>...<topology sockets="1" books="2"/></cpu>
      <custom_properties a="b"><custom_property name="p" value="v"/><other/></custom_properties><constructor/></vm>`,
    );
    expect(value).toEqual({
      id: '1',
      name: 'n',
      cpu: { topology: { sockets: 1 } },
      custom_properties: [{ name: 'p', value: 'v' }],
    });
    expect(unknown).toEqual([
      'vm.@color',
      'vm.foo',
      'vm.name.@x',
      'vm.name.b',
      'vm.cpu.topology.@books',
      'vm.cpu.#text',
      'vm.custom_properties.@a',
      'vm.custom_properties.other',
      'vm.constructor',
    ]);
    expect(
      readJson(VM, '{"name":"n","foo":{"bar":1},"__proto__":{"x":1},"cpu":{"x":2},"custom_properties":{"y":[]}}')
        .unknown,
    ).toEqual(['vm.foo', 'vm.__proto__', 'vm.cpu.x', 'vm.custom_properties.y']);
  });

  test('at most 200 unknown paths', () => {
    expect(readXml(VM, `<vm>${Array.from({ length: 500 }, (_, i) => `<x${i}/>`).join('')}</vm>`).unknown).toHaveLength(
      200,
    );
  });

  test('a repeated element: the last one applies, as in JAXB, and the first is reported', () => {
    expect(readXml(VM, '<vm><name>a</name><name>b</name></vm>')).toEqual({
      value: { name: 'b' },
      unknown: ['vm.name'],
    });
  });

  test('an attribute written as an element is taken', () => {
    expect(readXml(Disk, '<disk><id>d1</id></disk>').value).toEqual({ id: 'd1' });
  });

  test('words in any case, booleans in any case', () => {
    expect(readXml(VM, '<vm><type>Server</type><stateless>TRUE</stateless></vm>').value).toEqual({
      type: 'server',
      stateless: true,
    });
    expect(readXml(Disk, '<disk><format>COW</format></disk>').value).toEqual({ format: 'cow' });
  });

  test.each([
    ['2016-09-08T09:53:35.138+02:00', '2016-09-08T07:53:35.138Z'],
    ['2016-09-08T09:53:35', '2016-09-08T09:53:35.000Z'],
    [' 2016-09-08T09:53:35Z ', '2016-09-08T09:53:35.000Z'],
    ['2016-09-08T09:53:35.1-05:30', '2016-09-08T15:23:35.100Z'],
  ])('the instant %s', (text, iso) =>
    expect(readXml(Snapshot, `<snapshot><date>${text}</date></snapshot>`).value.date).toBe(iso),
  );

  test('JSON: native scalars or strings, epoch milliseconds or text, null is absent', () => {
    expect(
      readJson(
        VM,
        '{"memory":"1024","stateless":true,"cpu":{"topology":{"sockets":2,"cores":"1"}},"creation_time":1462096800000,"start_time":"2016-05-01T10:00:00Z","stop_time":"1462096800000","name":7,"comment":null}',
      ).value,
    ).toEqual({
      memory: 1024,
      stateless: true,
      cpu: { topology: { sockets: 2, cores: 1 } },
      creation_time: '2016-05-01T10:00:00.000Z',
      start_time: '2016-05-01T10:00:00.000Z',
      stop_time: '2016-05-01T10:00:00.000Z',
      name: '7',
    });
  });

  const wrong = (representation: Representation<unknown>, document: string): CodecError => {
    try {
      if (document.startsWith('<')) readXml(representation, document);
      else readJson(representation, document);
    } catch (error) {
      return error as CodecError;
    }
    throw new Error(`accepted: ${document}`);
  };

  test.each<[string, Representation<unknown>, string, string, string]>([
    ['a word that is none', VM, '<vm><type>X</type></vm>', 'vm.type', 'X is not a member of VmType'],
    ['a word that is none, in JSON', VM, '{"type":"X"}', 'vm.type', 'X is not a member of VmType'],
    ['a number that is none', Disk, '<disk><size>ten</size></disk>', 'disk.size', 'disk.size: "ten" is not an integer'],
    ['an empty number', Disk, '<disk><size/></disk>', 'disk.size', 'disk.size: "" is not an integer'],
    [
      'a number beyond 2^53',
      Disk,
      '<disk><size>9007199254740993</size></disk>',
      'disk.size',
      'disk.size: "9007199254740993" is not an integer within 2^53',
    ],
    [
      'a number beyond 32 bits',
      VM,
      '<vm><cpu><topology cores="2147483648"/></cpu></vm>',
      'vm.cpu.topology.@cores',
      'vm.cpu.topology.@cores: "2147483648" is not an integer of 32 bits',
    ],
    [
      'a boolean that is none',
      VM,
      '<vm><stateless>yes</stateless></vm>',
      'vm.stateless',
      'vm.stateless: "yes" is not a boolean (true or false)',
    ],
    [
      '30 February',
      Snapshot,
      '<snapshot><date>2016-02-30T00:00:00Z</date></snapshot>',
      'snapshot.date',
      'snapshot.date: "2016-02-30T00:00:00Z" is not a date and time (2026-11-21T00:00:00.000Z)',
    ],
    [
      'a decimal that is none',
      Statistic,
      '<statistic><values><value><datum>NaN</datum></value></values></statistic>',
      'statistic.values.value.datum',
      'statistic.values.value.datum: "NaN" is not a number',
    ],
    [
      'one object for a list, in JSON',
      VM,
      '{"os":{"boot":{"dev":"hd"}}}',
      'vm.os.boot',
      'vm.os.boot: an object is not a list',
    ],
    ['a list for an object, in JSON', VM, '{"cpu":[]}', 'vm.cpu', 'vm.cpu: a list is not an object'],
    ['a text for a wrapped list, in JSON', VM, '{"payloads":"x"}', 'vm.payloads', 'vm.payloads: "x" is not an object'],
    ['an object for a text, in JSON', VM, '{"name":{}}', 'vm.name', 'vm.name: an object is not a string'],
    ['a document that is no object, in JSON', VM, '[]', 'vm', 'vm: a list is not an object'],
  ])('%s', (_, representation, document, path, message) => {
    const error = wrong(representation, document);
    expect(error).toMatchObject({ name: 'CodecError', kind: 'value', path, message });
  });

  test('another root element, bad JSON, JSON that is too deep', () => {
    expect(wrong(VM, '<disk/>')).toMatchObject({
      kind: 'syntax',
      message: 'The root element is <disk>; <vm> is expected.',
    });
    expect(wrong(VM, '{"name":')).toMatchObject({ kind: 'syntax' });
    expect(wrong(VM, '')).toMatchObject({ kind: 'syntax' });
    expect(() => parseJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toThrow(
      'The document is nested too deeply.',
    );
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('The document is not UTF-8.');
  });

  test('half a character, which neither XML nor an address of the cloud can hold', () => {
    for (const text of ['{"name": "a\\ud800"}', '{"disks": {"disk": [{"id": "\\udc00b"}]}}'])
      expect(() => parseJson(text)).toThrow('half a character');
    expect(parseJson('{"name": "\\ud83d\\ude00"}')).toEqual({ name: '😀' });
  });

  test('an action document, and attributes that are numbers', () => {
    expect(readXml(Action, '<action><async>false</async><vm><os><boot dev="cdrom"/></os></vm></action>').value).toEqual(
      { async: false, vm: { os: { boot: [{ dev: 'cdrom' }] } } },
    );
    expect(readXml(Version, '<system_version major="3" minor="6"/>').value).toEqual({ major: 3, minor: 6 });
  });
});

describe('lists, written piece by piece', () => {
  test('XML', () => {
    const list = xmlListWriter(Disks, Disk);
    expect(list.head() + list.tail()).toBe(`${DECLARATION}<disks/>\n`);
    expect(list.head() + list.item({ id: '1' }) + list.item({ id: '2', alias: 'b' }) + list.tail()).toBe(
      writeXml(Disks, { disk: [{ id: '1' }, { id: '2', alias: 'b' }] }),
    );
    expect(list.head({ total: 1 }) + list.item({ id: '1' }) + list.tail()).toBe(
      writeXml(Disks, { total: 1, disk: [{ id: '1' }] }),
    );
    expect(list.head({ total: 0 }) + list.tail()).toBe(writeXml(Disks, { total: 0 }));
  });

  test('JSON', () => {
    const list = jsonListWriter(Disks, Disk);
    const parse = (text: string): unknown => JSON.parse(text);
    expect(parse(list.head() + list.tail())).toEqual({});
    expect(parse(list.head() + list.item({ id: '1' }) + list.item({ id: '2', size: 5 }) + list.tail())).toEqual(
      Disks.toJson({ disk: [{ id: '1' }, { id: '2', size: 5 }] }),
    );
    expect(parse(list.head({ total: 1 }) + list.item({ id: '1' }) + list.tail())).toEqual(
      Disks.toJson({ total: 1, disk: [{ id: '1' }] }),
    );
    expect(parse(list.head({ total: 0 }) + list.tail())).toEqual({ total: '0' });
  });
});
