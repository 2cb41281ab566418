import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/moving/compare/index.js';
import type { Plan } from '../../src/moving/plan/index.js';
import { runCli } from '../support/cli.js';
import { startEngine, twoVms } from './engine.js';

const folder = mkdtempSync(join(tmpdir(), 'plan-'));
const old = join(folder, 'old.ndjson');
const mapping = join(folder, 'mapping.yaml');

async function inventoryOf(pages: typeof twoVms, file: string): Promise<void> {
  const engine = await startEngine(pages);
  expect((await runCli(['inventory', '--url', engine.url, '--output', file])).code).toBe(0);
  await engine.close();
}

beforeAll(async () => {
  await inventoryOf(twoVms, old);
  writeFileSync(
    mapping,
    'clusters: {Production: p10}\nnetworks: {ovirtmgmt: VLAN100}\nstorageDomains: {fast: Flash}\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const planFor = async (backend: string, ...more: string[]): Promise<Plan> => {
  const { code, stdout, stderr } = await runCli([
    'plan',
    ...['--inventory', old, '--backend', backend, '--format', 'json'],
    ...more,
  ]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Plan;
};

describe('plan', () => {
  it.each([
    ['powervc', 'partition of 4 virtual processors, 4 GiB', 'blocked'],
    ['openstack', 'flavor of 4 vCPUs, 4 GiB (ovirt-4096-4 where the cloud has none)', 'ready'],
    ['powervs', 'shared instance of 4 virtual cores with 1 unit, 4 GiB', 'blocked'],
  ])('says what a VM becomes on %s', async (backend, shape, onX86) => {
    const { vms, totals, shapes } = await planFor(backend, '--mapping', mapping);
    expect(shapes).toEqual([{ text: shape, vms: 2 }]);
    expect(vms.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['web01', 'losses'],
      ['old02', onX86],
    ]);
    expect(vms[0]).toMatchObject({
      cluster: { from: 'Production', to: 'p10' },
      disks: [{ name: 'web01_root', sizeBytes: 10 * 2 ** 30, bootable: true, storage: { from: 'fast', to: 'Flash' } }],
      nics: [{ name: 'nic1', mac: '56:6f:00:00:00:01', network: { from: 'ovirtmgmt', to: 'VLAN100' } }],
    });
    expect(totals).toMatchObject({ vms: 2, processors: 8, memoryBytes: 8 * 2 ** 30, disks: 1, nics: 1 });
  });

  it('gives the reasons of the tables and of the backend, in its words', async () => {
    const { reasons, vms } = await planFor('powervs');
    expect(reasons[0]).toEqual({
      path: 'vm.cpu.architecture',
      why: 'PowerVM runs only the architecture ppc64.',
      refused: true,
      vms: 1,
    });
    expect(reasons).toContainEqual({
      path: 'vm.usb.enabled',
      why: 'PowerVM has no USB redirection',
      refused: false,
      vms: 1,
    });
    expect(reasons).toContainEqual(
      expect.objectContaining({
        path: expect.stringMatching(/^nic.mac/) as string,
        why: 'Power Virtual Server chooses the MAC address.',
      }),
    );
    expect(vms[0]?.verdict).toBe('unmapped');
    expect(vms[1]?.reasons).toContain(0);
  });

  it('drafts a mapping file with the names of the target, and writes over none', async () => {
    const engine = await startEngine({
      ...twoVms,
      '/networks': '<networks><network id="n9"><name>VLAN9</name></network></networks>',
    });
    const draft = join(folder, 'draft.yaml');
    const argv = ['plan', '--inventory', old, '--backend', 'powervc', '--target', engine.url, '--draft-mapping', draft];
    expect((await runCli(argv)).code).toBe(0);
    expect(readFileSync(draft, 'utf8')).toContain('# On the new side: VLAN9\nnetworks:\n  ovirtmgmt: null # 1 NIC\n');
    expect(readFileSync(draft, 'utf8')).toContain('storageDomains:\n  fast: fast # 1 disk\n');
    const again = await runCli(argv);
    await engine.close();
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('exists and is not overwritten')]);
    expect((await planFor('powervc', '--mapping', draft)).places.networks).toEqual([{ name: 'ovirtmgmt', uses: 1 }]);
  });

  it('writes a self-contained page in which names are escaped', async () => {
    const odd = join(folder, 'odd.ndjson');
    writeFileSync(odd, readFileSync(old, 'utf8').replaceAll('web01', '<script>x</script>'));
    const page = join(folder, 'plan.html');
    const { code } = await runCli([
      'plan',
      '--inventory',
      odd,
      '--backend',
      'powervc',
      '--format',
      'html',
      '--output',
      page,
    ]);
    expect(code).toBe(0);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('Move of 2 VMs to PowerVC');
    expect(html).toContain('&lt;script&gt;x');
    expect(html).not.toMatch(/<script>x|(src|href)=|url\(|@import/);
  });

  it('refuses an invalid mapping, inventory or backend', async () => {
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'hosts: {a: b}\n');
    for (const [argv, text] of [
      [['--inventory', old, '--backend', 'powervc', '--mapping', bad], 'unknown key hosts'],
      [['--inventory', bad, '--backend', 'powervc'], 'not a line of an inventory'],
      [['--inventory', old, '--backend', 'vmware'], 'vmware'],
      [['--backend', 'powervc'], '--inventory and --backend are required'],
    ] as const) {
      const { code, stderr } = await runCli(['plan', ...argv]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
    }
  });
});

describe('compare', () => {
  const compared = async (b: string, ...more: string[]): Promise<[number, Comparison]> => {
    const { code, stdout } = await runCli(['compare', old, b, '--format', 'json', ...more]);
    return [code, JSON.parse(stdout) as Comparison];
  };

  it('finds nothing between equals', async () => {
    const [code, { counts }] = await compared(old);
    expect([code, counts]).toEqual([0, { same: 2, differs: 0, missing: 0, new: 0 }]);
  });

  it('finds what is missing, new and different, by names as they are mapped', async () => {
    const moved = join(folder, 'moved.ndjson');
    const pages = Object.entries(twoVms).map(([path, page]) => [
      path,
      page
        .replaceAll('>Production<', '>p10<')
        .replaceAll('>ovirtmgmt<', '>VLAN100<')
        .replaceAll('>fast<', '>Flash<')
        .replaceAll('old02', 'new02')
        .replaceAll('10737418240', '10737418000')
        .replaceAll('56:6F', '56:70'),
    ]);
    await inventoryOf(Object.fromEntries(pages) as typeof twoVms, moved);
    const [code, { counts, vms, fields }] = await compared(moved, '--mapping', mapping);
    expect([code, counts]).toEqual([1, { same: 0, differs: 1, missing: 1, new: 1 }]);
    expect(vms.find(({ name }) => name === 'web01')?.differences).toEqual([
      { what: 'nic nic1: mac', a: '56:6f:00:00:00:01', b: '56:70:00:00:00:01' },
    ]);
    expect(fields).toEqual({ 'nic mac': 1 });
    const [, ignoring] = await compared(moved, '--mapping', mapping, '--ignore', 'mac');
    expect(ignoring.counts).toMatchObject({ same: 1 });
    const text = await runCli(['compare', old, moved]);
    expect(text.stdout).toContain('old02: missing in B\n');
    expect(text.stdout).toContain('  cluster: Production -> p10\n');
  });
});
