import entities from '../../schemas/model/entities.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../../src/generated/engines.js';
import { clusterOut as clusterOut3 } from '../../src/generated/ovirt/v3/mapping.js';
import { clusterOut } from '../../src/generated/ovirt/v4/mapping.js';
import { versions } from '../../src/ovirt/serve/versions.js';
import type { Cluster } from '../../src/model/index.js';
import { cpuTypeOf, engineTables } from '../../src/services/engine.js';
import { operatingSystemsOf } from '../../src/services/operating-systems.js';
import { plainInventory } from '../../src/simulator/index.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { LOGIN } from './testbed.js';

const cpuModels = (
  entities as unknown as { $defs: { Cluster: { properties: { processors: { enum: Processors[] } } } } }
).$defs.Cluster.properties.processors.enum;
type Processors = NonNullable<Cluster['processors']>;

/**
 * What an engine lists for processors of other makers than IBM (docs/reference/v4-wire.md, section 8), by a gateway
 * that has only resumed the session of another one.
 */
describe('an OpenStack on x86', () => {
  let testbed: Testbed;
  let get: (path: string) => Promise<string>;
  beforeAll(async () => {
    const models = ['Cascadelake-Server-noTSX', 'Haswell-noTSX-IBRS'];
    const hosts = (plainInventory.hosts ?? []).map((host, index) => ({
      ...host,
      cpu_arch: 'x86_64',
      cpu_model: models[index] ?? 'Haswell',
    }));
    testbed = await startTestbed({
      cloud: 'openstack',
      inventory: { ...plainInventory, hosts },
      gateways: 2,
      sets: ['sessions.secret=0123456789012345678901234567890123456789'],
    });
    const [first, second] = testbed.gateways;
    const login = await fetch(`${first?.url ?? ''}/ovirt-engine/api`, {
      headers: { authorization: LOGIN, prefer: 'persistent-auth' },
    });
    const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';');
    get = async (path) => {
      const headers = { cookie, prefer: 'persistent-auth' };
      const answer = await fetch(`${second?.url ?? ''}${path}`, { headers });
      expect(answer.status).toBe(200);
      return answer.text();
    };
  });
  afterAll(() => testbed?.close());

  it.each([
    ['/ovirt-engine/api/clusters', /<architecture>x86_64<\/architecture>\s*<type>Intel Haswell Family</],
    ['/api/clusters', /<cpu id="Intel Haswell-noTSX Family">\s*<architecture>X86_64</],
    ['/ovirt-engine/api/clusterlevels/4.7', /<cpu_type>[^]*<name>Secure Intel Icelake Server Family</],
    ['/ovirt-engine/api/options/ServerCPUList', />1:Intel Nehalem Family:vmx,nx,model_Nehalem:Nehalem:x86_64; 2:/],
    ['/api/capabilities', /<cpu id="AMD Opteron G5">\s*<level>6<\/level>\s*<architecture>X86_64</],
    ['/api/capabilities', /<os_type>windows_2012x64</],
    ['/ovirt-engine/api/operatingsystems/30', /<name>rhel_8x64<\/name>[^]*<architecture>x86_64</],
    ['/ovirt-engine/api/templates/00000000-0000-0000-0000-000000000000', /<architecture>x86_64[^]*<type>other</],
    ['/ovirt-engine/api/vms', /<architecture>x86_64[^]*<type>other</],
  ])('%s', async (path, expected) => {
    const text = await get(path);
    expect(text).toMatch(expected);
    expect(text).not.toContain('POWER');
  });
});

it('operating systems are those of the architectures, and that of every engine', () => {
  const names = (...architectures: Parameters<typeof operatingSystemsOf>[0]) =>
    operatingSystemsOf(architectures).map(({ name }) => name);
  expect(names('aarch64')).toEqual(['other']);
  expect(names('ppc64')).toEqual(expect.arrayContaining(['other', 'other_ppc64', 'rhel_9_ppc64']));
  expect(names('ppc64')).not.toContain('rhel_9x64');
  expect(names('ppc64', 'x86_64')).toEqual(expect.arrayContaining(['rhel_9_ppc64', 'rhel_9x64', 'windows_2022']));
});

it.each(cpuModels)(
  'the type of a cluster of %s is one of the list, and is searched for as it is shown',
  (processors) => {
    const cluster = { id: '', name: '', processors };
    const shown = {
      '3.6': clusterOut3(cluster, { base: '' }).cpu?.id,
      '4.5': clusterOut(cluster, { base: '' }).cpu?.type,
    };
    for (const engine of ['3.6', '4.5'] as const) {
      expect(cpuTypeOf(engine, cluster)).toBe(shown[engine]);
      if (shown[engine] !== undefined)
        expect(engineTables(engine).cpuTypes.map(({ name }) => name)).toContain(shown[engine]);
    }
    expect(shown['4.5']).toBeDefined();
  },
);

it('an engine names each processor once', () => {
  for (const { cpuTypes } of Object.values(engines)) {
    const processors = cpuTypes.flatMap((type) => type.processors ?? []);
    expect(processors).toEqual([...new Set(processors)]);
    expect(cpuModels).toEqual(expect.arrayContaining(processors));
  }
});

it('the enumerations of an engine are members of the document of capabilities', () => {
  const [three] = versions.filter(({ number }) => number === '3');
  expect(three?.members('version')).toEqual(expect.arrayContaining(Object.keys(engines['3.6']?.words ?? { none: [] })));
});
