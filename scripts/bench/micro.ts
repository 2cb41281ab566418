import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { create } from 'xmlbuilder2';
import { readXml, xmlListWriter } from '../../src/codec/index.js';
import { vmOut } from '../../src/generated/ovirt/v3/mapping.js';
import { diskIn } from '../../src/generated/mapping/openstack.js';
import { Disk, VM, VMs } from '../../src/generated/ovirt/v3/representations.js';
import type { VM as VmDocument } from '../../src/generated/ovirt/v3/types.js';
import type { Volume } from '../../src/generated/openstack/cinder.js';
import type { Disk as DiskEntity, Vm } from '../../src/model/index.js';
import { versions } from '../../src/ovirt/serve/versions.js';
import { ofRounds, type Row } from './report.js';

const ROUNDS = 9;
const MILLISECONDS = 60;
/** The last result, so that V8 does not optimize the computation away. */
let last: object | undefined;

/** CPU time of this process so far, milliseconds: independent of other load on the machine. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Times a millisecond of CPU, for about MILLISECONDS of it. */
function speed(act: () => object): number {
  const began = cpuMs();
  let times = 0;
  do {
    last = act();
    times += 1;
  } while (cpuMs() - began < MILLISECONDS);
  return times / (cpuMs() - began);
}

/** How many times as fast the first is as the second, in rounds that take turns. */
function compare(ours: () => object, theirs: () => object): ReturnType<typeof ofRounds> {
  speed(ours);
  speed(theirs);
  return ofRounds(
    Array.from({ length: ROUNDS }, (_, round) => {
      if (round % 2 === 0) return speed(ours) / speed(theirs);
      const other = speed(theirs);
      return speed(ours) / other;
    }),
  );
}

const aVm: Vm = {
  id: '5e000000-0000-4000-8000-000000000001',
  name: 'aix73-db01',
  description: 'R&D <1>',
  status: 'up',
  memoryBytes: 2 ** 34,
  sockets: 4,
  cores: 1,
  threads: 1,
  architecture: 'ppc64',
  type: 'server',
  osType: 'other_ppc64',
  guestOs: 'aix',
  displayType: 'vnc',
  createdAt: '2026-01-15T08:00:00.000Z',
  startedAt: '2026-01-15T08:05:00.000Z',
  cluster: { id: 'c1' },
  host: { id: 'h1' },
  template: { id: 't1' },
  customProperties: [],
};
const aVolume = {
  id: 'd1500000-0000-4000-8000-000000000001',
  name: 'aix73-db01-data-1',
  description: 'data',
  size: 100,
  status: 'in-use',
  multiattach: false,
  bootable: 'false',
  created_at: '2026-01-15T08:00:00.000000',
  metadata: { is_boot_volume: 'False' },
} as unknown as Volume;
const aDisk = [
  '<disk>',
  '  <alias>data1</alias>',
  '  <description>R&amp;D</description>',
  '  <storage_domains>',
  '    <storage_domain id="fabe0451-701f-4235-8f7e-e20e458819ed"/>',
  '  </storage_domains>',
  '  <provisioned_size>8589934592</provisioned_size>',
  '  <interface>virtio</interface>',
  '  <format>cow</format>',
  '  <sparse>true</sparse>',
  '  <bootable>false</bootable>',
  '  <shareable>false</shareable>',
  '  <wipe_after_delete>false</wipe_after_delete>',
  '  <propagate_errors>false</propagate_errors>',
  '  <active>true</active>',
  '</disk>',
].join('\n');

/** A hand-written mapper for schemas/mapping/openstack/disk.json, with the same checks. */
function diskByHand(volume: Volume): { readonly value: DiskEntity; readonly lost: readonly never[] } {
  const {
    id,
    name,
    description,
    size,
    status,
    multiattach,
    metadata,
    created_at: created,
  } = volume as unknown as {
    id: string;
    name?: string;
    description?: string;
    size: number;
    status: string;
    multiattach: boolean;
    metadata?: Record<string, string>;
    created_at: string;
  };
  const busy = status !== 'available' && status !== 'in-use';
  return {
    value: {
      id,
      imageId: id,
      alias: name,
      description,
      sizeBytes: size * 2 ** 30,
      actualBytes: size * 2 ** 30,
      status: busy ? (status === 'error' ? 'illegal' : 'locked') : 'ok',
      backendStatus: status,
      shareable: multiattach,
      bootable: metadata?.['is_boot_volume']?.toLowerCase() === 'true',
      createdAt: new Date(`${created}Z`).toISOString(),
    },
    lost: [],
  };
}

const LIST = 1000;
const { actionsAt, linksTo } = versions[0]!.relations('/vms/{vm:id}');
/** As in the gateway: links are written from a pattern (src/codec/pattern.ts). */
const documents = Array.from({ length: LIST }, (_, n) => {
  const href = `/api/vms/${n}`;
  const document = vmOut({ ...aVm, id: `${aVm.id.slice(0, -4)}${String(n).padStart(4, '0')}` }, { base: '/api' });
  return Object.assign(document, { href, actions: { link: actionsAt!.with(href) }, link: linksTo!.with(href) });
}) as unknown as readonly VmDocument[];
/** The same with their links as plain objects, for other writers. */
const plain = documents.map((document) => ({
  ...document,
  actions: { link: [...(document.actions?.link ?? [])] },
  link: [...(document.link ?? [])],
}));

/** As answers are written: turned into bytes every 32 KiB. */
function write(): Buffer[] {
  const writer = xmlListWriter(VMs, VM);
  const parts: Buffer[] = [];
  let text = writer.head();
  for (const document of documents) {
    text += writer.item(document);
    if (text.length < 32 * 1024) continue;
    parts.push(Buffer.from(text));
    text = '';
  }
  parts.push(Buffer.from(text + writer.tail()));
  return parts;
}

const BYTES = new TextEncoder().encode(aDisk);
const fxp = new XMLParser({ ignoreAttributes: false });

/** Writer, reader and mapper, each against its baseline in docs/reference/performance.md, section 7. */
export function micro(): Row[] {
  const rows: Row[] = [
    {
      what: `writer, ${LIST} VMs with links and actions: of JSON.stringify to bytes`,
      ...compare(write, () => Buffer.from(JSON.stringify({ vm: plain }))),
      goal: '>= 0.8',
      detail: '',
    },
    {
      what: `writer, ${LIST} VMs with links and actions: of xmlbuilder2 to bytes`,
      ...compare(write, () => Buffer.from(create({ vms: { vm: plain } }).end({ prettyPrint: true }))),
      goal: '>= 40',
      detail: '',
    },
    {
      what: 'reader, a disk: of fast-xml-parser, validated, to untyped objects',
      ...compare(
        () => readXml(Disk, BYTES),
        () => {
          if (XMLValidator.validate(aDisk) !== true) throw new Error('not valid');
          return fxp.parse(aDisk) as object;
        },
      ),
      goal: '>= 2.5',
      detail: '',
    },
    {
      what: 'mapper, a volume: of one written by hand',
      ...compare(
        () => diskIn(aVolume, { base: '' }),
        () => diskByHand(aVolume),
      ),
      goal: '>= 0.85',
      detail: '',
    },
  ];
  if (last === undefined) throw new Error('nothing was done');
  return rows;
}
