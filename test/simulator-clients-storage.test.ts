import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainInventory, type Simulator } from '../src/simulator/index.js';
import { login, start, text, type Client, type Json } from './simulator-client.js';

/** What OpenStack's own clients and tests ask of the simulated OpenStack: forms of answers, and rarer calls. */
describe('the simulated OpenStack: volumes and images', () => {
  let simulator: Simulator;

  let api: Client;

  beforeAll(async () => {
    simulator = await start({ inventory: plainInventory, validation: 'off' });
    api = await login(simulator);
  });

  afterAll(() => simulator.close());

  const at = (minor: number) => ({ 'openstack-api-version': `compute 2.${minor}, volume 3.${minor}` });

  const block = (minor: number) => ({ 'openstack-api-version': `volume 3.${minor}` });

  const later = (): void => simulator.advance(120_000);

  it('a volume is offered to another project, with its key', async () => {
    const project = (await api.keystone('POST', '/projects', { project: { name: 'buyer' } })).body.project!;
    const { body } = await api.keystone('GET', '/users?name=admin');
    const roles = (await api.keystone('GET', '/roles?name=admin')).body.roles as unknown as Json[];
    const [user] = body.users as unknown as Json[];
    await api.keystone('PUT', `/projects/${text(project.id)}/users/${text(user!.id)}/roles/${text(roles[0]!.id)}`);
    const buyer = await login(simulator, 'admin', 'buyer');
    const volume = (await api.cinder('POST', '/volumes', { volume: { name: 'sold', size: 1 } })).body.volume!;
    later();
    const offer = await api.cinder('POST', '/volume-transfers', { transfer: { volume_id: volume.id } }, block(57));
    expect(offer.status).toBe(202);
    const { id, auth_key } = offer.body.transfer!;
    const accept = (key: unknown) =>
      buyer.cinder('POST', `/volume-transfers/${text(id)}/accept`, { accept: { auth_key: key } }, block(57));
    expect((await accept('wrong')).status).toBe(400);
    expect((await api.cinder('GET', `/volumes/${text(volume.id)}`)).body.volume).toMatchObject({
      status: 'awaiting-transfer',
    });
    expect((await accept(auth_key)).status).toBe(202);
    expect((await buyer.cinder('GET', `/volumes/${text(volume.id)}`)).body.volume).toMatchObject({
      status: 'available',
      'os-vol-tenant-attr:tenant_id': project.id,
    });
    expect((await api.cinder('GET', `/volume-transfers/${text(id)}`)).status).toBe(404);
  });

  it('volumes: set aside and freed, image metadata, items of metadata, removed with their snapshots', async () => {
    const volume = (await api.cinder('POST', '/volumes', { volume: { name: 'v', size: 1, metadata: { k: 'a' } } })).body
      .volume!;
    const path = `/volumes/${text(volume.id)}`;
    later();
    const act = (body: object) => api.cinder('POST', `${path}/action`, body);
    expect((await act({ 'os-reserve': {} })).status).toBe(202);
    expect((await act({ 'os-reserve': {} })).status).toBe(400);
    expect((await act({ 'os-unreserve': {} })).status).toBe(202);
    const set = await act({ 'os-set_image_metadata': { metadata: { kernel: '1' } } });
    expect(set.body.metadata).toEqual({ kernel: '1' });
    expect((await act({ 'os-unset_image_metadata': { key: 'kernel' } })).status).toBe(200);
    expect((await act({ 'os-unset_image_metadata': { key: 'kernel' } })).status).toBe(404);
    expect((await api.cinder('PUT', `${path}/metadata/k`, { meta: { k: 'b' } })).body.meta).toEqual({ k: 'b' });
    expect((await api.cinder('GET', `${path}/metadata/k`)).body.meta).toEqual({ k: 'b' });
    const created = (await api.cinder('POST', '/snapshots', { snapshot: { volume_id: volume.id, name: 's' } })).body;
    const snapshot = `/snapshots/${text(created.snapshot!.id)}`;
    later();
    const status = (value: string) => ({ 'os-reset_status': { status: value } });
    expect((await api.cinder('POST', `${snapshot}/action`, status('error'))).status).toBe(202);
    expect((await api.cinder('POST', `${snapshot}/action`, status('odd'))).status).toBe(400);
    expect((await api.cinder('PUT', `${snapshot}/metadata`, { metadata: { a: '1' } })).body.metadata).toEqual({
      a: '1',
    });
    expect((await api.cinder('GET', '/snapshots?limit=0')).body.snapshots).toEqual([]);
    expect((await api.cinder('GET', '/snapshots?sort=colour')).status).toBe(400);
    expect((await api.cinder('GET', '/volumes/summary', undefined, at(36))).body['volume-summary']).toMatchObject({
      metadata: { k: ['b'] },
    });
    expect((await api.cinder('DELETE', path)).status).toBe(400);
    expect((await api.cinder('DELETE', `${path}?cascade=true`)).status).toBe(202);
    later();
    expect((await api.cinder('GET', path)).status).toBe(404);
  });

  it('volume types: specs one by one, and who may use a private one', async () => {
    const type = (
      await api.cinder('POST', '/types', { volume_type: { name: 't', 'os-volume-type-access:is_public': false } })
    ).body.volume_type!;
    const path = `/types/${text(type.id)}`;
    expect((await api.cinder('PUT', `${path}/extra_specs/a`, { a: '1' })).body).toEqual({ a: '1' });
    expect((await api.cinder('PUT', `${path}/extra_specs/a`, { a: '1', b: '2' })).status).toBe(400);
    expect((await api.cinder('GET', `${path}/extra_specs/b`)).status).toBe(404);
    const volume = { volume: { size: 1, volume_type: type.id } };
    const member = await login(simulator, 'operator');
    const { project } = member.login.token as unknown as { project: { id: string } };
    expect((await member.cinder('POST', '/volumes', volume)).status).toBe(404);
    const access = { addProjectAccess: { project: project.id } };
    expect((await api.cinder('POST', `${path}/action`, access)).status).toBe(202);
    expect((await api.cinder('POST', `${path}/action`, access)).status).toBe(409);
    expect((await api.cinder('GET', `${path}/os-volume-type-access`)).body.volume_type_access).toEqual([
      { volume_type_id: type.id, project_id: project.id },
    ]);
    expect((await member.cinder('POST', '/volumes', volume)).status).toBe(202);
  });

  it('groups of volumes: made of another, and removed with their volumes', async () => {
    const [type] = (await api.cinder('GET', '/types')).body.volume_types as unknown as Json[];
    const kind = (await api.cinder('POST', '/group_types', { group_type: { name: 'k' } }, block(11))).body.group_type!;
    const specs = `/group_types/${text(kind.id)}/group_specs`;
    expect((await api.cinder('POST', specs, { group_specs: { a: '1' } }, block(11))).status).toBe(202);
    expect((await api.cinder('PUT', `${specs}/a`, { a: '2' }, block(11))).body).toEqual({ a: '2' });
    const requested = { name: 'g', group_type: kind.id, volume_types: [type!.id] };
    const group = (await api.cinder('POST', '/groups', { group: requested }, block(13))).body.group!;
    const volume = { size: 1, volume_type: type!.id, group_id: group.id };
    expect((await api.cinder('POST', '/volumes', { volume }, block(13))).body.volume).toMatchObject({
      group_id: group.id,
    });
    later();
    const copy = { 'create-from-src': { name: 'copy', source_group_id: group.id } };
    const created = (await api.cinder('POST', '/groups/action', copy, block(14))).body.group!;
    later();
    const shown = await api.cinder('GET', `/groups/${text(created.id)}?list_volume=true`, undefined, block(25));
    expect(shown.body.group).toMatchObject({ source_group_id: group.id, status: 'available' });
    expect(shown.body.group!.volumes).toHaveLength(1);
    const path = `/groups/${text(created.id)}/action`;
    expect((await api.cinder('POST', path, { delete: {} }, block(13))).status).toBe(400);
    expect((await api.cinder('POST', path, { delete: { 'delete-volumes': true } }, block(13))).status).toBe(202);
    later();
    expect((await api.cinder('GET', `/groups/${text(created.id)}`, undefined, block(13))).status).toBe(404);
  });

  it('an address without its id is not found', async () => {
    expect((await api.cinder('GET', '/volumes/')).status).toBe(404);
    expect((await api.nova('GET', '/servers/')).status).toBe(404);
    expect((await api.glance('GET', '/v2/images/')).status).toBe(404);
    expect((await api.neutron('GET', '/v2.0/')).body.resources).toContainEqual(
      expect.objectContaining({ name: 'network', collection: 'networks' }),
    );
  });

  it('where volumes are kept: hosts, capabilities, zones', async () => {
    const hosts = (await api.cinder('GET', '/os-hosts')).body.hosts as unknown as Json[];
    const name = text(hosts.find(({ service }) => text(service) === 'cinder-volume')!.host_name);
    const [total] = (await api.cinder('GET', `/os-hosts/${name}`)).body.host as unknown as Json[];
    expect(total!.resource).toMatchObject({
      project: '(total)',
      volume_count: expect.stringMatching(/^\d+$/) as string,
    });
    expect((await api.cinder('GET', `/capabilities/${name}`)).body).toMatchObject({ vendor_name: 'IBM' });
    const body = { host: name, binary: 'cinder-volume', disabled_reason: 'tests' };
    const state = async (): Promise<Json> =>
      ((await api.cinder('GET', `/os-services?host=${name}`)).body.services as unknown as [Json])[0];
    expect((await api.cinder('PUT', '/os-services/disable-log-reason', body)).status).toBe(200);
    expect(await state()).toMatchObject({ status: 'disabled', disabled_reason: 'tests' });
    expect((await api.cinder('PUT', '/os-services/enable', body)).body).toMatchObject({ disabled: false });
    expect((await api.cinder('PUT', '/os-services/freeze', body)).status).toBe(202);
    expect(await state()).toMatchObject({ status: 'enabled', frozen: true });
    expect((await api.cinder('PUT', '/os-services/freeze', { host: 'nowhere' })).status).toBe(400);
    expect((await api.cinder('PUT', '/os-services/enable', { host: 'nowhere' })).status).toBe(404);
    expect((await api.cinder('GET', '/os-availability-zone')).body.availabilityZoneInfo).toEqual([
      { zoneName: 'nova', zoneState: { available: true } },
    ]);
  });

  it('images: a change in either form, lists of what is shared, schemas', async () => {
    const image = (await api.glance('POST', '/v2/images', { name: 'i', container_format: 'bare' })).body;
    const path = `/v2/images/${text(image.id)}`;
    const patch = (minor: number, body: unknown) =>
      api.glance('PATCH', path, body, { 'content-type': `application/openstack-images-v2.${minor}-json-patch` });
    expect((await patch(0, [{ replace: '/name', value: 'j' }])).body).toMatchObject({ name: 'j' });
    expect((await patch(1, [{ op: 'add', path: '/colour', value: 'red' }])).body).toMatchObject({ colour: 'red' });
    expect((await patch(1, [{ value: 'nothing' }])).status).toBe(400);
    expect((await api.glance('POST', '/v2/images', { name: 'i', container_format: 'box' })).status).toBe(400);
    const member = await login(simulator, 'operator');
    const project = (await api.keystone('POST', '/projects', { project: { name: 'seller' } })).body.project!;
    await patch(1, [
      { op: 'replace', path: '/visibility', value: 'shared' },
      { op: 'replace', path: '/owner', value: project.id },
    ]);
    const { id } = (member.login.token as unknown as { project: { id: string } }).project;
    await api.glance('POST', `${path}/members`, { member: id });
    const listed = async (query: string): Promise<boolean> =>
      ((await member.glance('GET', `/v2/images?name=j${query}`)).body.images as unknown as Json[]).length > 0;
    expect([await listed(''), await listed('&member_status=pending'), await listed('&member_status=all')]).toEqual([
      false,
      true,
      true,
    ]);
    await member.glance('PUT', `${path}/members/${id}`, { status: 'accepted' });
    expect([await listed(''), await listed('&size_min=1')]).toEqual([true, false]);
    expect((await api.glance('GET', '/v2/schemas/image')).body.properties).toMatchObject({
      status: { readOnly: true, type: 'string' },
    });
    expect((await api.glance('GET', '/v2/schemas/nothing')).status).toBe(404);
  });
});

it.each([
  ['PowerVC', {}, '%(tenant_id)s'],
  ['OpenStack', { inventory: plainInventory }, '$(project_id)s'],
])(
  "the endpoints of %s have the placeholder that its administrators' modules replace",
  async (_, options, expected) => {
    const simulator = await start(options);
    try {
      const { body } = await (await login(simulator)).keystone('GET', '/endpoints');
      const urls = (body.endpoints as unknown as { url: string }[]).map(({ url }) => url);
      expect(urls.filter((url) => url.includes('(')).every((url) => url.endsWith(`/${expected}`))).toBe(true);
      expect(urls.some((url) => url.includes(expected))).toBe(true);
    } finally {
      await simulator.close();
    }
  },
);
