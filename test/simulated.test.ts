import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { inventorySchemas } from '../scripts/docs/inventories.js';
import { startGateway } from '../src/gateway.js';
import { inventoryFrom } from '../src/gateway/inventory-file.js';
import { loadSettings, packageRoot } from '../src/settings/index.js';
import { defaultInventory, plainInventory, startSimulator } from '../src/simulator/index.js';
import { defaultPowerVsInventory, startPowerVsSimulator } from '../src/simulator/powervs/index.js';
import { runCli, start } from './support/cli.js';
import { quick, silent } from './support/testbed.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulated-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const login = {
  authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`,
  accept: 'application/json',
};

describe.each(['simulator', 'openstack', 'powervs'])('an inventory by size, of %s', (kind) => {
  it('has what was asked for, and can be worked with', async () => {
    const { settings } = loadSettings({
      sets: [
        ...quick,
        `backend.kind=${kind}`,
        'simulator.vms=23',
        'simulator.hosts=4',
        'simulator.disksPerVm=3',
        'simulator.networks=5',
        'simulator.timeScale=0',
      ],
    });
    const gateway = await startGateway(settings, { log: silent(settings.log) });
    const all = async (path: string): Promise<{ id: string; name: string }[]> => {
      const answer = (await (await fetch(`${gateway.url}/api/${path}`, { headers: login })).json()) as Record<
        string,
        { id: string; name: string }[]
      >;
      return Object.values(answer)[0] ?? [];
    };
    try {
      const vms = await all('vms');
      expect(vms).toHaveLength(23);
      expect(new Set(vms.map(({ name }) => name)).size).toBe(23);
      for (const vm of [vms[0], vms[22]]) expect(await all(`vms/${vm?.id}/disks`)).toHaveLength(3);
      expect(await all(`vms/${vms[22]?.id}/nics`)).toHaveLength(1);
      expect(await all('networks')).toHaveLength(5);
      if (kind !== 'powervs') expect(await all('hosts')).toHaveLength(4);
      const added = await fetch(`${gateway.url}/api/vms/${vms[22]?.id}/disks`, {
        method: 'POST',
        headers: { ...login, 'content-type': 'application/xml' },
        body: '<disk><provisioned_size>1073741824</provisioned_size></disk>',
      });
      expect(added.status, await added.text()).toBeLessThan(300);
      await gateway.settled();
    } finally {
      await gateway.close();
    }
  });
});

describe('files', () => {
  it.each([
    ['servers:\n  - id: a\n    name: b\n    colour: red\n', ':4: servers, record 1: there is no field colour'],
    ['hosts:\n  - cpus: 4\n', ':2: hosts, record 1: the field name is missing'],
    ['volumes:\n  - { id: a, size: big }\n', ':2: volumes, record 1, size: must be a number'],
    ['faults:\n  - then: { status: 500 }\n    metod: GET\n', ':3: faults, record 1: there is no field metod'],
    ['server: []\n', ':1: the file: there is no field server'],
    ['servers: [\n', 'not YAML'],
    ['{"servers":\n[{"id":"a"\n"name":"x"}]}', ':3: not YAML: '],
    ['{"servers":\n[{"id":1,\n"name":"x"}]}', ':2: servers, record 1, id: must be a text'],
  ])('%j is refused with its line', async (text, problem) => {
    const inventory = file('bad.yaml', text);
    const { code, stderr } = await runCli(['simulate', '--port', '0', '--inventory', inventory]);
    expect(code).toBe(1);
    expect(stderr).toContain(problem);
  });

  it('a state that cannot be written is said at the start', async () => {
    const { code, stderr } = await runCli([
      'simulate',
      '--port',
      '0',
      '--state',
      join(folder, 'nowhere', 'state.json'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/simulator\.state: .*nowhere.*cannot be written to: ENOENT/);
  });

  it('an inventory and a size exclude each other', async () => {
    const { code, stderr } = await runCli(['simulate', '--inventory', 'x.yaml', '--vms', '3']);
    expect(code).toBe(2);
    expect(stderr).toContain('simulator.inventory already defines the inventory');
  });

  it('what the simulators hold, and what they save, keeps to the schemas', async () => {
    const simulator = await startSimulator({ timeScale: 0, seed: 1 });
    const powerVs = await startPowerVsSimulator({ timeScale: 0, seed: 1 });
    const [saved, savedPowerVs] = [simulator.save(), powerVs.save()];
    await simulator.close();
    await powerVs.close();
    for (const [schema, inventory] of [
      ['inventory', defaultInventory],
      ['inventory', plainInventory],
      ['inventory', saved],
      ['powervs-inventory', defaultPowerVsInventory],
      ['powervs-inventory', savedPowerVs],
    ] as const) {
      const one = file('own.json', JSON.stringify(inventory));
      await expect(inventoryFrom(one, schema)).resolves.toEqual(JSON.parse(readFileSync(one, 'utf8')));
    }
  });

  it('the example of the documentation is one that serves', async () => {
    const [, example = ''] =
      /```yaml\n([\s\S]*?)```/.exec(readFileSync(`${packageRoot}docs/simulator.md`, 'utf8')) ?? [];
    const inventory = file('example.yaml', example);
    const { settings } = loadSettings({
      sets: [...quick, 'backend.kind=simulator', `simulator.inventory=${inventory}`],
    });
    const gateway = await startGateway(settings, { log: silent(settings.log) });
    const answer = (await (await fetch(`${gateway.url}/api/vms`, { headers: login })).json()) as {
      vm: { name: string }[];
    };
    await gateway.close();
    expect(answer.vm.map(({ name }) => name)).toEqual(['web01']);
  });

  it('the schemas are those of the types (npm run docs), and are schemas', () => {
    for (const [path, text] of inventorySchemas()) {
      expect(readFileSync(packageRoot + path, 'utf8'), path).toBe(text);
      expect(() => new Ajv2020({ strict: false }).compile(JSON.parse(text) as object)).not.toThrow();
    }
  });
});

describe('simulate', () => {
  it.each([
    [
      ['--backend', 'powervc'],
      /^export OS_AUTH_URL='http:\/\/127\.0\.0\.1:\d+\/.*'$/m,
      "OVIRT_GATEWAY_BACKEND_KIND='powervc'",
    ],
    [['--backend', 'openstack'], /^export OS_PROJECT_NAME='ibm-default'$/m, "OVIRT_GATEWAY_BACKEND_KIND='openstack'"],
    [['--backend', 'powervs'], /^export OVIRT_GATEWAY_POWERVS_CRN='crn:v1:.*'$/m, "IBMCLOUD_API_KEY='powervc'"],
  ])('%j --print-env prints lines for a shell, and nothing else', async (flags, line, other) => {
    const running = start(['simulate', '--port', '0', '--print-env', '--log-level', 'silent', ...flags]);
    await running.until(line);
    expect(running.stdout()).toContain(other);
    expect(
      running
        .stdout()
        .split('\n')
        .slice(0, -1)
        .every((one) => /^export [A-Z_]+='[^']*'$/.test(one)),
    ).toBe(true);
    running.stop();
    expect(await running.code).toBe(0);
  });

  it('with --print-env logs to standard error, as a shell reads the rest while it runs', async () => {
    const running = start(['simulate', '--port', '0', '--print-env']);
    const [, url = ''] = await running.until(/OS_AUTH_URL='(.*)'/);
    const body = JSON.stringify({ auth: { identity: { methods: ['password'], password: { user: {} } } } });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/auth/tokens`, { method: 'POST', headers, body })).status).toBe(401);
    running.stop();
    expect(await running.code).toBe(0);
    expect(running.stdout()).not.toContain('breaks its declaration');
    expect(running.stderr()).toContain('breaks its declaration');
  });

  it('--delay holds each answer back', async () => {
    const running = start(['simulate', '--port', '0', '--delay', '200', '--print-env', '--log-level', 'silent']);
    const [, url = ''] = await running.until(/OS_AUTH_URL='(.*)'/);
    const began = performance.now();
    await fetch(url);
    expect(performance.now() - began).toBeGreaterThanOrEqual(195);
    running.stop();
    await running.code;
  });
});
