import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { powerVsIds as ids, startPowerVsSimulator, type PowerVsSimulator } from '../src/simulator/powervs/index.js';
import { operationOf, operations, wrongWith } from './support/powervs-models.js';

/**
 * The simulated Power Virtual Server against IBM's operations and models (docs/reference): every operation answers, and
 * every answer has what its model requires and nothing that it does not declare.
 */
let simulator: PowerVsSimulator;
let access: string;
const WS = '/pcloud/v1/cloud-instances/121d5ee5-b87d-4a0e-86b8-aaff42213547';
const WS2 = WS.replace('/v1/', '/v2/');
const TENANT = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const seen = new Set<string>();

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: never }> {
  const response = await fetch(simulator.url + path, {
    method,
    headers: {
      authorization: `Bearer ${access}`,
      crn: simulator.crn.replace('bluemix', 'staging'),
      'content-type': 'application/json',
    },
    // `GET` with a body, which IBM's client sends for volumes, can't be sent by fetch
    ...(body !== undefined && method !== 'GET' && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as never;
  const operation = operationOf(method, path.replace(/\?.*/, ''));
  if (operation) {
    seen.add(`${method} ${operation.path}`);
    const model = operation.answers.get(response.status);
    if (response.status < 300) {
      expect(model, `${method} ${path} answers ${response.status}`).toBeDefined();
      expect(wrongWith(model!, answer), `${method} ${path}: ${model!}`).toEqual([]);
    } else expect(wrongWith('Error', answer), `${method} ${path}`).toEqual([]);
  }
  return { status: response.status, body: answer };
}

/** A call that has to succeed. */
async function does<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await call(method, path, body);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

beforeAll(async () => {
  simulator = await startPowerVsSimulator({ seed: 1, timeScale: 0 });
  const response = await fetch(`${simulator.url}/identity/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: ids.apiKey }),
  });
  access = ((await response.json()) as { access_token: string }).access_token;
});
afterAll(() => simulator.close());

test('SAP profiles are those of IBM, and are listed by family and by prefix', async () => {
  type Profiles = { profiles: { profileID: string; type: string; cores: number; saps: number }[] };
  const found = async (query: string): Promise<string[]> =>
    (await does<Profiles>('GET', `${WS}/sap${query}`)).profiles.map(({ profileID }) => profileID);
  expect(await found('?profile_family=&profile_prefix=')).toEqual(['ush1-4x128', 'bh1-16x1600', 'umh-4x960']);
  expect(await found('?profile_family=small')).toEqual(['ush1-4x128']);
  expect(await found('?profile_prefix=bh1')).toEqual(['bh1-16x1600']);
  expect(await does('GET', `${WS}/sap/bh1-16x1600`)).toMatchObject({ cores: 16, memory: 1600, saps: 96_000 });
});

test('stock images for SAP and for tape libraries are listed when a query asks for them', async () => {
  type Images = { images: { specifications: { imageType: string } }[] };
  const kinds = async (query: string): Promise<string[]> =>
    (await does<Images>('GET', `${WS}/stock-images${query}`)).images.map((one) => one.specifications.imageType);
  expect(await kinds('?sap=false&vtl=false')).toEqual(['stock', 'stock']);
  expect(await kinds('?sap=false&vtl=true')).toEqual(['stock', 'stock', 'stock-vtl']);
  expect(await kinds('?sap=true&vtl=true')).toEqual(['stock', 'stock', 'stock-sap', 'stock-vtl']);
});

test('several volumes are attached all or not at all, and detached so', async () => {
  const made = async (diskType: string): Promise<string> =>
    (await does<{ volumeID: string }>('POST', `${WS}/volumes`, { name: diskType, size: 1, diskType })).volumeID;
  const state = async (id: string): Promise<string> =>
    (await does<{ state: string }>('GET', `${WS}/volumes/${id}`)).state;
  const [near, far] = [await made('tier3'), await made('tier1')];
  const path = `${WS2}/pvm-instances/${ids.instances.rhel}/volumes`;
  expect((await call('POST', path, { volumeIDs: [near, far] })).status).toBe(400);
  expect([await state(near), await state(far)]).toEqual(['available', 'available']);
  expect((await call('POST', path, { bootVolumeID: near })).status).toBe(400);
  await does('POST', path, { volumeIDs: [near] });
  expect(await state(near)).toBe('in-use');
  expect((await call('DELETE', path, { volumeIDs: [near, ids.volumes.rhelData] })).status).toBe(409);
  expect(await state(near)).toBe('in-use');
  await does('DELETE', path, { volumeIDs: [near] });
  for (const id of [near, far]) await does('DELETE', `${WS}/volumes/${id}`);
});

test('a failed restore leaves the snapshot in the status that IBM documents, from which it is tried again', async () => {
  await does('POST', `${WS}/pvm-instances/${ids.instances.rhel}/action`, { action: 'stop' });
  const restore = `${WS}/pvm-instances/${ids.instances.rhel}/snapshots/${ids.snapshot}/restore`;
  const status = async (): Promise<string> =>
    (await does<{ status: string }>('GET', `${WS}/snapshots/${ids.snapshot}`)).status;
  simulator.addFault({ work: 'snapshot.restore', count: 1, then: { fail: 'FlashCopy failed.' } });
  await does('POST', restore, {});
  expect(await status()).toBe('restore-error');
  expect((await call('POST', restore, {})).status).toBe(409);
  await does('POST', `${restore}?restore_fail_action=retry`, {});
  expect(await status()).toBe('available');
  await does('POST', `${WS}/pvm-instances/${ids.instances.rhel}/action`, { action: 'start' });
});

test('the life of VMs: every answer conforms to its model', async () => {
  await does('GET', WS);
  await does('GET', '/v1/workspaces');
  await does('GET', `/v1/workspaces/${WS.split('/').at(-1)!}`);
  for (const path of ['system-pools', 'storage-tiers', 'storage-capacity/storage-types', 'events', 'sap'])
    await does('GET', `${WS}/${path}`);
  await does('GET', `${WS}/storage-capacity/storage-types/tier3`);
  await does('GET', `${WS}/storage-capacity/storage-pools`);
  await does('GET', `${WS}/storage-capacity/storage-pools/General-Flash-1`);
  await does('GET', `${WS}/sap/ush1-4x128`);

  const key = { name: 'mine', sshKey: 'ssh-rsa AAAA me@here', creationDate: null };
  await does('POST', `/pcloud/v1/tenants/${TENANT}/sshkeys`, key);
  await does('GET', `/pcloud/v1/tenants/${TENANT}/sshkeys`);
  await does('GET', `/pcloud/v1/tenants/${TENANT}/sshkeys/mine`);
  await does('DELETE', `/pcloud/v1/tenants/${TENANT}/sshkeys/mine`);

  await does('GET', `${WS}/stock-images`);
  await does('GET', `${WS}/stock-images/${ids.stockImages.rhel}`);
  await does('GET', '/pcloud/v1/images');
  await does('GET', `/pcloud/v1/images/${ids.stockImages.rhel}`);
  const image = await does<{ imageID: string }>('POST', `${WS}/images`, {
    source: 'root-project',
    imageID: ids.stockImages.rhel,
    osType: null,
  });
  await does('GET', `${WS}/images`);
  await does('GET', `${WS}/images/${image.imageID}`);
  const bucket = { bucketName: 'b', accessKey: 'a', secretKey: 's', region: 'us-south' };
  const imported = await does<{ id: string }>('POST', `${WS}/cos-images`, {
    ...bucket,
    imageName: 'brought',
    imageFilename: 'x.ova',
  });
  await does('GET', `${WS}/cos-images`);
  await does('GET', `${WS}/jobs`);
  await does('GET', `${WS}/jobs/${imported.id}`);
  await does('DELETE', `${WS}/jobs/${imported.id}`);
  await does('POST', `${WS}/images/${image.imageID}/export`, bucket);
  await does('POST', `${WS2}/images/${image.imageID}/export`, bucket);
  await does('GET', `${WS2}/images/${image.imageID}/export`);

  const net = await does<{ networkID: string }>('POST', `${WS}/networks`, {
    type: 'vlan',
    name: 'mine',
    cidr: '10.1.2.0/24',
  });
  await does('GET', `${WS}/networks`);
  await does('GET', `${WS}/networks/${net.networkID}`);
  await does('PUT', `${WS}/networks/${net.networkID}`, { name: 'renamed', dnsServers: ['9.9.9.9'] });
  const port = await does<{ portID: string }>('POST', `${WS}/networks/${net.networkID}/ports`, { description: 'p' });
  await does('GET', `${WS}/networks/${net.networkID}/ports`);
  await does('GET', `${WS}/networks/${net.networkID}/ports/${port.portID}`);

  const group = await does<{ id: string }>('POST', `${WS}/placement-groups`, {
    name: 'apart',
    policy: 'anti-affinity',
  });
  await does('GET', `${WS}/placement-groups`);
  await does('GET', `${WS}/placement-groups/${group.id}`);

  const [vm] = await does<{ pvmInstanceID: string }[]>('POST', `${WS}/pvm-instances`, {
    serverName: 'n',
    imageID: image.imageID,
    memory: 4,
    processors: 0.5,
    procType: 'shared',
    networks: [{ networkID: net.networkID, ipAddress: '10.1.2.77' }],
    placementGroup: group.id,
    replicants: null,
    unknownToday: { of: 'a later client' },
  });
  const VM = `${WS}/pvm-instances/${vm!.pvmInstanceID}`;
  const VM2 = `${WS2}/pvm-instances/${vm!.pvmInstanceID}`;
  expect(await does('GET', VM)).toMatchObject({ allowRemoteRestart: true, maxmem: 32, placementGroup: group.id });
  await does('GET', `${WS}/pvm-instances`);
  await does('GET', `${WS2}/pvm-instances`);
  await does('PUT', VM, { serverName: 'm', memory: 32, processors: 4 });
  await does('POST', `${VM}/console`);
  await does('GET', `${VM}/console`);
  await does('PUT', `${VM}/console`, { code: '23', language: '' });
  await does('DELETE', `${WS}/placement-groups/${group.id}/members`, { id: vm!.pvmInstanceID });
  await does('POST', `${WS}/placement-groups/${group.id}/members`, { id: ids.instances.aix });
  await does('DELETE', `${WS}/placement-groups/${group.id}/members`, { id: ids.instances.aix });
  await does('DELETE', `${WS}/placement-groups/${group.id}`);

  await does('GET', `${VM}/networks`);
  await does('GET', `${VM}/networks/${net.networkID}`);
  const more = await does<{ macAddress: string }>('POST', `${VM}/networks`, { networkID: ids.networks.vlan100 });
  await does('DELETE', `${VM}/networks/${ids.networks.vlan100}`, { macAddress: more.macAddress });
  await does('PUT', `${WS}/networks/${net.networkID}/ports/${port.portID}`, { pvmInstanceID: vm!.pvmInstanceID });
  await does('PUT', `${WS}/networks/${net.networkID}/ports/${port.portID}`, { pvmInstanceID: '' });
  await does('DELETE', `${WS}/networks/${net.networkID}/ports/${port.portID}`);
  const NIC = `/v1/networks/${net.networkID}/network-interfaces`;
  const nic = await does<{ id: string }>('POST', NIC, { name: 'nic2' });
  await does('GET', NIC);
  await does('GET', `${NIC}/${nic.id}`);
  await does('PUT', `${NIC}/${nic.id}`, { instanceID: vm!.pvmInstanceID });
  await does('PUT', `${NIC}/${nic.id}`, { instanceID: '' });
  await does('DELETE', `${NIC}/${nic.id}`);

  const disk = await does<{ volumeID: string }>('POST', `${WS}/volumes`, { name: 'd', size: 10, shareable: null });
  await does('GET', `${WS}/volumes`);
  await does('GET', `${WS}/volumes/${disk.volumeID}`);
  await does('PUT', `${WS}/volumes/${disk.volumeID}`, { size: 11, bootable: true });
  await does('POST', `${WS}/volumes/${disk.volumeID}/action`, { targetStorageTier: 'tier1' });
  await does('GET', `${WS}/volumes/${disk.volumeID}/flash-copy-mappings`);
  await does('POST', `${VM}/volumes/${disk.volumeID}`);
  const [system] = (
    await does<{ volumes: { volumeID: string; bootVolume: boolean }[] }>('GET', `${VM}/volumes`)
  ).volumes.filter(({ bootVolume }) => bootVolume);
  await does('GET', `${VM}/volumes/${disk.volumeID}`);
  await does('PUT', `${VM}/volumes/${disk.volumeID}`, { deleteOnTermination: false });
  await does('POST', `${VM}/action`, { action: 'stop' });
  await does('PUT', `${VM}/volumes/${disk.volumeID}/setboot`);
  const { volumes } = await does<{ volumes: { volumeID: string }[] }>('POST', `${WS2}/volumes`, {
    name: 'several',
    size: 1,
    count: 2,
  });
  await does('GET', `${WS2}/volumes`);
  const several = { volumeIDs: volumes.map(({ volumeID }) => volumeID) };
  await does('POST', `${VM2}/volumes`, several);
  await does('DELETE', `${VM2}/volumes`, several);
  await does('DELETE', `${WS2}/volumes`, several);
  const cloned = await does<{ cloneTaskID: string }>('POST', `${WS2}/volumes/clone`, {
    name: 'copy',
    volumeIDs: [disk.volumeID],
  });
  expect(await does('GET', `${WS2}/volumes/clone-tasks/${cloned.cloneTaskID}`)).toMatchObject({ status: 'completed' });
  await does('POST', `${WS}/volumes/clone`, { displayName: 'v1', volumeIDs: [disk.volumeID] });
  const CLONES = `${WS2}/volumes-clone`;
  for (const [name, phases] of Object.entries({ whole: ['start', 'execute'], given_up: ['cancel'] })) {
    await does('POST', CLONES, { name, volumeIDs: [disk.volumeID, system!.volumeID] });
    for (const phase of phases) await does('POST', `${CLONES}/${name}/${phase}`, { name });
    await does('GET', `${CLONES}/${name}`);
    await does('GET', CLONES);
    await does('DELETE', `${CLONES}/${name}`);
  }

  const snapshot = await does<{ snapshotID: string }>('POST', `${VM}/snapshots`, { name: 's' });
  await does('GET', `${VM}/snapshots`);
  await does('GET', `${WS}/snapshots`);
  await does('GET', `${WS}/snapshots/${snapshot.snapshotID}`);
  await does('PUT', `${WS}/snapshots/${snapshot.snapshotID}`, { name: 't', description: 'later' });
  await does('POST', `${VM}/snapshots/${snapshot.snapshotID}/restore`, { force: false });
  await does('DELETE', `${WS}/snapshots/${snapshot.snapshotID}`);

  const pmem = await does<{ volumes: { uuid: string }[] }>('POST', `${VM}/vpmem-volumes`, {
    vpmemVolumes: [{ name: 'p', size: 1 }],
  });
  await does('GET', `${VM}/vpmem-volumes`);
  await does('GET', `${VM}/vpmem-volumes/${pmem.volumes[0]!.uuid}`);
  await does('PUT', `${VM}/vpmem-volumes/${pmem.volumes[0]!.uuid}`, { name: 'q' });
  await does('DELETE', `${VM}/vpmem-volumes/${pmem.volumes[0]!.uuid}`);

  await does('POST', `${VM}/capture`, { captureName: 'one', captureDestination: 'image-catalog' });
  const job = await does<{ id: string }>('POST', `${VM2}/capture`, {
    captureName: 'two',
    captureDestination: 'image-catalog',
  });
  expect(await does('GET', `${WS}/jobs/${job.id}`)).toMatchObject({ status: { state: 'completed' } });
  await does('GET', `${VM2}/capture`);
  await does('POST', `${VM}/clone`, { name: 'clone', networks: [{ networkID: ids.networks.vlan100 }] });
  const ibmi = `${WS}/pvm-instances/${ids.instances.ibmi}/operations`;
  await does('POST', ibmi, { operationType: 'boot', operation: { bootMode: 'b' } });

  await does('DELETE', `${VM}/volumes/${disk.volumeID}`);
  await does('DELETE', `${WS}/volumes/${disk.volumeID}`);
  await does('DELETE', `${VM}?delete_data_volumes=true`);
  await does('DELETE', `${WS}/networks/${net.networkID}`);
  await does('DELETE', `${WS}/images/${image.imageID}`);
  expect(simulator.save().events?.length).toBeGreaterThan(40);
  await does('GET', `${WS}/events`);
});

test('every operation answers: as itself, or with 501 and its name', async () => {
  for (const { method, path } of operations) {
    if (seen.has(`${method} ${path}`)) continue;
    const target = path.replace('{cloud_instance_id}', WS.split('/').at(-1)!).replace(/\{\w+\}/g, 'some');
    const { status, body } = await call(method, target, {});
    expect([501], `${method} ${path}: ${JSON.stringify(body)}`).toContain(status);
    expect((body as { message: string }).message).toContain(target);
  }
});

describe('what the documents refuse', () => {
  const create = (change: object): Promise<{ status: number }> =>
    call('POST', `${WS}/pvm-instances`, {
      serverName: 'x',
      imageID: ids.images.rhel,
      memory: 4,
      processors: 0.5,
      procType: 'shared',
      networks: [{ networkID: ids.networks.vlan100 }],
      ...change,
    });

  test('a VM without a network, and to take away the last one', async () => {
    expect((await create({ networks: [] })).status).toBe(400);
    expect((await create({ networks: null })).status).toBe(400);
    const VM = `${WS}/pvm-instances/${ids.instances.aix}`;
    expect((await call('DELETE', `${VM}/networks/${ids.networks.vlan100}`, {})).status).toBe(409);
    const nic = `/v1/networks/${ids.networks.vlan100}/network-interfaces/${ids.interfaces.aix}`;
    expect((await call('PUT', nic, { instanceID: '' })).status).toBe(409);
  });

  test('more than eight times the size while it runs, less than an eighth', async () => {
    const VM = `${WS}/pvm-instances/${ids.instances.rhel}`;
    expect((await call('PUT', VM, { memory: 65 })).status).toBe(422);
    expect((await call('PUT', VM, { processors: 4.25 })).status).toBe(422);
    expect((await call('PUT', VM, { processors: 4 })).status).toBe(202);
  });

  test('processors in other steps than quarters', async () => {
    expect((await create({ processors: 0.3 })).status).toBe(400);
  });

  test('virtual cores of its own choice where the workspace has not the capability', async () => {
    const bare = await startPowerVsSimulator({
      seed: 1,
      timeScale: 0,
      inventory: { ...simulator.save(), settings: { capabilities: [] } },
    });
    const [was, token] = [simulator, access];
    simulator = bare;
    const response = await fetch(`${bare.url}/identity/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: ids.apiKey }),
    });
    access = ((await response.json()) as { access_token: string }).access_token;
    expect((await create({ virtualCores: { assigned: 2 } })).status).toBe(400);
    expect((await create({ processors: 1.25 })).status).toBe(202);
    [simulator, access] = [was, token];
    await bare.close();
  });
});
