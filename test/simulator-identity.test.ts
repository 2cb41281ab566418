import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultIds, type Simulator } from '../src/simulator/index.js';
import { credentials, login, send, start, text, type Client } from './simulator-client.js';

describe('the simulator: Keystone, and what all services share', () => {
  let simulator: Simulator;
  let admin: Client;
  beforeAll(async () => {
    simulator = await start();
    admin = await login(simulator);
  });
  afterAll(() => simulator.close());

  it('gives a scoped token with roles, end and catalog', () => {
    const token = admin.login.token!;
    expect(token).toMatchObject({
      methods: ['password'],
      user: { name: 'admin', domain: { id: 'default', name: 'Default' } },
      project: { id: defaultIds.project, name: 'ibm-default' },
      is_domain: false,
    });
    const types = (token.catalog as unknown as { type: string }[]).map(({ type }) => type);
    expect(types).toEqual(['identity', 'compute', 'volume', 'volumev3', 'network', 'image', 'metric']);
    expect(Date.parse(text(token.expires_at)) - Date.parse(text(token.issued_at))).toBe(6 * 3600 * 1000);
  });

  it('answers a wrong password and a wrong project alike', async () => {
    const url = `${simulator.url}/auth/tokens`;
    const password = await send(url, 'POST', credentials('admin', 'wrong'));
    const project = await send(url, 'POST', credentials('admin', 'powervc', 'no-such'));
    const noRole = await send(url, 'POST', credentials('operator', 'powervc', 'ibm-test'));
    for (const answer of [password, project, noRole]) {
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({
        error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
      });
    }
    expect((await send(url, 'POST', { auth: {} })).body.error!.message).toMatch(/^'identity' is a required property/);
    expect((await send(url, 'POST', '{')).status).toBe(400);
  });

  it('validates and revokes tokens, and then refuses them everywhere', async () => {
    const own = await login(simulator, 'operator');
    const about = { 'x-subject-token': own.token };
    expect((await admin.keystone('GET', '/auth/tokens', undefined, about)).body.token).toMatchObject({
      user: { name: 'operator' },
    });
    expect((await admin.keystone('HEAD', '/auth/tokens', undefined, about)).status).toBe(200);
    expect((await admin.keystone('DELETE', '/auth/tokens', undefined, about)).status).toBe(204);
    expect((await admin.keystone('GET', '/auth/tokens', undefined, about)).status).toBe(404);
    for (const answer of [
      await own.nova('GET', '/servers'),
      await own.cinder('GET', '/volumes'),
      await own.neutron('GET', '/v2.0/ports'),
    ]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(`Keystone uri="${simulator.url}"`);
      expect(answer.body.error).toMatchObject({ code: 401, title: 'Unauthorized' });
    }
    const image = await own.glance('GET', '/v2/images', undefined, { accept: 'text/plain' });
    expect(image.status).toBe(401);
    expect(text(image.body)).toMatch(/^401 Unauthorized\n\nThis server could not verify/);
  });

  it('lets tokens end with time', async () => {
    const own = await login(simulator);
    simulator.advance(6 * 3600 * 1000 - 1);
    expect((await own.nova('GET', '/servers')).status).toBe(200);
    simulator.advance(1);
    expect((await own.nova('GET', '/servers')).status).toBe(401);
    admin = await login(simulator);
    simulator.expireTokens();
    expect((await admin.nova('GET', '/servers')).status).toBe(401);
    admin = await login(simulator);
  });

  it('gives every answer a request id, and records the one that came', async () => {
    const answer = await admin.nova('GET', '/servers', undefined, { 'X-OpenStack-Request-ID': 'req-of-the-client' });
    expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f-]{36}$/);
    expect(answer.headers.get('x-compute-request-id')).toBe(answer.headers.get('x-openstack-request-id'));
    expect(simulator.calls.at(-1)).toMatchObject({
      service: 'compute',
      method: 'GET',
      path: '/servers',
      status: 200,
      headers: { 'x-openstack-request-id': 'req-of-the-client' },
    });
    expect(JSON.stringify(simulator.calls.at(-1))).not.toContain(admin.token);
    expect((await admin.neutron('GET', '/v2.0/nonsense')).headers.get('x-openstack-request-id')).toBeTruthy();
  });

  it('answers unknown paths and versions as the services do', async () => {
    expect(await admin.nova('GET', '/nonsense')).toMatchObject({
      status: 404,
      body: {
        code: '404 Not Found',
        title: 'Not Found',
        message: 'The resource could not be found.<br /><br />\n\n\n',
      },
    });
    expect(text((await admin.nova('GET', '/nonsense', undefined, { accept: 'text/plain' })).body)).toBe(
      '404 Not Found\n\nThe resource could not be found.\n\n   ',
    );
    expect(await admin.cinder('GET', '/nonsense')).toMatchObject({
      status: 404,
      body: { itemNotFound: { code: 404 } },
    });
    expect(await admin.nova('GET', '/servers', undefined, { 'openstack-api-version': 'compute 2.999' })).toMatchObject({
      status: 406,
      body: {
        computeFault: { message: 'Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.93.' },
      },
    });
    expect(await admin.nova('GET', '/servers', undefined, { 'openstack-api-version': 'compute abc' })).toMatchObject({
      status: 400,
      body: {
        badRequest: { message: 'API Version String abc is of invalid format. Must be of format MajorNum.MinorNum.' },
      },
    });
    const base = simulator.url.replace('/identity/v3', '');
    const headers = { 'x-auth-token': admin.token };
    expect(
      (await send(`${base}/volume/v3/${defaultIds.otherProject}/volumes`, 'GET', undefined, headers)).body,
    ).toEqual({ badRequest: { code: 400, message: 'Malformed request url' } });
    expect((await send(`${base}/compute/v2.1/servers`, 'GET', undefined, headers)).status).toBe(200);
    for (const [path, status] of [
      ['/identity/', 300],
      ['/identity/v3', 200],
      ['/compute/', 200],
      ['/compute/v2.1/', 200],
      ['/volume/', 300],
      ['/network/', 200],
      ['/image/', 300],
    ] as const)
      expect((await send(`${base}${path}`, 'GET')).status, path).toBe(status);
  });

  it('applies the policies of members and viewers', async () => {
    const viewer = await login(simulator, 'viewer');
    const operator = await login(simulator, 'operator');
    expect((await viewer.nova('GET', '/servers')).status).toBe(200);
    expect(await viewer.nova('POST', '/servers', { server: {} })).toMatchObject({
      status: 403,
      body: {
        forbidden: { code: 403, message: "Policy doesn't allow os_compute_api:servers:create to be performed." },
      },
    });
    expect(await viewer.cinder('POST', '/volumes', { volume: { size: 1 } })).toMatchObject({
      status: 403,
      body: { forbidden: { code: 403 } },
    });
    expect(await viewer.neutron('POST', '/v2.0/ports', { port: {} })).toMatchObject({
      status: 403,
      body: { NeutronError: { type: 'PolicyNotAuthorized', message: 'rule:create_port is disallowed by policy' } },
    });
    expect((await operator.nova('GET', '/servers?all_tenants=1')).body).toEqual({
      forbidden: {
        code: 403,
        message: "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.",
      },
    });
    expect(
      (await operator.nova('POST', `/servers/${defaultIds.servers.rhel}/action`, { 'os-migrateLive': { host: null } }))
        .body.forbidden!.message,
    ).toBe("Policy doesn't allow os_compute_api:os-migrate-server:migrate_live to be performed.");
    expect((await operator.keystone('GET', '/projects')).status).toBe(403);
    expect((await admin.keystone('GET', '/projects')).body.projects).toHaveLength(2);
    expect((await operator.keystone('GET', '/auth/projects')).body.projects).toHaveLength(1);
    expect((await admin.keystone('PATCH', '/auth/tokens', {})).status).toBe(405);
  });

  it('tells a user their projects, takes their new password, and refuses names and domains as Keystone does', async () => {
    const created = await admin.keystone('POST', '/users', { user: { name: 'new', password: 'before' } });
    const { id } = created.body.user as unknown as { id: string };
    const ofAdmin = await admin.keystone('GET', `/users/${text(admin.login.token!.user!.id)}/projects`);
    expect(ofAdmin.body.projects).toHaveLength(2);
    expect((await admin.keystone('GET', `/users/${id}/projects`)).body.projects).toEqual([]);
    const operator = await login(simulator, 'operator');
    expect((await operator.keystone('GET', `/users/${id}/projects`)).status).toBe(403);
    expect((await operator.keystone('GET', `/users/${text(operator.login.token!.user!.id)}/projects`)).status).toBe(
      200,
    );

    const change = (original_password: string) =>
      send(`${simulator.url}/users/${id}/password`, 'POST', { user: { original_password, password: 'after' } });
    expect((await change('wrong')).status).toBe(401);
    expect((await change('before')).status).toBe(204);
    expect((await change('before')).status).toBe(401);

    for (const [path, body, status] of [
      ['/projects', { project: { name: '' } }, 400],
      ['/projects', { project: { name: 'n'.repeat(65) } }, 400],
      ['/users', { user: { name: 'x', domain_id: 'nowhere' } }, 404],
    ] as const)
      expect((await admin.keystone('POST', path, body)).status).toBe(status);
    expect((await admin.keystone('DELETE', `/users/${id}`)).status).toBe(204);
  });
});
