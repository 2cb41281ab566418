import { describe, expect, it } from 'vitest';
import { defaultIds } from '../src/simulator/index.js';
import { api, logInAgain, send, simulator, text, useSimulator, type Json, type Seen } from './simulator-client.js';

/** What an administrator of a cloud does in Keystone, and what users do with their own credentials. */
describe('the simulator: Keystone beyond logins', () => {
  useSimulator();

  const call = async (status: number, method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await api.keystone(method, path, body);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(status);
    return answer.body;
  };
  const made = async (kind: string, path: string, body: object): Promise<string> =>
    text((await call(201, 'POST', path, { [kind]: body }))[kind]!.id);
  const refusal = async (status: number, method: string, path: string, body?: unknown): Promise<string> =>
    text((await call(status, method, path, body)).error!.message);
  const namesIn = (body: Json, list: string): string[] =>
    (body[list] as unknown as Json[]).map(({ name }) => text(name));
  const logIn = (identity: object, scope?: object): Promise<Seen> =>
    send(`${simulator.url}/auth/tokens`, 'POST', { auth: { identity, ...(scope && { scope }) } });
  const password = (id: string) => ({ methods: ['password'], password: { user: { id, password: 'secret' } } });
  const project = { project: { id: defaultIds.project } };
  const rolesOf = ({ body }: Seen): string[] => namesIn(body.token!, 'roles').sort();
  const roleNamed = async (name: string): Promise<string> =>
    text((await call(200, 'GET', `/roles?name=${name}`)).roles![0]!.id);

  it('a domain has users and projects of its own, and goes with them once it is disabled', async () => {
    const domain = await made('domain', '/domains', { name: 'lab' });
    expect(await refusal(409, 'POST', '/domains', { domain: { name: 'lab' } })).toBe(
      'Conflict occurred attempting to store project - it is not permitted to have two projects acting as domains with the same name: lab.',
    );
    // Names are unique in their domain alone
    const user = await made('user', '/users', { name: 'admin', password: 'secret', domain_id: domain });
    const own = await made('project', '/projects', { name: 'ibm-default', domain_id: domain });
    await call(204, 'PUT', `/projects/${own}/users/${user}/roles/${await roleNamed('member')}`);
    const named = { user: { name: 'admin', domain: { name: 'lab' }, password: 'secret' } };
    const token = await logIn(
      { methods: ['password'], password: named },
      { project: { name: 'ibm-default', domain: { id: domain } } },
    );
    expect(token.body.token).toMatchObject({
      user: { id: user, domain: { id: domain, name: 'lab' } },
      project: { id: own, domain: { name: 'lab' } },
    });
    expect(await refusal(403, 'DELETE', `/domains/${domain}`)).toBe(
      'Cannot delete a domain that is enabled, please disable it first.',
    );
    await call(200, 'PATCH', `/domains/${domain}`, { domain: { enabled: false } });
    expect((await logIn(password(user))).status).toBe(401);
    await call(204, 'DELETE', `/domains/${domain}`);
    await call(404, 'GET', `/users/${user}`);
    await call(404, 'GET', `/projects/${own}`);
  });

  it('a user of a group has the roles of the group, with those that they imply, until the user leaves it', async () => {
    const user = await made('user', '/users', { name: 'ada', password: 'secret' });
    const group = await made('group', '/groups', { name: 'operators' });
    const role = await made('role', '/roles', { name: 'backup' });
    expect((await logIn(password(user), project)).status).toBe(401);
    await call(201, 'PUT', `/roles/${role}/implies/${await roleNamed('reader')}`);
    await call(204, 'PUT', `/projects/${defaultIds.project}/groups/${group}/roles/${role}`);
    await call(204, 'PUT', `/groups/${group}/users/${user}`);
    await call(204, 'HEAD', `/groups/${group}/users/${user}`);
    const token = await logIn(password(user), project);
    expect(rolesOf(token)).toEqual(['backup', 'reader']);
    const as = { 'x-auth-token': token.headers.get('x-subject-token') ?? '' };
    expect((await api.nova('GET', '/servers', undefined, as)).status).toBe(200);
    const effective = await call(200, 'GET', `/role_assignments?effective&user.id=${user}&include_names`);
    expect((effective.role_assignments as unknown as Json[]).map((one) => one.role!.name).sort()).toEqual([
      'backup',
      'reader',
    ]);
    await call(204, 'DELETE', `/groups/${group}/users/${user}`);
    expect((await api.nova('GET', '/servers', undefined, as)).status).toBe(401);
    expect((await logIn(password(user), project)).status).toBe(401);
  });

  it.each(['domain', 'project'])(
    'a role in a %s that is inherited is held in the projects below, and not there',
    async (from) => {
      const domain = await made('domain', '/domains', { name: `of-${from}` });
      const above = await made('project', '/projects', { name: 'above', domain_id: domain });
      const below = await made('project', '/projects', { name: 'below', domain_id: domain, parent_id: above });
      const user = await made('user', '/users', { name: 'eve', password: 'secret', domain_id: domain });
      const member = await roleNamed('member');
      const place = from === 'domain' ? `/domains/${domain}` : `/projects/${above}`;
      const inherited = `/OS-INHERIT${place}/users/${user}/roles/${member}/inherited_to_projects`;
      const scopeTo = async (id: string): Promise<number> => (await logIn(password(user), { project: { id } })).status;
      await call(404, 'HEAD', inherited);
      await call(204, 'PUT', inherited);
      await call(204, 'HEAD', inherited);
      await call(404, 'HEAD', `${place}/users/${user}/roles/${member}`);
      expect([await scopeTo(above), await scopeTo(below)]).toEqual(from === 'domain' ? [201, 201] : [401, 201]);
      const listedNow = await call(200, 'GET', `/role_assignments?user.id=${user}`);
      const [only, ...others] = listedNow.role_assignments as unknown as Json[];
      expect([only, others]).toMatchObject([
        {
          links: { assignment: `${simulator.url}${inherited}` },
          scope: { [from]: { id: from === 'domain' ? domain : above }, 'OS-INHERIT:inherited_to': 'projects' },
        },
        [],
      ]);
      const there = `/role_assignments?effective&user.id=${user}&scope.project.id=${below}&role.id=${member}`;
      expect((await call(200, 'GET', there)).role_assignments).toMatchObject([
        { scope: { project: { id: below } }, links: { assignment: `${simulator.url}${inherited}` } },
      ]);
      if (from === 'domain') {
        const listed = `/OS-INHERIT${place}/users/${user}/roles/inherited_to_projects`;
        expect(namesIn(await call(200, 'GET', listed), 'roles')).toEqual(['member']);
      }
      await call(204, 'DELETE', inherited);
      expect([await scopeTo(above), await scopeTo(below)]).toEqual([401, 401]);
    },
  );

  it('a project of a group of endpoints sees these alone in its catalogue', async () => {
    const all = '/OS-EP-FILTER/endpoint_groups';
    expect(await refusal(400, 'POST', all, { endpoint_group: { name: 'x', filters: { url: 'x' } } })).toContain(
      'Expecting to find service_id or region_id or interface',
    );
    const group = await made('endpoint_group', all, { name: 'public', filters: { interface: 'public' } });
    await call(200, 'HEAD', `${all}/${group}`);
    await call(200, 'PATCH', `${all}/${group}`, { endpoint_group: { description: 'for clients' } });
    expect(await call(200, 'GET', all)).toMatchObject({
      endpoint_groups: [{ id: group, name: 'public', description: 'for clients', filters: { interface: 'public' } }],
    });
    const own = `${all}/${group}/projects/${defaultIds.project}`;
    expect(await refusal(404, 'GET', own)).toBe('Endpoint Group Project Association not found');
    const faces = async (): Promise<string[]> => {
      const user = { name: 'admin', domain: { id: 'default' }, password: 'powervc' };
      const { body } = await logIn({ methods: ['password'], password: { user } }, project);
      const services = body.token!.catalog as unknown as { endpoints: { interface: string }[] }[];
      return [...new Set(services.flatMap(({ endpoints }) => endpoints.map((one) => one.interface)))].sort();
    };
    await call(204, 'PUT', own);
    expect(await faces()).toEqual(['public']);
    expect(namesIn(await call(200, 'GET', `${all}/${group}/projects`), 'projects')).toEqual(['ibm-default']);
    expect(
      namesIn(
        await call(200, 'GET', `/OS-EP-FILTER/projects/${defaultIds.project}/endpoint_groups`),
        'endpoint_groups',
      ),
    ).toEqual(['public']);
    await call(204, 'DELETE', own);
    expect(await faces()).toEqual(['admin', 'internal', 'public']);
    await call(204, 'DELETE', `${all}/${group}`);
    expect(await refusal(404, 'GET', `${all}/${group}`)).toBe(`Could not find Endpoint Group: ${group}.`);
  });

  it("Keystone's own roles stay, and imply each other", async () => {
    const admin = await roleNamed('admin');
    expect(await refusal(403, 'DELETE', `/roles/${admin}`)).toContain('Unable to delete immutable role resource');
    const { role_inference: rule } = await call(200, 'GET', `/roles/${admin}/implies`);
    expect(namesIn(rule!, 'implies')).toEqual(['member']);
    const role = await made('role', '/roles', { name: 'most' });
    expect(await refusal(403, 'PUT', `/roles/${role}/implies/${admin}`)).toBe(`${admin} cannot be an implied roles.`);
  });

  it('each role that a user is given in a project is listed and taken back by itself', async () => {
    const user = await made('user', '/users', { name: 'bob', password: 'secret' });
    const place = `/projects/${defaultIds.project}/users/${user}/roles`;
    for (const name of ['reader', 'admin', 'member']) await call(204, 'PUT', `${place}/${await roleNamed(name)}`);
    expect(namesIn(await call(200, 'GET', place), 'roles').sort()).toEqual(['admin', 'member', 'reader']);
    await call(204, 'DELETE', `${place}/${await roleNamed('admin')}`);
    expect(rolesOf(await logIn(password(user), project))).toEqual(['member', 'reader']);
    await call(204, 'PUT', `/domains/default/users/${user}/roles/${await roleNamed('admin')}`);
    const token = await logIn(password(user), { domain: { id: 'default' } });
    expect(token.body.token).toMatchObject({ domain: { id: 'default', name: 'Default' } });
    await call(404, 'DELETE', `${place}/${await roleNamed('admin')}`);
  });

  it('an application credential logs in to its project with its roles, and is nobody else’s', async () => {
    const me = text(api.login.token!.user!.id);
    const all = `/users/${me}/application_credentials`;
    const { application_credential: one } = await call(201, 'POST', all, {
      application_credential: { name: 'ci', roles: [{ name: 'reader' }] },
    });
    const { id, secret } = one!;
    expect((await call(200, 'GET', `${all}/${text(id)}`)).application_credential).not.toHaveProperty('secret');
    expect(await refusal(409, 'POST', all, { application_credential: { name: 'ci' } })).toContain('name ci');
    const identity = (given: object) => ({ methods: ['application_credential'], application_credential: given });
    const token = await logIn(identity({ id, secret }));
    expect(rolesOf(token)).toEqual(['reader']);
    expect(token.body.token).toMatchObject({ methods: ['application_credential'], project: { name: 'ibm-default' } });
    expect((await logIn(identity({ name: 'ci', user: { id: me }, secret }))).status).toBe(201);
    expect((await logIn(identity({ id, secret: 'other' }))).status).toBe(401);
    const as = { 'x-auth-token': token.headers.get('x-subject-token') ?? '' };
    expect((await api.keystone('GET', '/users/someone/application_credentials', undefined, as)).status).toBe(403);
    await call(204, 'DELETE', `${all}/${text(id)}`);
    expect((await logIn(identity({ id, secret }))).status).toBe(401);
  });

  it('a trustee logs in as the trustor with the roles of the trust, as often as it says', async () => {
    const me = text(api.login.token!.user!.id);
    const trustee = await made('user', '/users', { name: 'tess', password: 'secret' });
    const trust = {
      trustor_user_id: me,
      trustee_user_id: trustee,
      project_id: defaultIds.project,
      impersonation: true,
      roles: [{ name: 'member' }],
      remaining_uses: 1,
    };
    expect(await refusal(403, 'POST', '/OS-TRUST/trusts', { trust: { ...trust, roles: [] } })).toContain(
      'At least one role should be specified.',
    );
    expect(await refusal(404, 'POST', '/OS-TRUST/trusts', { trust: { ...trust, roles: [{ name: 'none' }] } })).toBe(
      'Role none is not defined',
    );
    const id = await made('trust', '/OS-TRUST/trusts', trust);
    const scope = { 'OS-TRUST:trust': { id } };
    const token = await logIn(password(trustee), scope);
    expect(token.body.token).toMatchObject({ user: { id: me }, 'OS-TRUST:trust': { id, impersonation: true } });
    expect(rolesOf(token)).toEqual(['member', 'reader']);
    expect((await logIn(password(trustee), scope)).status).toBe(401);
    expect((await call(200, 'GET', '/OS-TRUST/trusts/')).trusts).toMatchObject([{ id, remaining_uses: 0 }]);
    await call(204, 'DELETE', `/OS-TRUST/trusts/${id}`);
    const as = { 'x-auth-token': token.headers.get('x-subject-token') ?? '' };
    expect((await api.nova('GET', '/servers', undefined, as)).status).toBe(401);
  });

  it('projects stand in projects, and bear tags', async () => {
    const above = await made('project', '/projects', { name: 'above', tags: ['a', 'b'] });
    const below = await made('project', '/projects', { name: 'below', parent_id: above });
    expect(await refusal(400, 'POST', '/projects', { project: { name: 'lost', parent_id: 'none' } })).toBe(
      'Could not find project: none.',
    );
    expect(await refusal(403, 'DELETE', `/projects/${above}`)).toContain('since it is not a leaf in the hierarchy');
    expect(namesIn(await call(200, 'GET', `/projects?parent_id=${above}`), 'projects')).toEqual(['below']);
    expect((await call(200, 'GET', `/projects/${above}?subtree_as_ids`)).project!.subtree).toEqual({ [below]: null });
    expect(namesIn(await call(200, 'GET', '/projects?tags=a,b'), 'projects')).toEqual(['above']);
    expect(namesIn(await call(200, 'GET', '/projects?not-tags-any=a'), 'projects')).not.toContain('above');
    await call(201, 'PUT', `/projects/${below}/tags/c`);
    await call(204, 'GET', `/projects/${below}/tags/c`);
    expect(await refusal(404, 'DELETE', `/projects/${below}/tags/d`)).toBe('Could not find project tag: d.');
    expect((await call(200, 'PUT', `/projects/${above}/tags`, { tags: ['z'] })).tags).toEqual(['z']);
  });

  it('a service that an administrator adds is in the catalog of the next login, until it is disabled', async () => {
    const service = await made('service', '/services', { type: 'dns', name: 'designate' });
    const endpoint = { service_id: service, interface: 'public', url: 'http://dns/$(project_id)s', region: 'Two' };
    expect(await refusal(400, 'POST', '/endpoints', { endpoint: { ...endpoint, service_id: 'none' } })).toContain(
      'Expecting to find endpoint service_id in service table.',
    );
    await made('endpoint', '/endpoints', endpoint);
    expect((await call(200, 'GET', '/regions/Two')).region).toMatchObject({ id: 'Two', description: '' });
    expect(await refusal(403, 'DELETE', '/regions/Two')).toContain('have associated endpoints');
    const inCatalog = async (): Promise<unknown> => {
      const { catalog } = await call(200, 'GET', '/auth/catalog');
      return (catalog as unknown as Json[]).find(({ type }) => (type as unknown) === 'dns');
    };
    expect(await inCatalog()).toMatchObject({
      endpoints: [{ url: `http://dns/${defaultIds.project}`, region: 'Two' }],
    });
    await call(200, 'PATCH', `/services/${service}`, { service: { enabled: false } });
    expect(await inCatalog()).toBeUndefined();
    await call(204, 'DELETE', `/services/${service}`);
    await call(204, 'DELETE', '/regions/Two');
  });

  it('a domain is found as a project by its id, and among projects where domains are asked for', async () => {
    const domain = { id: 'default', name: 'Default', domain_id: null, parent_id: null, is_domain: true };
    expect((await api.keystone('GET', '/projects/default')).body.project).toMatchObject(domain);
    const names = async (query: string) =>
      ((await api.keystone('GET', `/projects${query}`)).body.projects as unknown as Json[]).map(({ id }) => id);
    expect(await names('?is_domain=true')).toEqual(['default']);
    expect(await names('')).not.toContain('default');
  });

  it('credentials are their user’s, and those for EC2 are shown by their own extension, too', async () => {
    const me = text(api.login.token!.user!.id);
    expect(await refusal(400, 'POST', '/credentials', { credential: { type: 'ec2', blob: '{}', user_id: me } })).toBe(
      "'project_id' is a required property",
    );
    const id = await made('credential', '/credentials', { type: 'cert', blob: 'pem', user_id: me });
    const ec2 = await call(201, 'POST', `/users/${me}/credentials/OS-EC2`, { tenant_id: defaultIds.project });
    const access = text(ec2.credential!.access);
    expect((await call(200, 'GET', `/users/${me}/credentials/OS-EC2/${access}`)).credential).toEqual(ec2.credential);
    expect((await call(200, 'GET', '/credentials?type=cert')).credentials).toMatchObject([{ id, blob: 'pem' }]);
    await call(204, 'DELETE', `/users/${me}/credentials/OS-EC2/${access}`);
    await call(204, 'DELETE', `/credentials/${id}`);
    expect((await call(200, 'GET', '/credentials')).credentials).toEqual([]);
  });

  it('a login without a scope lists where its user may log in to', async () => {
    const user = await made('user', '/users', { name: 'eve', password: 'secret', shift: 'night' });
    expect((await call(200, 'GET', `/users/${user}`)).user).toMatchObject({ shift: 'night' });
    const token = await logIn(password(user));
    const as = { 'x-auth-token': token.headers.get('x-subject-token') ?? '' };
    for (const what of ['projects', 'domains']) {
      const answer = await api.keystone('GET', `/auth/${what}`, undefined, as);
      expect(answer).toMatchObject({ status: 200, body: { [what]: [] } });
    }
    expect((await api.keystone('GET', '/users', undefined, as)).status).toBe(403);
  });

  it('all of it is part of the saved state', async () => {
    const group = await made('group', '/groups', { name: 'kept' });
    const role = await made('role', '/roles', { name: 'kept' });
    await call(204, 'PUT', `/projects/${defaultIds.project}/groups/${group}/roles/${role}`);
    const { body: state } = await send(new URL('/simulator/state', simulator.url).href, 'GET');
    expect(state).toMatchObject({ userGroups: [{ id: group }], roles: [{ id: role }], grants: [{ actor_id: group }] });
    expect((await send(new URL('/simulator/state', simulator.url).href, 'PUT', state)).status).toBe(204);
    await logInAgain();
    expect(namesIn(await call(200, 'GET', `/projects/${defaultIds.project}/groups/${group}/roles`), 'roles')).toEqual([
      'kept',
    ]);
  });
});
