import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calls as openStackCalls } from '../src/generated/openstack/calls.js';
import { answerValidators as openStackAnswers } from '../src/generated/openstack/validators.js';
import { calls as ibmCalls } from '../src/generated/powervc/calls.js';
import { answerValidators as ibmAnswers } from '../src/generated/powervc/validators.js';
import { errorLines, type Validator } from '../src/validator.js';
import { defaultIds as ids, type Simulator } from '../src/simulator/index.js';
import { login, start, text, type Client, type Seen } from './simulator-client.js';
import { readRecordings } from './support/recordings.js';
import { shapeDifferences } from './support/shapes.js';

const recordings = readRecordings();

const calls = Object.values({ ...openStackCalls, ...ibmCalls });
const answers: Readonly<Record<string, Readonly<Record<number, Validator<unknown>>>>> = {
  ...openStackAnswers,
  ...ibmAnswers,
};

type Ask = (api: Client) => Promise<Seen>;
const unknown = 'dddb773a-285f-4747-ac32-72fc2af96509';
const { rhel, aix } = ids.servers;
const port = { network_id: ids.networks.vlan100 };

/**
 * Recording, and the same question here. Names of things that differ by nature (metadata, addresses' networks,
 * properties) are cut out below.
 */
const questions: [string, Ask][] = [
  ['002', (api) => api.keystone('GET', '')],
  ['012', (api) => api.keystone('GET', '/auth/tokens', undefined, { 'x-subject-token': api.token })],
  ['016', (api) => api.keystone('GET', '/auth/catalog')],
  ['017', (api) => api.keystone('GET', '/auth/projects')],
  ['018', (api) => api.keystone('GET', '/projects')],
  ['022', (api) => api.keystone('GET', `/projects/${unknown}`)],
  ['033', (api) => api.glance('GET', '/v2/images')],
  ['034', (api) => api.glance('GET', `/v2/images/${ids.images.rhel}`)],
  ['036', (api) => api.glance('GET', `/v2/images/${unknown}`)],
  ['043', (api) => api.glance('GET', '/v2/images?limit=1&sort=name:asc')],
  ['037', (api) => api.nova('GET', '/nonsense')],
  ['070', (api) => api.neutron('GET', '/v2.0/networks')],
  ['071', (api) => api.neutron('GET', `/v2.0/networks/${ids.networks.vlan100}`)],
  ['072', (api) => api.neutron('GET', `/v2.0/networks/${unknown}`)],
  ['075', (api) => api.neutron('GET', '/v2.0/subnets')],
  ['087', (api) => api.neutron('POST', '/v2.0/ports', { port })],
  ['096', (api) => api.neutron('GET', '/v2.0/ports')],
  ['097', (api) => api.neutron('GET', '/v2.0/ports?limit=1')],
  ['103', (api) => api.neutron('DELETE', `/v2.0/ports/${unknown}`)],
  ['106', (api) => api.neutron('GET', '/v2.0/networks?colour=red')],
  ['123', (api) => api.nova('GET', '/flavors/detail')],
  ['124', (api) => api.nova('GET', '/flavors/detail', undefined, { 'openstack-api-version': 'compute latest' })],
  ['126', (api) => api.nova('GET', `/flavors/${unknown}`)],
  ['138', (api) => api.nova('GET', '/os-hypervisors/detail')],
  ['142', (api) => api.nova('GET', '/os-hypervisors/statistics')],
  ['144', (api) => api.nova('GET', '/os-services')],
  ['154', (api) => api.nova('GET', '/os-aggregates')],
  ['184', (api) => api.nova('GET', `/servers/${unknown}`)],
  ['187', (api) => api.nova('GET', `/servers/${rhel}`)],
  ['189', (api) => api.nova('GET', '/servers')],
  ['190', (api) => api.nova('GET', `/servers/detail?name=rhel`)],
  ['196', (api) => api.nova('GET', `/servers?marker=${unknown}`)],
  ['197', (api) => api.nova('GET', '/servers?limit=-1')],
  ['476', (api) => api.nova('GET', '/servers?limit=1')],
  ['199', (api) => api.nova('PUT', `/servers/${rhel}`, { server: { name: 'rhel94-app01' } })],
  ['202', (api) => api.nova('PUT', `/servers/${rhel}`, { server: { name: '' } })],
  ['207', (api) => api.nova('POST', `/servers/${rhel}/metadata`, { metadata: { k: 'v' } })],
  ['215', (api) => api.nova('POST', `/servers/${rhel}/action`, { 'os-start': null })],
  ['237', (api) => api.nova('POST', `/servers/${rhel}/action`, { explode: null })],
  ['250', (api) => api.nova('GET', `/servers/${rhel}/os-instance-actions`)],
  ['252', (api) => api.nova('POST', `/servers/${aix}/action`, { resize: { flavorRef: unknown } })],
  ['390', (api) => api.nova('GET', `/servers/${rhel}/os-volume_attachments`)],
  ['392', (api) => api.nova('GET', `/servers/${rhel}/os-volume_attachments/${ids.volumes.rhelData}`)],
  ['413', (api) => api.nova('DELETE', `/servers/${rhel}/os-volume_attachments/${unknown}`)],
  ['433', (api) => api.nova('GET', `/servers/${rhel}/os-interface`)],
  ['165', (api) => api.nova('POST', '/servers', { server: {} })],
  ['172', (api) => api.nova('POST', '/servers', '{')],
  ['177', (api) => api.nova('GET', '/servers', undefined, { 'openstack-api-version': 'compute 2.999' })],
  [
    '185',
    (api) =>
      api.nova('POST', '/servers', {
        server: { name: 'r', flavorRef: 'tiny', imageRef: ids.images.rhel, networks: [{ uuid: ids.networks.vlan100 }] },
      }),
  ],
  ['319', (api) => api.cinder('GET', '/types')],
  ['320', (api) => api.cinder('GET', '/types/default')],
  ['322', (api) => api.cinder('GET', `/volumes/${unknown}`)],
  ['327', (api) => api.cinder('POST', '/volumes', { volume: { size: 1 } })],
  ['328', (api) => api.cinder('GET', `/volumes/${ids.volumes.floating}`)],
  ['330', (api) => api.cinder('GET', '/volumes?limit=1&sort=name:asc')],
  ['332', (api) => api.cinder('POST', '/volumes', { volume: { name: 'x' } })],
  ['335', (api) => api.cinder('POST', '/volumes', { volume: { size: 999_999 } })],
  ['339', (api) => api.cinder('GET', '/volumes', undefined, { 'openstack-api-version': 'volume 3.999' })],
  ['349', (api) => api.cinder('PUT', `/volumes/${ids.volumes.floating}`, { volume: { name: 'scratch01' } })],
  ['353', (api) => api.cinder('POST', `/volumes/${ids.volumes.floating}/action`, { 'os-extend': { new_size: 1 } })],
  ['357', (api) => api.cinder('POST', '/snapshots', { snapshot: { volume_id: ids.volumes.floating } })],
  ['358', (api) => api.cinder('GET', `/snapshots/${ids.volumeSnapshots[0]}`)],
  ['359', (api) => api.cinder('GET', '/snapshots/detail')],
  ['385', (api) => api.cinder('GET', '/limits')],
  ['389', (api) => api.cinder('GET', `/volumes/${ids.volumes.rhelData}`)],
  ['397', (api) => api.cinder('DELETE', `/volumes/${ids.volumes.rhelData}`)],
];

/** Parts of answers whose keys are names that people gave, or that this OpenStack has and PowerVC lacks. */
const GIVEN =
  /\/(metadata|addresses|extra_specs)\/|\/(architecture|hypervisor_type|os_distro|stores|adminPass|locations\/0.*|provider_location)(:|$)/;

describe('the simulator beside recordings of OpenStack', () => {
  let simulator: Simulator;
  let api: Client;
  beforeAll(async () => {
    simulator = await start();
    api = await login(simulator);
  });
  afterAll(() => simulator.close());

  it.each(questions)('has the keys, types and status of %s', async (number, ask) => {
    const recorded = recordings.find((one) => one.number === number)!;
    const seen = await ask(api);
    expect(seen.status).toBe(recorded.status);
    expect(shapeDifferences(recorded.body, seen.body).filter((text) => !GIVEN.test(text))).toEqual([]);
  });
});

describe('the simulator beside the schemas', () => {
  it('answers every declared call in its declared form', async () => {
    const simulator = await start();
    const api = await login(simulator);
    const sles = `/servers/${ids.servers.sles}`;
    for (const [, ask] of questions) await ask(api);
    for (const path of ['/pmem_vol', sles, '/servers/detail?pmem_vol=true']) await api.nova('GET', path);
    for (const path of [
      '/storage-providers/detail',
      `/os-hosts/${ids.flashSystem}/all-volumes`,
      '/instance-snapshots',
      `/instance-snapshots/${ids.vmSnapshot}`,
      '/volumes/detail',
    ])
      await api.cinder('GET', path);
    await api.nova('POST', `${sles}/action`, {
      'add-pmem-vol': [{ name: 'p', size: 256, affinity: 'True', device: 'DRAM' }],
    });
    await api.nova('PUT', `/pmem_vol/${ids.pmem}`, { 'update-pmem-vol': { name: 'q' } });
    await api.nova('POST', `/servers/${rhel}/action`, { 'vm-snapshot': { name: 's' } });
    await api.nova('POST', `/servers/${aix}/os-volume_attachments`, {
      volumeAttachment: { volumeId: ids.volumes.shared },
    });
    const created = text((await api.neutron('POST', '/v2.0/ports', { port })).body.port!.id);
    await api.nova('POST', `/servers/${aix}/os-interface`, { interfaceAttachment: { port_id: created } });
    await api.cinder('POST', `/os-hosts/${ids.flashSystem}/onboard`, { volumes: [ids.luns[0]] });
    const { cpu_util: metric } = (await api.metric('GET', `/v1/resource/instance/${rhel}`)).body.metrics!;
    await api.metric('GET', `/v1/metric/${text(metric)}/measures`);
    await api.metric('POST', '/v1/search/resource/instance_disk', { '=': { instance_id: rhel } });
    const wrong: string[] = [];
    const checked = new Set<string>();
    for (const { service, method, path, body, status = 0, answer } of simulator.calls) {
      const key = typeof body === 'object' && body !== null ? Object.keys(body)[0] : undefined;
      const declared = calls.find(
        (call) =>
          call.service === service &&
          call.method === method &&
          new RegExp(`^${call.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?')[0]!) &&
          (!('action' in call) || call.action === key),
      );
      const validator = declared === undefined ? undefined : answers[declared.id]?.[status];
      if (declared === undefined || validator === undefined) continue;
      checked.add(declared.id);
      if (!validator(answer)) wrong.push(`${declared.id}: ${errorLines(validator).join('; ')}`);
    }
    await simulator.close();
    expect(wrong).toEqual([]);
    expect(checked.size).toBeGreaterThan(25);
  });
});
