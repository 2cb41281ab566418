import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  defaultIds,
  defaultInventory,
  type CloudKind,
  type FaultRule,
  plainInventory,
} from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/** What does not need a service that is down works: above all the login, which asks for the root document. */
const VM = defaultIds.servers.rhel;

describe.each<CloudKind>(['powervc', 'openstack'])('on %s', (cloud) => {
  let testbed: Testbed;
  let back: (() => void) | undefined;
  beforeAll(async () => {
    testbed = await startTestbed({ cloud, sets: ['protocol.countsMs=0'] });
  });
  afterAll(() => testbed.close());
  afterEach(() => {
    back?.();
    testbed.simulator.load(cloud === 'openstack' ? plainInventory : defaultInventory);
  });

  async function ask(path: string, headers: Record<string, string> = {}, init: RequestInit = {}) {
    const answer = await fetch(`${testbed.gateways[0]!.url}/api${path}`, {
      ...init,
      headers: { authorization: `Basic ${btoa('admin@internal:powervc')}`, accept: 'application/xml', ...headers },
    });
    return { status: answer.status, text: await answer.text() };
  }

  test.each(['volume', 'network', 'image', 'metric', 'compute'] as const)(
    'with %s down the root document is there',
    async (service) => {
      back = testbed.simulator.addFault({ service, then: { status: 503 } });
      const { status, text } = await ask('');
      expect(status, text).toBe(200);
      expect(text).toContain('<users>');
      expect(text.includes('<storage_domains>')).toBe(service !== 'volume');
      expect(text.includes('<vms>')).toBe(service !== 'compute');
    },
  );

  test('with the metrics down VMs are listed with what is known without them', async () => {
    back = testbed.simulator.addFault({ service: 'metric', then: { status: 503 } });
    const { status, text } = await ask('/vms', { accept: 'application/xml; detail=statistics' });
    expect(status, text).toBe(200);
    expect(text).toContain('<name>memory.installed</name>');
    expect((await ask(`/vms/${VM}/statistics`)).status).toBe(200);
  });

  test.each([
    ['volume', '/vms', '/networks', '/hosts', '/templates'],
    ['network', '/vms', '/storagedomains', '/disks', '/templates'],
    ['image', '/vms', '/storagedomains', '/networks', '/disks'],
  ] as const)('with %s down the others are listed', async (service, ...paths) => {
    back = testbed.simulator.addFault({ service, then: { status: 503 } });
    for (const path of paths) expect([path, (await ask(path)).status]).toEqual([path, 200]);
  });

  test('with the images down version 4 lists the disks that are none of a template', async () => {
    const disks = async (): Promise<string[]> => {
      const { status, text } = await ask('/disks', { accept: 'application/xml', version: '4' });
      expect(status, text).toBe(200);
      return [...text.matchAll(/<disk href="[^"]*" id="([^"]*)"/g)].map(([, id = '']) => id);
    };
    const all = await disks();
    back = testbed.simulator.addFault({ service: 'image', then: { status: 503 } });
    const ofVms = await disks();
    expect(all.filter((id) => ofVms.includes(id))).toEqual(ofVms);
    expect([ofVms.length > 0, ofVms.length < all.length]).toEqual([true, true]);
  });

  test('a guest is reported while its VM runs', async () => {
    expect((await ask(`/vms/${VM}`)).text).toContain('<guest_info>');
    Object.assign(testbed.simulator.world.servers.get(VM)!, { vm_state: 'stopped', power_state: 4 });
    expect((await ask(`/vms/${VM}`)).text).not.toContain('<guest_info>');
  });

  test('none of several networks of one name is chosen', async () => {
    const { networks } = testbed.simulator.world;
    const known = networks.get(defaultIds.networks.vlan100)!;
    const twin = { ...known, id: '40000000-0000-4000-8000-0000000000aa' };
    networks.set(twin.id, twin);
    const add = (network: string) =>
      ask(
        `/vms/${VM}/nics`,
        { 'content-type': 'application/xml' },
        { method: 'POST', body: `<nic><name>n</name>${network}</nic>` },
      );
    const refused = await add(`<network><name>${known.name}</name></network>`);
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining(`Several objects are named ${known.name}`),
    ]);
    expect((await add(`<network id="${twin.id}"/>`)).status).toBeLessThan(300);
  });
});

type HangingService = NonNullable<FaultRule['service']>;

/** What is answered of each path while a service does not answer at all. */
async function whileHung(cloud: CloudKind, service: HangingService, paths: readonly string[]) {
  const inventory = cloud === 'openstack' ? plainInventory : defaultInventory;
  const testbed = await startTestbed({ cloud, inventory, sets: ['server.deadlineMs=0'] });
  try {
    testbed.simulator.addFault({ service, then: { delayMs: 600_000 } });
    const headers = { authorization: `Basic ${btoa('admin@internal:powervc')}`, accept: 'application/xml' };
    return await Promise.all(
      paths.map(async (path) => {
        const answer = await fetch(`${testbed.gateways[0]!.url}/api${path}`, { headers });
        return { status: answer.status, text: await answer.text() };
      }),
    );
  } finally {
    await testbed.close();
  }
}

test.each<CloudKind>(['powervc', 'openstack'])(
  'a service that hangs does not hold the root document up: on %s its counts are left out',
  async (cloud) => {
    const rootWithout = async (service: HangingService): Promise<[string, number, boolean, boolean]> => {
      const [{ status = 0, text = '' } = {}] = await whileHung(cloud, service, ['']);
      return [service, status, text.includes('<vms>'), text.includes('<storage_domains>')];
    };
    expect(await Promise.all((['volume', 'compute'] as const).map(rootWithout))).toEqual([
      ['volume', 200, true, false],
      ['compute', 200, false, true],
    ]);
  },
);

test.each<CloudKind>(['powervc', 'openstack'])(
  'a service that hangs does not hold up what can do without it: on %s sizes and measurements are left out',
  async (cloud) => {
    const cases = [
      ['compute', ['/storagedomains']],
      ['network', ['/storagedomains', '/disks', '/vms', '/hosts']],
      ['image', ['/storagedomains', '/disks', '/vms', '/hosts']],
      ['volume', ['/vms', '/hosts', '/clusters', '/networks']],
      ['metric', [`/vms/${VM}/statistics`, '/storagedomains']],
    ] as const;
    const found = await Promise.all(cases.map(([service, paths]) => whileHung(cloud, service, paths)));
    expect(found.map((answers) => answers.map(({ status }) => status))).toEqual(
      cases.map(([, paths]) => paths.map(() => 200)),
    );
    expect(found[0]?.[0]?.text).toContain('<name>Export</name>');
    expect(found[4]?.[0]?.text).toContain('<name>memory.installed</name>');
  },
);
