import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultIds, defaultInventory } from '../../src/simulator/index.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { ask, LOGIN, type Answer } from './entry-point.js';

/** docs/reference/ovirt.md, section 10: the table of actions, row by row. */
let testbed: Testbed;
let base: string;
beforeAll(async () => {
  testbed = await startTestbed();
  base = testbed.gateways[0]!.url;
});
afterAll(() => testbed.close());
beforeEach(async () => {
  await testbed.gateways[0]!.settled();
  testbed.simulator.load(defaultInventory);
});

const { rhel: UP, sles: DOWN } = defaultIds.servers;
const server = (id: string) => testbed.simulator.world.servers.get(id)!;
const act = (vm: string, rel: string, inner = ''): Promise<Answer> =>
  ask(`${base}/api/vms/${vm}/${rel}`, {
    method: 'POST',
    headers: { ...LOGIN, 'content-type': 'application/xml' },
    body: `<action>${inner}</action>`,
  });
const get = (path: string): Promise<Answer> => ask(base + path, { headers: LOGIN });
const detail = (answer: Answer): string | undefined => /<detail>([^<]*)<\/detail>/.exec(answer.text)?.[1];
const ignored = (answer: Answer): string => String(answer.headers['x-ovirt-ignored'] ?? '');

describe('start, run once', () => {
  it.each([
    ['pause', '<pause>true</pause>', 'action.pause'],
    ['boot from the network', '<vm><os><boot dev="network"/></os></vm>', 'action.vm.os.boot.dev'],
    ['kernel', '<vm><os><kernel>/vmlinuz</kernel></os></vm>', 'action.vm.os.kernel'],
    ['initrd', '<vm><os><initrd>/initrd</initrd></os></vm>', 'action.vm.os.initrd'],
    ['cmdline', '<vm><os><cmdline>quiet</cmdline></os></vm>', 'action.vm.os.cmdline'],
    ['stateless', '<vm><stateless>true</stateless></vm>', 'action.vm.stateless'],
    [
      'another host',
      '<vm><placement_policy><host><name>p10-s1022</name></host></placement_policy></vm>',
      'action.vm.placement_policy.host.name',
    ],
    ['cloud-init', '<use_cloud_init>true</use_cloud_init>', 'action.use_cloud_init'],
    [
      'initialization',
      '<vm><initialization><host_name>x</host_name></initialization></vm>',
      'action.vm.initialization.host_name',
    ],
    ['sysprep', '<use_sysprep>true</use_sysprep>', 'action.use_sysprep'],
  ])('%s is refused by name', async (_, inner, subject) => {
    server(DOWN).host = '900942A_78ABC01';
    const answer = await act(DOWN, 'start', inner);
    expect([answer.status, detail(answer)]).toEqual([
      409,
      expect.stringContaining(`${subject} is not supported by PowerVC`),
    ]);
    expect(server(DOWN).vm_state).toBe('stopped');
  });

  it.each([
    [
      'what is so anyway',
      '<pause>false</pause><vm><stateless>false</stateless><os><boot dev="hd"/></os><display><type>vnc</type></display></vm>',
      '',
    ],
    ['display', '<vm><display><type>spice</type></display></vm>', 'action.vm.display.type'],
    ['what a start takes over', '<vm><memory>1073741824</memory></vm>', 'action.vm.memory'],
  ])('%s: starts, and reports what had no effect', async (_, inner, reported) => {
    const answer = await act(DOWN, 'start', inner);
    expect([answer.status, ignored(answer)]).toEqual([200, reported]);
  });

  it('the current host is not another host', async () => {
    const [, host] = /<host href="[^"]*" id="([^"]*)"/.exec((await get(`/api/vms/${DOWN}`)).text) ?? [];
    expect(host).toBeDefined();
    expect(
      (await act(DOWN, 'start', `<vm><placement_policy><host id="${host}"/></placement_policy></vm>`)).status,
    ).toBe(200);
  });

  it('cloud-init and sysprep together: 409', async () => {
    const answer = await act(DOWN, 'start', '<use_sysprep>true</use_sysprep><use_cloud_init>true</use_cloud_init>');
    expect(answer.status).toBe(409);
    expect(answer.text).toMatch(
      /^<\?xml [^>]*>\s*<fault>\s*<reason>Cannot use sysprep and cloud_init tags simultaneously when running VM\.<\/reason>\s*<\/fault>\s*$/,
    );
  });
});

describe('migrate', () => {
  it('takes host by id', async () => {
    const from = server(UP).host;
    const host = (await get('/api/hosts')).text.split('<host ').find((one) => one.includes('<name>p9-s924</name>'))!;
    const [, id] = /^[^>]* id="([^"]*)"/.exec(host)!;
    expect((await act(UP, 'migrate', `<host id="${id}"/><async>false</async>`)).status).toBe(200);
    expect(server(UP).host).not.toBe(from);
  });
  it('cluster is reported', async () =>
    expect(ignored(await act(UP, 'migrate', '<cluster><name>x</name></cluster>'))).toBe('action.cluster'));
  it("a failure of PowerVC's keeps its message", async () => {
    server(UP).rmc_state = 'inactive';
    expect(detail(await act(UP, 'migrate'))).toContain('RMC connection is inactive');
  });
  it('that ends on its first host is a failure for the client that waits', async () => {
    testbed.simulator.addFault({ work: '^server\\.migrate', count: 1, then: { fail: 'no room' } });
    const answer = await act(UP, 'migrate', '<async>false</async>');
    expect([answer.status, detail(answer)]).toEqual([500, expect.stringContaining('was not migrated')]);
  });
});

it("cancelmigration of one that does not migrate: the engine's own text", async () => {
  const answer = await act(UP, 'cancelmigration');
  expect([answer.status, detail(answer)]).toEqual([409, '[Cannot cancel migration for non migrating VM.]']);
});

describe('export', () => {
  it("makes an image with the VM's name", async () => {
    expect(
      (await act(DOWN, 'export', '<storage_domain><name>ISO</name></storage_domain><async>false</async>')).status,
    ).toBe(200);
    expect(
      [...testbed.simulator.world.images.values()].filter(
        ({ name, status }) => name === server(DOWN).name && status === 'active',
      ),
    ).toHaveLength(1);
  });
  it('exclusive takes the place of the export before, discard_snapshots is honoured', async () => {
    expect(
      ignored(
        await act(
          DOWN,
          'export',
          '<storage_domain><name>ISO</name></storage_domain><exclusive>true</exclusive><discard_snapshots>true</discard_snapshots>',
        ),
      ),
    ).toBe('');
    await testbed.gateways[0]!.settled();
    expect([...testbed.simulator.world.images.values()].filter(({ name }) => name === server(DOWN).name)).toHaveLength(
      1,
    );
  });
  it('to a domain that is not there: 404 with the fault', async () => {
    const answer = await act(DOWN, 'export', '<storage_domain><name>nope</name></storage_domain>');
    expect([answer.status, detail(answer)]).toEqual([404, 'Entity not found: StorageDomain: name=nope']);
  });
});

describe('clone', () => {
  it('makes a copy that is down, with copies of the disks and NICs in the same networks', async () => {
    expect((await act(DOWN, 'clone', '<vm><name>copy</name></vm><async>false</async>')).status).toBe(200);
    const { servers, volumes, ports } = testbed.simulator.world;
    const copy = [...servers.values()].find(({ name }) => name === 'copy')!;
    const networks = (id: string) =>
      [...ports.values()]
        .filter(({ device_id }) => device_id === id)
        .map(({ network_id }) => network_id)
        .sort();
    const disks = (id: string) =>
      [...volumes.values()]
        .filter(({ attachments }) => attachments.some(({ server_id }) => server_id === id))
        .map(({ size }) => size)
        .sort();
    expect([copy.vm_state, networks(copy.id), disks(copy.id)]).toEqual(['stopped', networks(DOWN), disks(DOWN)]);
    expect(server(DOWN).metadata).not.toHaveProperty('ovirt.task');
  });
  it('locks the original meanwhile', async () => {
    server(DOWN).metadata['ovirt.task'] = JSON.stringify({ kind: 'clone', vm: DOWN, name: 'copy', at: Date.now() });
    expect(detail(await act(DOWN, 'start'))).toBe('[Cannot run VM. VM is being cloned.]');
  });
  it('what a copy cannot be given at once is reported', async () =>
    expect(ignored(await act(DOWN, 'clone', '<vm><name>copy</name><memory>1</memory></vm>'))).toBe('action.vm.memory'));
});

describe('move', () => {
  it('takes every disk to the storage domain', async () => {
    const types = testbed.simulator.world.volumeTypes;
    expect(
      (await act(DOWN, 'move', `<storage_domain id="${defaultIds.types.thick}"/><async>false</async>`)).status,
    ).toBe(200);
    const mine = [...testbed.simulator.world.volumes.values()].filter(({ attachments }) =>
      attachments.some(({ server_id }) => server_id === DOWN),
    );
    expect(new Set(mine.map(({ volume_type }) => volume_type))).toEqual(
      new Set([types.get(defaultIds.types.thick)!.name]),
    );
  });
  it('of one that is up is refused', async () =>
    expect(detail(await act(UP, 'move', `<storage_domain id="${defaultIds.types.thick}"/>`))).toBe(
      '[Cannot move VM. At least one of the VMs is not down.]',
    ));
});

it.each([
  'ticket',
  'logon',
  'freezefilesystems',
  'thawfilesystems',
  'reordermacaddresses',
  'detach',
  'preview_snapshot',
  'commit_snapshot',
  'undo_snapshot',
])('%s is refused by name', async (rel) => {
  const answer = await act(UP, rel);
  expect([answer.status, detail(answer)]).toEqual([
    409,
    expect.stringContaining(`. The action ${rel} is not supported by PowerVC: `),
  ]);
});

it('maintenance requires maintenance_enabled, and is then refused by name', async () => {
  expect((await act(UP, 'maintenance')).status).toBe(400);
  expect((await act(UP, 'maintenance', '<maintenance_enabled>true</maintenance_enabled>')).status).toBe(409);
});

it("links on a VM, in the engine's order", async () => {
  const text = (await get(`/api/vms/${UP}`)).text.replace(/<actions>[\s\S]*?<\/actions>/, '');
  const rels = [...text.matchAll(/^ {4}<link href="[^"]*" rel="([a-z]+)"\/>$/gm)].map(([, rel]) => rel);
  expect(rels.filter((rel) => rel !== 'pmemvolumes')).toEqual([
    'applications',
    'disks',
    'nics',
    'numanodes',
    'cdroms',
    'snapshots',
    'tags',
    'permissions',
    'statistics',
    'reporteddevices',
    'watchdogs',
    'sessions',
    'katelloerrata',
    'graphicsconsoles',
    'hostdevices',
  ]);
});

it('every link and every action that a VM shows answers', async () => {
  const text = (await get(`/api/vms/${UP}`)).text;
  for (const [, href, rel] of text.matchAll(/<link href="([^"]*)" rel="([a-z_]+)"\/>/g)) {
    const { status } = new RegExp(`<actions>[\\s\\S]*rel="${rel}"[\\s\\S]*</actions>`).test(text)
      ? await ask(base + href, { method: 'OPTIONS', headers: LOGIN })
      : await get(href!);
    expect([href, status]).toEqual([href, 200]);
  }
});
