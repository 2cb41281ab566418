import { beforeEach, expect, test } from 'vitest';
import { Fault, isFault } from '../../../model/index.js';
import type { NamedFlavor } from '../../../generated/openstack/nova.js';
import type { Connection } from '../connection.js';
import { createFlavors, resizedSize, sizeOf } from './flavors.js';

/** A Nova of flavors alone. */
let flavors: NamedFlavor[];
let isAdministrator = true;
let used: Set<string>;
let calls: string[];

type Args = {
  readonly params?: { readonly flavor: string };
  readonly query?: { readonly flavor?: string };
  readonly body?: { readonly flavor?: NamedFlavor; readonly extra_specs?: Record<string, string> };
};
const answers: Readonly<Record<string, (args: Args) => unknown>> = {
  'nova.flavors.list': () => ({ flavors }),
  'nova.flavors.create'({ body }) {
    if (!isAdministrator) throw new Fault('backend.forbidden', { service: 'Nova', text: 'Policy' });
    if (flavors.some(({ id }) => id === body!.flavor!.id))
      throw new Fault('backend.conflict', { text: 'Flavor with ID exists.' });
    flavors.push(body!.flavor!);
    return { flavor: body!.flavor };
  },
  'nova.flavors.extra-specs'({ params, body }) {
    flavors = flavors.map((one) => (one.id === params!.flavor ? { ...one, extra_specs: body!.extra_specs! } : one));
  },
  'nova.flavors.delete'({ params }) {
    flavors = flavors.filter(({ id }) => id !== params!.flavor);
  },
  'nova.servers.list'({ query }) {
    if (!isAdministrator) throw new Fault('backend.forbidden', { service: 'Nova', text: 'Policy' });
    return { servers: used.has(query!.flavor!) ? [{ id: 's', name: 's', status: 'ACTIVE' }] : [] };
  },
};
const connection = {
  call: async (id: string, args: Args) => {
    calls.push(id);
    return answers[id]!(args);
  },
} as unknown as Connection;
const use = (requested: Parameters<ReturnType<typeof createFlavors>['use']>[0]): Promise<string> =>
  createFlavors(connection, 100).use(requested, async (id) => id);

beforeEach(() => {
  isAdministrator = true;
  flavors = [
    { id: 'small', name: 'small', ram: 2048, vcpus: 2, extra_specs: {} },
    { id: 'pinned', name: 'pinned', ram: 4096, vcpus: 2, extra_specs: { 'hw:cpu_policy': 'dedicated' } },
    { id: 'power', name: 'power', ram: 2048, vcpus: 2, extra_specs: { 'powervm:proc_units': '0.5' } },
  ];
  used = new Set();
  calls = [];
});

test('a flavor that fits is used, with one call: the plainest, or the one with the requested extra specs', async () => {
  expect(await use({ ram: 2048, vcpus: 2, extraSpecs: {} })).toBe('small');
  expect(await use({ ram: 2048, vcpus: 2, extraSpecs: { 'powervm:proc_units': '0.5' } })).toBe('power');
  expect(calls).toEqual(['nova.flavors.list', 'nova.flavors.list']);
});

test('a flavor that requires hardware that was not requested does not fit: one is created, and reused', async () => {
  const created = await use({ ram: 4096, vcpus: 2, extraSpecs: {} });
  expect(flavors.at(-1)).toEqual({ id: created, name: 'ovirt-4096-2', ram: 4096, vcpus: 2, disk: 0 });
  expect(await use({ ram: 4096, vcpus: 2, extraSpecs: {} })).toBe(created);
  expect(flavors).toHaveLength(4);
});

test('a flavor that a crash left without its extra specs gets them', async () => {
  const requested = { ram: 512, vcpus: 1, extraSpecs: { 'powervm:max_mem': '1024' } };
  const created = await use(requested);
  flavors = flavors.map((one) => (one.id === created ? { ...one, extra_specs: {} } : one));
  used.add(created);
  expect(await use(requested)).toBe(created);
  expect(flavors.find(({ id }) => id === created)?.extra_specs).toEqual({ 'powervm:max_mem': '1024' });
});

test("creating one removes the gateway's own flavors without servers, and no others", async () => {
  const [first, second] = [
    await use({ ram: 512, vcpus: 1, extraSpecs: {} }),
    await use({ ram: 768, vcpus: 1, extraSpecs: {} }),
  ];
  expect(flavors.map(({ id }) => id)).not.toContain(first);
  used.add(second);
  await use({ ram: 1536, vcpus: 1, extraSpecs: {} });
  expect(flavors.map(({ name }) => name)).toEqual(['small', 'pinned', 'power', 'ovirt-768-1', 'ovirt-1536-1']);
});

test('a flavor that another replica has removed meanwhile is created again; any other refusal is passed on', async () => {
  let refusals = 1;
  const act = async (id: string): Promise<string> => {
    if (refusals-- > 0) {
      flavors = flavors.filter((one) => one.id !== id);
      throw new Fault('backend.refused', { service: 'Nova', text: `Flavor ${id} could not be found.` });
    }
    return id;
  };
  const id = await createFlavors(connection, 100).use({ ram: 512, vcpus: 1, extraSpecs: {} }, act);
  expect(flavors.map((one) => one.id)).toContain(id);
  const refused = new Fault('backend.quota', { service: 'Nova', text: 'Quota exceeded for cores' });
  await expect(
    createFlavors(connection, 100).use({ ram: 512, vcpus: 1, extraSpecs: {} }, async () => {
      throw refused;
    }),
  ).rejects.toBe(refused);
});

test('a user who may not create flavors gets a list of the existing sizes', async () => {
  const own = await use({ ram: 1536, vcpus: 1, extraSpecs: {} });
  used.add(own);
  isAdministrator = false;
  const refused: unknown = await use({ ram: 512, vcpus: 1, extraSpecs: {} }).catch((error: unknown) => error);
  expect(isFault(refused, 'backend.forbidden') && refused.detail).toBe(
    '[No flavor has 512 MiB, 1 processor, and only administrators may create flavors. ' +
      'There are: small (2048 MiB, 2), pinned (4096 MiB, 2), power (2048 MiB, 2), ovirt-1536-1 (1536 MiB, 1).]',
  );
});

test("a VM without a size has the Blank template's; a resize keeps what it does not change", () => {
  expect(sizeOf({ name: 'x' })).toEqual({ ram: 1024, vcpus: 1, extraSpecs: {} });
  expect(
    resizedSize(
      { id: 'vm', name: 'x', status: 'down', memoryBytes: 2 ** 31, sockets: 2, procUnits: 0.5 },
      { processors: 4 },
    ),
  ).toEqual({
    ram: 2048,
    vcpus: 4,
    extraSpecs: { 'powervm:proc_units': '0.5' },
  });
});

test('the custom property hugepages is the page size, in KiB as Nova has it; 0 is none; a resize keeps it', () => {
  const huge = { name: 'x', customProperties: [{ name: 'hugepages', value: '2048' }] };
  expect(sizeOf(huge).extraSpecs).toEqual({ 'hw:mem_page_size': '2048' });
  const vm = { ...huge, id: 'vm', status: 'down' } as const;
  expect(resizedSize(vm, { processors: 4 }).extraSpecs).toEqual({ 'hw:mem_page_size': '2048' });
  expect(resizedSize(vm, { extraSpecs: { hugepages: '1048576' } }).extraSpecs).toEqual({
    'hw:mem_page_size': '1048576',
  });
  expect(resizedSize(vm, { extraSpecs: { hugepages: '0' } }).extraSpecs).toEqual({});
});

test('bounds that the memory leaves move along with it, unless the client sets them', () => {
  const GIB = 2 ** 30;
  const vm = {
    id: 'vm',
    name: 'x',
    status: 'down',
    memoryBytes: 4 * GIB,
    memoryGuaranteedBytes: 2 * GIB,
    memoryMaxBytes: 8 * GIB,
  } as const;
  const bounds = (size: Parameters<typeof resizedSize>[1]): unknown[] =>
    ['powervm:min_mem', 'powervm:max_mem'].map((name) => resizedSize(vm, size).extraSpecs[name]);
  expect(bounds({ memoryBytes: 6 * GIB })).toEqual(['2048', '8192']);
  expect(bounds({ memoryBytes: 16 * GIB })).toEqual(['2048', '16384']);
  expect(bounds({ memoryBytes: GIB })).toEqual(['1024', '8192']);
  expect(bounds({ memoryBytes: 16 * GIB, extraSpecs: { 'powervm:max_mem': '32768' } })).toEqual(['2048', '32768']);
});
