import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  powerVsIds as ids,
  startPowerVsSimulator,
  type PowerVsSimulator,
  type PowerVsSimulatorOptions,
} from '../src/simulator/powervs/index.js';

/** The simulated Power Virtual Server by itself, as any client would meet it. */
let simulator: PowerVsSimulator;
const WS = '/pcloud/v1/cloud-instances/121d5ee5-b87d-4a0e-86b8-aaff42213547';

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function raw(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answered> {
  const response = await fetch(simulator.url + path, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  return {
    status: response.status,
    body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : { text }) as Record<string, unknown>,
  };
}

const token = async (apikey: string): Promise<Answered> =>
  raw(
    'POST',
    '/identity/token',
    { 'content-type': 'application/x-www-form-urlencoded' },
    new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey }).toString(),
  );

async function login(
  apikey: string = ids.apiKey,
): Promise<(method: string, path: string, body?: unknown) => Promise<Answered>> {
  const { access_token: access } = (await token(apikey)).body;
  return (method, path, body) =>
    raw(
      method,
      path,
      {
        authorization: `Bearer ${String(access)}`,
        crn: simulator.crn,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body === undefined ? undefined : JSON.stringify(body),
    );
}

const start = async (options: PowerVsSimulatorOptions = {}): Promise<void> => {
  simulator = await startPowerVsSimulator({ seed: 1, timeScale: 0, ...options });
};
beforeEach(() => start());
afterEach(() => simulator.close());

describe('who may', () => {
  test('the list of data centers needs no login, as IBM’s client sends none; private ones do', async () => {
    const { status, body } = await raw('GET', '/v1/datacenters', {});
    const [only] = body.datacenters as { location: { region: string; url: string } }[];
    expect([status, only?.location.url]).toEqual([200, `https://${only?.location.region}.power-iaas.cloud.ibm.com`]);
    const one = await raw('GET', `/v1/datacenters/${only?.location.region}`, {});
    expect(one.body).toMatchObject({ status: 'active', type: 'off-premises', location: only?.location });
    expect((await raw('GET', '/v1/datacenters/nowhere', {})).status).toBe(404);
    expect((await raw('GET', '/v1/datacenters/private', {})).status).toBe(401);
    expect((await raw('GET', '/v1/workspaces', {})).status).toBe(401);
  });

  test('IAM has a form and errors of its own', async () => {
    expect((await token(ids.apiKey)).body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(await token('x')).toMatchObject({ status: 400, body: { errorCode: 'BXNIM0415E' } });
    expect(await token('locked')).toMatchObject({ status: 403, body: { errorCode: 'BXNIM0461E' } });
    expect(await raw('POST', '/identity/token', { 'content-type': 'application/json' }, '{}')).toMatchObject({
      status: 415,
    });
  });

  test("takes what IBM's client always sends: null for what is absent", async () => {
    const call = await login();
    const created = await call('POST', `${WS}/volumes`, {
      name: 'nulls',
      size: 1,
      diskType: null,
      affinityVolume: null,
    });
    expect(created.status, JSON.stringify(created.body)).toBeLessThan(300);
  });

  test('the API requires a token, the CRN and a permission', async () => {
    const { access_token: access } = (await token(ids.apiKey)).body;
    const bearer = { authorization: `Bearer ${String(access)}` };
    expect(await raw('GET', `${WS}/networks`, {})).toMatchObject({
      status: 401,
      body: { code: 401, description: expect.any(String) as unknown },
    });
    expect((await raw('GET', `${WS}/networks`, bearer)).status).toBe(400);
    expect((await raw('GET', `${WS}/networks`, { ...bearer, crn: 'another' })).status).toBe(403);
    expect((await (await login())('GET', '/pcloud/v1/cloud-instances/another/networks')).status).toBe(403);
    expect((await (await login('stranger'))('GET', `${WS}/networks`)).status).toBe(403);
    expect((await (await login())('GET', `${WS}/nothing`)).status).toBe(404);
  });

  test('a workspace that is none of the list is not found', async () => {
    const call = await login();
    const [only] = (await call('GET', '/v1/workspaces')).body.workspaces as { id: string }[];
    expect((await call('GET', `/v1/workspaces/${only!.id}`)).body).toEqual(only);
    expect((await call('GET', '/v1/workspaces/another')).status).toBe(404);
  });

  test('a token ends', async () => {
    await simulator.close();
    await start({ manualTime: true });
    const call = await login();
    expect((await call('GET', `${WS}/networks`)).status).toBe(200);
    simulator.advance(3_600_001);
    expect((await call('GET', `${WS}/networks`)).status).toBe(401);
  });
});

describe('work takes time', () => {
  test('and passes through its states', async () => {
    await simulator.close();
    await start({ manualTime: true, timeScale: 1 });
    const call = await login();
    const { status, body } = await call('POST', `${WS}/pvm-instances`, {
      serverName: 'n',
      imageID: ids.images.rhel,
      memory: 4,
      processors: 0.5,
      procType: 'shared',
      networks: [{ networkID: ids.networks.vlan100 }],
    });
    const [{ pvmInstanceID: id }] = body as unknown as [{ pvmInstanceID: string }];
    const look = async (): Promise<unknown> => (await call('GET', `${WS}/pvm-instances/${id}`)).body;
    expect([status, await look()]).toMatchObject([
      202,
      { status: 'BUILD', health: { status: 'PENDING' }, diskSize: 30, networks: [{ ipAddress: '192.168.100.10' }] },
    ]);
    simulator.advance(20_000);
    expect(await look()).toMatchObject({ status: 'ACTIVE', taskState: '', health: { status: 'OK' } });
    await call('POST', `${WS}/pvm-instances/${id}/action`, { action: 'stop' });
    expect(await look()).toMatchObject({ status: 'ACTIVE', taskState: 'powering-off' });
    expect((await call('POST', `${WS}/pvm-instances/${id}/action`, { action: 'start' })).status).toBe(409);
    simulator.advance(5000);
    expect(await look()).toMatchObject({ status: 'SHUTOFF' });
  });

  test('a rule makes it fail: the instance shows the reason', async () => {
    simulator.addFault({ work: '^instance.build', then: { fail: 'No valid host was found.' } });
    const call = await login();
    await call('POST', `${WS}/pvm-instances`, {
      serverName: 'n',
      imageID: ids.images.rhel,
      memory: 4,
      processors: 0.5,
      procType: 'shared',
      networks: [{ networkID: ids.networks.vlan100 }],
    });
    const { pvmInstances } = (await call('GET', `${WS}/pvm-instances`)).body as {
      pvmInstances: { serverName: string }[];
    };
    expect(pvmInstances.find(({ serverName }) => serverName === 'n')).toMatchObject({
      status: 'ERROR',
      fault: { message: 'No valid host was found.' },
    });
  });
});

describe('refusals', () => {
  test.each([
    ['too little memory', { memory: 1 }, 400],
    ['an odd part of a processor', { processors: 0.3 }, 400],
    ['no such image', { imageID: ids.apiKey }, 404],
    ['a name that is taken', { serverName: 'aix73-db01' }, 409],
    ['no such system', { sysType: 's999' }, 422],
    ['no such tier', { storageType: 'tier5k' }, 422],
    ['too much', { memory: 5000 }, 403],
    ['no name', { serverName: undefined }, 400],
  ])('a deployment with %s', async (_, change, status) => {
    const call = await login();
    const answer = await call('POST', `${WS}/pvm-instances`, {
      serverName: 'n',
      imageID: ids.images.rhel,
      memory: 4,
      processors: 0.5,
      procType: 'shared',
      networks: [{ networkID: ids.networks.vlan100 }],
      ...change,
    });
    expect(answer).toMatchObject({ status, body: { code: status, description: expect.any(String) as unknown } });
  });

  test.each([
    [
      'an instance with snapshots is not deleted',
      'DELETE',
      `${WS}/pvm-instances/${ids.instances.rhel}`,
      undefined,
      409,
    ],
    ['nor a volume that is attached', 'DELETE', `${WS}/volumes/${ids.volumes.aixData}`, undefined, 409],
    [
      'the boot volume leaves when the instance is off',
      'DELETE',
      `${WS}/pvm-instances/${ids.instances.aix}/volumes/${ids.volumes.aixBoot}`,
      undefined,
      409,
    ],
    ['a volume does not shrink', 'PUT', `${WS}/volumes/${ids.volumes.floating}`, { size: 1 }, 400],
    ['a name is taken', 'PUT', `${WS}/volumes/${ids.volumes.floating}`, { name: 'quorum01' }, 409],
    ['no such tier', 'POST', `${WS}/volumes/${ids.volumes.floating}/action`, { targetStorageTier: 'tier9' }, 400],
    [
      'no vPMEM on IBM i',
      'POST',
      `${WS}/pvm-instances/${ids.instances.ibmi}/vpmem-volumes`,
      { vpmemVolumes: [{ name: 'a', size: 1 }] },
      409,
    ],
    [
      'an interface that is attached is not deleted',
      'DELETE',
      `/v1/networks/${ids.networks.vlan100}/network-interfaces/${ids.interfaces.aix}`,
      undefined,
      409,
    ],
    [
      "a snapshot's name is its own",
      'POST',
      `${WS}/pvm-instances/${ids.instances.aix}/snapshots`,
      { name: 'before-upgrade' },
      409,
    ],
    ['and of few letters', 'POST', `${WS}/pvm-instances/${ids.instances.aix}/snapshots`, { name: 'two words' }, 400],
    [
      'a restore that did not fail is not taken back',
      'POST',
      `${WS}/pvm-instances/${ids.instances.sles}/snapshots/${ids.snapshot}/restore?restore_fail_action=rollback`,
      { force: true },
      409,
    ],
  ])('%s', async (_, method, path, body, status) =>
    expect((await (await login())(method, path, body)).status).toBe(status),
  );

  test('tags have a length, and there are a thousand at most; they are kept in lower case', async () => {
    const call = await login();
    const tagged = (name: string, userTags: string[]): Promise<Answered> =>
      call('POST', `${WS}/placement-groups`, { name, policy: 'affinity', userTags });
    expect(
      (
        await tagged(
          'most',
          Array.from({ length: 1000 }, (_, index) => `t:${index}`),
        )
      ).status,
    ).toBe(200);
    expect(
      (
        await tagged(
          'more',
          Array.from({ length: 1001 }, (_, index) => `t:${index}`),
        )
      ).status,
    ).toBe(400);
    expect((await tagged('long', ['t'.repeat(129)])).status).toBe(400);
    expect((await tagged('comma', ['one,two'])).status).toBe(400);
    expect((await tagged('case', ['Env:Dev'])).body.userTags).toEqual(['env:dev']);
  });

  test('a violation of a declaration is recorded', async () => {
    await (
      await login()
    )('POST', `${WS}/volumes`, { name: 'v' });
    expect(simulator.breaches).toMatchObject([{ call: 'volumes.create', errors: [expect.stringContaining('size')] }]);
  });
});

test('fault rules, by service and path', async () => {
  const call = await login();
  const back = simulator.addFault({
    service: 'pcloud',
    path: '/volumes$',
    nth: 2,
    then: { status: 429, headers: { 'Retry-After': '9' } },
  });
  expect(
    [await call('GET', `${WS}/volumes`), await call('GET', `${WS}/volumes`), await call('GET', `${WS}/volumes`)].map(
      ({ status }) => status,
    ),
  ).toEqual([200, 429, 200]);
  expect(simulator.faults).toMatchObject([{ seen: 3, fired: 1 }]);
  back();
  simulator.addFault({ service: 'pcloud', then: { cut: 'before' } });
  await expect(call('GET', `${WS}/volumes`)).rejects.toThrow('fetch failed');
});

test('its state is saved and loaded whole', async () => {
  const call = await login();
  await call('POST', `${WS}/volumes`, { name: 'v', size: 1 });
  const state = simulator.save();
  simulator.load(structuredClone(state));
  expect(simulator.save()).toEqual(state);
  expect((await call('GET', `${WS}/volumes`)).status).toBe(401);
  expect(() => simulator.load({ servers: [] } as never)).toThrow('no collection named servers');
});

describe("what IBM's client asks for beside instances", () => {
  test('a new instance takes no volume of another storage pool, and leaves nothing behind when it is refused', async () => {
    const call = await login();
    const { body: images } = await call('GET', `${WS}/images`);
    const { imageID } = (images.images as { imageID: string }[])[0]!;
    const { body: networks } = await call('GET', `${WS}/networks`);
    const { networkID } = (networks.networks as { networkID: string }[])[0]!;
    const tiers = ['tier1', 'tier3'].map((diskType) => ({ name: `of ${diskType}`, size: 1, diskType }));
    const made = await Promise.all(tiers.map((body) => call('POST', `${WS}/volumes`, body)));
    const pools = new Set(made.map(({ body }) => body.volumePool));
    expect(pools.size).toBe(2);
    const size = { memory: 4, processors: 0.25, procType: 'shared' };
    const base = { serverName: 'pooled', imageID, storageType: 'tier1', networks: [{ networkID }], ...size };
    const withVolume = (volumeID: unknown) => call('POST', `${WS}/pvm-instances`, { ...base, volumeIDs: [volumeID] });
    const refused = await withVolume(made[1]!.body.volumeID);
    expect([refused.status, refused.body.description]).toEqual([400, expect.stringContaining('is in storage pool')]);
    expect((await withVolume('none')).status).toBe(404);
    expect((await call('POST', `${WS}/pvm-instances`, { ...base, placementGroup: 'none' })).status).toBe(404);
    const { body: all } = await call('GET', `${WS}/pvm-instances`);
    expect((all.pvmInstances as { serverName: string }[]).map(({ serverName }) => serverName)).not.toContain('pooled');
    expect((await withVolume(made[0]!.body.volumeID)).status).toBe(202);
  });

  test('a key of the workspace takes another name and description', async () => {
    const call = await login();
    const key = { name: 'first', sshKey: 'ssh-ed25519 AAAA' };
    const { id } = (await call('POST', '/v1/ssh-keys', key)).body;
    await call('POST', '/v1/ssh-keys', { ...key, name: 'second' });
    expect((await call('PUT', `/v1/ssh-keys/${String(id)}`, { name: 'second' })).status).toBe(409);
    const changed = await call('PUT', `/v1/ssh-keys/${String(id)}`, { name: 'third', description: 'of ci' });
    expect(changed).toMatchObject({
      status: 200,
      body: { id, name: 'third', description: 'of ci', sshKey: key.sshKey },
    });
    expect((await call('GET', `/v1/ssh-keys/${String(id)}`)).body).toEqual(changed.body);
  });

  test.each([
    ['GET', `${WS}/volumes/onboarding`, 'onboarding of volumes'],
    ['POST', `${WS}/shared-processor-pools`, 'shared processor pools'],
    ['GET', `${WS}/volume-groups/1/details`, 'volume groups'],
    ['DELETE', '/v1/network-security-groups/1/rules/2', 'network security groups'],
    ['GET', '/v1/routes', 'routes'],
  ])('%s %s is not simulated, and says so', async (method, path, name) => {
    const call = await login();
    const { status, body } = await call(method, path);
    expect([status, body.description]).toEqual([501, expect.stringContaining(name)]);
  });
});
