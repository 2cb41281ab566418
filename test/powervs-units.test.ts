import { describe, expect, it, test } from 'vitest';
import { endpointIn } from '../src/backends/powervs/regions.js';
import { endpointOf, parseCrn, powerVsCapabilities, powerVsSettings, regionOf } from '../src/backends/powervs/index.js';
import { messageOf, refusal } from '../src/backends/powervs/errors.js';
import { createBody, traitsOf, updateBody } from '../src/backends/powervs/sizes.js';
import { clusterId, vmOf } from '../src/backends/powervs/vm.js';
import { createWorkingNotes } from '../src/backends/powervs/working-notes.js';
import { WORKING_NOTES, type Fault } from '../src/model/index.js';
import { GIB } from './support/units.js';

const CRN =
  'crn:v1:bluemix:public:power-iaas:us-east:a/abcdefghijklmnopqrstuvwxyzabcdef:121d5ee5-b87d-4a0e-86b8-aaff42213547::';
const settings = powerVsSettings(CRN);

describe('where a workspace is', () => {
  test('a CRN contains tenant, cloud instance and location; anything else is refused', () => {
    expect(parseCrn(` ${CRN}`)).toEqual({
      text: CRN,
      location: 'us-east',
      tenantId: 'abcdefghijklmnopqrstuvwxyzabcdef',
      cloudInstanceId: '121d5ee5-b87d-4a0e-86b8-aaff42213547',
    });
    // The sample of seeds/power-virtual-server-api, Authentication
    expect(
      parseCrn(
        'crn:v1:staging:public:power-iaas:us-east:a/abcdefghijklmnopqrstuvwxyzabcdef:121d5ee5-b87d-4a0e-86b8-aaff422135478::',
      )?.cloudInstanceId,
    ).toBe('121d5ee5-b87d-4a0e-86b8-aaff422135478');
    expect(parseCrn('crn:v1:bluemix:public:cloud-object-storage:global:a/x:y::')).toBeUndefined();
  });

  test.each([
    ['us-south', 'us-south', 'us-south'],
    ['lon', 'lon', 'eu-gb'],
    ['eu-gb', 'lon', 'eu-gb'],
    ['sao', 'sao', 'br-sao'],
    ['jp-osa', 'osa', 'jp-osa'],
    ['ca-mon', 'mon', 'ca-mon'],
    ['eu-de', 'eu-de', 'eu-de'],
    ['che', 'che', 'in-che'],
    ['eu-es', 'mad', 'eu-es'],
    ['in-mum', 'in-mum', 'in-mum'],
  ])('region %s is %s in public and %s in private', (region, own, ibm) => {
    expect(endpointOf(region, false)).toBe(`https://${own}.power-iaas.cloud.ibm.com`);
    expect(endpointOf(region, true)).toBe(`https://private.${ibm}.power-iaas.cloud.ibm.com`);
  });

  test.each([
    ['lon04', 'lon'],
    ['us-south-1', 'us-south'],
    ['dal10', 'us-south'],
    ['wdc06', 'us-east'],
    ['eu-de-2', 'eu-de'],
    ['syd05', 'syd'],
    ['us-east', 'us-east'],
    ['br-sao', 'sao'],
    ['mad02', 'mad'],
    ['in-che', 'che'],
    ['che02', 'che'],
    ['in-mum-1', 'in-mum'],
  ])('zone %s is in %s', (zone, region) => expect(regionOf(zone)).toBe(region));
});

describe("the API's own list of regions", () => {
  const at = (region: string, cloudRegion: string, url: string) => ({ location: { region, cloudRegion, url } });
  const list = {
    datacenters: [
      at('us-south', 'us-south', 'https://us-south.power-iaas.cloud.ibm.com'),
      at('new01', 'xx-new', 'https://new.power-iaas.cloud.ibm.com'),
      at('odd01', 'xx-odd', 'https://elsewhere.example'),
    ],
  };
  const directory = new URL('https://us-south.power-iaas.cloud.ibm.com');

  test.each([
    ['new01', false, 'https://new.power-iaas.cloud.ibm.com/'],
    ['xx-new', false, 'https://new.power-iaas.cloud.ibm.com/'],
    ['new01', true, 'https://private.xx-new.power-iaas.cloud.ibm.com/'],
    ['unheard', false, undefined],
    ['odd01', false, undefined],
  ])('%s, private %s: %s', (location, isPrivate, address) =>
    expect(endpointIn(list, location, isPrivate, directory)?.href).toBe(address),
  );
});

describe('refusals', () => {
  const of = (status: number, body: unknown, headers = {}): Fault =>
    refusal('Power Virtual Server', { status, headers, body }, [{ what: 'Disk', id: 'd' }]);
  const reported = (description: string) => ({ code: 1, description, error: 'x', message: 'y' });

  test.each([
    [206, 'backend.partial'],
    [400, 'backend.refused'],
    [401, 'backend.login'],
    [403, 'backend.forbidden'],
    [404, 'not-found'],
    [408, 'backend.timeout'],
    [409, 'backend.conflict'],
    [410, 'not-found'],
    [422, 'backend.conflict'],
    [429, 'backend.busy'],
    [500, 'backend.error'],
    [503, 'backend.busy'],
    [504, 'backend.timeout'],
    [550, 'backend.conflict'],
  ])("%i is %s, with IBM's message", (status, code) => {
    const fault = of(status, reported('the message'));
    expect(fault.code).toBe(code);
    expect(fault.values['text']).toBe('the message');
  });

  test('the message distinguishes a quota from a full pool', () => {
    expect(of(403, reported('quota exceeded: 5 instances')).code).toBe('backend.quota');
    expect(of(422, reported('not enough capacity in storage pool')).code).toBe('backend.space');
  });

  test('429 keeps its wait', () =>
    expect(of(429, reported('slow'), { 'retry-after': '17' }).values['retryAfter']).toBe(17));

  test.each([
    [
      { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' },
      'Provided API key could not be found.',
    ],
    [{ error: 'bad request' }, 'bad request'],
    ['<html><head><title>x</title></head><body><h1>502</h1>Bad Gateway</body></html>', '502 Bad Gateway'],
    [{}, 'status 500 without a message'],
  ])('reads %j', (body, text) => expect(messageOf({ status: 500, body })).toBe(text));
});

describe('working notes', () => {
  const make = () => createWorkingNotes('A disk', WORKING_NOTES.disk);

  it('are there while something is pending, and go with it', () => {
    const notes = make();
    notes.note('d', { vm: 'v', pending: 'add' });
    expect(notes.read('d')).toEqual({ vm: 'v', pending: 'add' });
    notes.note('d', { pending: null });
    expect([notes.read('d'), notes.ids()]).toEqual([{}, []]);
  });

  it('refuses permanent notes by name, and stores none of them', () => {
    const notes = make();
    expect(() => notes.note('d', { pending: 'add', interface: 'virtio' })).toThrow(
      expect.objectContaining({ code: 'unsupported', detail: expect.stringContaining('interface') as string }) as Error,
    );
    expect(() => notes.check({ vm: 'v' })).toThrow(
      'A disk with notes of its own is not supported by Power Virtual Server',
    );
    expect(notes.ids()).toEqual([]);
    notes.note('d', { interface: null });
  });

  it('keeps a restore apart from what is pending', () => {
    const notes = createWorkingNotes('A VM', WORKING_NOTES.vm);
    notes.note('v', { restoring: 's 1' });
    notes.note('v', { pending: 'remove' });
    notes.note('v', { pending: null });
    expect(notes.read('v')).toEqual({ restoring: 's 1' });
  });
});

describe('VMs', () => {
  const base = { pvmInstanceID: 'i', serverName: 'a', status: 'ACTIVE' };

  test.each([
    [{}, 'up'],
    [{ health: { status: 'WARNING' } }, 'up'],
    [{ health: { status: 'CRITICAL' } }, 'not_responding'],
    [{ health: { status: 'PENDING' } }, 'powering_up'],
    [{ taskState: 'powering-off' }, 'powering_down'],
    [{ taskState: 'Powering_On', status: 'SHUTOFF' }, 'powering_up'],
    [{ status: 'shutoff ' }, 'down'],
    [{ status: 'SHUTOFF', taskState: '' }, 'down'],
    [{ status: 'SHUTOFF', taskState: 'image_snapshot' }, 'image_locked'],
    [{ status: 'BUILD' }, 'wait_for_launch'],
    [{ status: 'REBOOT' }, 'reboot_in_progress'],
    [{ status: 'HARD_REBOOT' }, 'reboot_in_progress'],
    [{ status: 'MIGRATING' }, 'migrating'],
    [{ status: 'RESIZE' }, 'image_locked'],
    [{ status: 'ERROR' }, 'unknown'],
    [{ status: 'ACTIVE', taskState: 'deleting' }, 'image_locked'],
  ])('%j is %s', (change, status) => expect(vmOf({ ...base, ...change }, {}).status).toBe(status));

  it('reports the reason of an error', () =>
    expect(vmOf({ ...base, status: 'ERROR', fault: { message: 'No valid host' } }, {}).statusDetail).toBe(
      'No valid host',
    ));

  it('counts memory in GiB with a fraction, and processors by their virtual cores', () => {
    expect(
      vmOf({ ...base, memory: 2.5, processors: 0.75, virtualCores: { assigned: 3 }, procType: 'capped' }, {}),
    ).toMatchObject({
      memoryBytes: 2.5 * GIB,
      sockets: 3,
      cores: 1,
      procUnits: 0.75,
      customProperties: expect.arrayContaining([{ name: 'powervm:uncapped', value: 'false' }]) as unknown,
    });
  });
});

describe('sizes', () => {
  const spec = { name: 'n', template: { id: 't' } };
  const traits = traitsOf(CRN, ['custom-virtualcores']);
  const bare = traitsOf(CRN);
  const tierOf = async (id: string): Promise<string> => id.toUpperCase();
  const property = (name: string, value: string) => ({ customProperties: [{ name, value }] });

  test.each([
    ['memory is whole GiB, at least two', { memoryBytes: 1 }, { memory: 2 }],
    ['and rounded up', { memoryBytes: 4 * GIB + 1 }, { memory: 5 }],
    [
      'processors are shared in quarters',
      { sockets: 3 },
      { procType: 'shared', processors: 0.75, virtualCores: { assigned: 3 } },
    ],
    [
      'or dedicated',
      { sockets: 3, ...property('powervm:dedicated_proc', 'true') },
      { procType: 'dedicated', processors: 3 },
    ],
    ['or capped', { ...property('powervm:uncapped', 'False') }, { procType: 'capped' }],
    ['with units of their own', { sockets: 2, ...property('powervm:proc_units', '1.5') }, { processors: 1.5 }],
    ['a cluster is a type of system', { cluster: { id: clusterId('s922'), name: 's922' } }, { sysType: 's922' }],
    ['pinning', { affinity: 'pinned' as const }, { pinPolicy: 'hard' }],
    ['the tier of the disks', { disks: [{ id: 'a', storageDomain: { id: 'tier1' } }] }, { storageType: 'TIER1' }],
    ['user data is base64', { userData: '#cloud-config' }, { userData: 'I2Nsb3VkLWNvbmZpZw==' }],
    ['vPMEM', { pmemVolumes: [{ name: 'p', sizeBytes: GIB + 1 }] }, { vpmemVolumes: [{ name: 'p', size: 2 }] }],
  ])('%s', async (_, given, expected) => {
    expect(await createBody({ ...spec, ...given }, settings, tierOf, traits)).toMatchObject(expected);
  });

  test.each([
    ['a host', { placementHosts: [{ id: 'h' }] }],
    ['no template', { template: undefined }],
    ['an unknown property', property('powervm:ppt_ratio', '1:1024')],
    ['a MAC', { nics: [{ network: { id: 'n' }, mac: '00:00:00:00:00:01' }] }],
    ['two tiers', { disks: [{ storageDomain: { id: 'a' } }, { storageDomain: { id: 'b' } }] }],
  ])('%s is refused', async (_, given) => {
    await expect(createBody({ ...spec, ...given }, settings, tierOf, traits)).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  test.each([
    ['a processor has the least units', { sockets: 1 }, { processors: 0.25 }],
    ['several have the least units that make as many', { sockets: 3 }, { processors: 2.25 }],
    ['units that make as many stay', { sockets: 2, ...property('powervm:proc_units', '1.5') }, { processors: 1.5 }],
    ['dedicated ones are whole', { sockets: 3, ...property('powervm:dedicated_proc', 'true') }, { processors: 3 }],
  ])('without custom-virtualcores, %s', async (_, given, expected) => {
    const body = await createBody({ ...spec, ...given }, settings, tierOf, bare);
    expect(body).toMatchObject(expected);
    expect(body).not.toHaveProperty('virtualCores');
  });

  test('without custom-virtualcores, units that make another number are refused by name', async () => {
    const given = { sockets: 4, ...property('powervm:proc_units', '1') };
    await expect(createBody({ ...spec, ...given }, settings, tierOf, bare)).rejects.toThrow(
      '4 virtual processors with 1 processing units is not supported',
    );
  });

  test('on premises units come in steps of 0.05', async () => {
    const onPremises = traitsOf(CRN.replace(':us-east:', ':satloc_dal_cn1:'), ['custom-virtualcores']);
    const small = { ...settings, unitsPerProcessor: 0.05 };
    expect(await createBody({ ...spec, sockets: 3 }, small, tierOf, onPremises)).toMatchObject({ processors: 0.15 });
  });

  test('pinning changes without another size', () => {
    const vm = vmOf({ pvmInstanceID: 'i', serverName: 'a', status: 'ACTIVE', processors: 1, procType: 'shared' }, {});
    expect(updateBody(vm, { affinity: 'user_migratable' }, settings, traits)).toEqual({ pinPolicy: 'soft' });
  });

  test('a resize says what changes, and keeps units that suffice', () => {
    const vm = vmOf(
      {
        pvmInstanceID: 'i',
        serverName: 'a',
        status: 'SHUTOFF',
        processors: 2,
        procType: 'shared',
        virtualCores: { assigned: 4 },
      },
      {},
    );
    expect(updateBody(vm, { memoryBytes: 3 * GIB }, settings, traits)).toEqual({ memory: 3 });
    expect(updateBody(vm, { processors: 6 }, settings, traits)).toEqual({
      processors: 2,
      virtualCores: { assigned: 6 },
    });
    expect(updateBody(vm, { processors: 1 }, settings, traits)).toEqual({
      processors: 0.25,
      virtualCores: { assigned: 1 },
    });
    expect(updateBody(vm, { extraSpecs: { 'powervm:dedicated_proc': 'true' } }, settings, traits)).toEqual({
      processors: 4,
      procType: 'dedicated',
    });
    expect(() => updateBody(vm, { extraSpecs: { 'powervm:min_mem': '1' } }, settings, traits)).toThrow(
      'powervm:min_mem is not supported',
    );
  });
});

test('each capability that is missing has a sentence', () => {
  for (const [name, can] of Object.entries(powerVsCapabilities))
    if (can !== true) expect(can, name).toMatch(/^\S.*\.$/);
});
