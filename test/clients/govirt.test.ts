import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultInventory, mergeInventory } from '../../src/simulator/index.js';
import { certificate } from '../support/certificate.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { available, works } from './tools.js';

/**
 * Debian's libgovirt over TLS, driven from Python as virt-viewer drives it: docs/reference/v4-clients.md, section 14.
 * It names no version and reads the documents of version 4.
 */
const PYTHON = '/usr/bin/python3';
const day = fileURLToPath(new URL('govirt', import.meta.url));
const here =
  works(
    'libgovirt',
    [PYTHON, '-c', 'import gi; gi.require_version("GoVirt", "1.0")'],
    'apt-get install gir1.2-govirt-1.0 python3-gi',
  ) && available('openssl', 'apt-get install openssl');

const ISO = 'rhel-9.4-ppc64le-dvd.iso';
const run = promisify(execFile);

describe.skipIf(!here)('libgovirt', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'govirt-'));
    certificate(folder, 'gateway', 2);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe.each(['powervc', 'openstack'] as const)('in front of %s', (cloud) => {
    let testbed: Testbed;
    let steps: ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;
    beforeAll(async () => {
      const pem = join(folder, 'gateway.pem');
      testbed = await startTestbed({
        cloud,
        ...(cloud === 'openstack' && {
          inventory: mergeInventory(defaultInventory, { settings: { cloud } }),
        }),
        sets: [`server.tls.key=${join(folder, 'gateway.key')}`, `server.tls.cert=${pem}`],
      });
      const address = `127.0.0.1:${testbed.gateways[0]?.port}`;
      const { stdout } = await run(PYTHON, [day, address, pem, 'admin@internal', 'powervc', 'rhel94-app01', ISO]);
      const reported = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly step: string });
      steps = new Map(reported.map(({ step }) => [step, reported.filter((one) => one.step === step)]));
    });
    afterAll(() => testbed?.close());

    it('lists and searches', () => {
      expect(steps.get('list')?.[0]).toMatchObject({
        vms: ['aix73-db01', 'ibmi75-erp01', 'rhel94-app01', 'sles15-hana01', 'ubuntu2204-web01'],
      });
      expect(steps.get('search')?.[0]).toMatchObject({ names: ['rhel94-app01'] });
    });
    it('reads state and display', () => {
      expect(steps.get('get')?.[0]).toMatchObject({ state: 'up' });
      expect(steps.get('display')?.[0]).toMatchObject({ state: 'up', type: 'vnc' });
    });
    it('gets a ticket, or a fault that there is no console', () => {
      const [ticket] = steps.get('ticket') ?? [];
      if (cloud === 'openstack') expect(ticket).toMatchObject({ length: expect.any(Number) as number, expiry: 7200 });
      else
        expect(ticket).toMatchObject({
          refused: expect.stringContaining('a partition has no graphical console') as string,
        });
    });
    it('finds media, inserts one for the session and ejects it', () => {
      expect(steps.get('files')?.[0]).toMatchObject({ files: [ISO] });
      expect(steps.get('medium')?.map(({ file }) => file)).toEqual([ISO, null]);
    });
    it('stops and starts', async () => {
      expect([steps.get('stop')?.[0], steps.get('start')?.[0]]).toMatchObject([{ done: true }, { done: true }]);
      await testbed.gateways[0]?.settled();
      const vm = [...testbed.simulator.world.servers.values()].find(({ name }) => name === 'rhel94-app01');
      expect(vm?.vm_state).toBe('active');
    });
  });
});
