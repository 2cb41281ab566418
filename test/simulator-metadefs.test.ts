import { describe, expect, it } from 'vitest';
import { plainInventory } from '../src/simulator/index.js';
import { api, login, simulator, text, useSimulator, type Json } from './simulator-client.js';

const ROOT = '/v2/metadefs/namespaces';
const message = ({ body }: { body: Json }): string => text(body.message).replace(/<br \/>|\n/g, '');

describe('the simulator: metadata definitions of Glance', () => {
  useSimulator({ inventory: plainInventory });

  it('a namespace shows what it holds, and is removed once it is no longer protected', async () => {
    const sent = { namespace: 'n', display_name: 'N', visibility: 'public', protected: true };
    expect((await api.glance('POST', ROOT, sent)).body).toMatchObject({ ...sent, self: `${ROOT}/n` });
    const again = await api.glance('POST', ROOT, sent);
    expect([again.status, message(again)]).toEqual([409, 'The metadata definition namespace=n already exists.']);
    const property = { name: 'p', title: 'P', type: 'string' };
    expect((await api.glance('POST', `${ROOT}/n/properties`, property)).body).toEqual(property);
    const object = { name: 'o', required: ['q'], properties: { q: { type: 'integer', title: 'Q' } } };
    expect((await api.glance('POST', `${ROOT}/n/objects`, object)).body).toMatchObject(object);
    expect((await api.glance('GET', `${ROOT}/n`)).body).toMatchObject({
      properties: { p: property },
      objects: [object],
    });
    expect(message(await api.glance('DELETE', `${ROOT}/n`))).toBe(
      'Metadata definition namespace n is protected and cannot be deleted.',
    );
    expect((await api.glance('PUT', `${ROOT}/n`, { ...sent, namespace: 'm', protected: false })).status).toBe(200);
    expect((await api.glance('GET', `${ROOT}/n`)).status).toBe(404);
    expect((await api.glance('GET', `${ROOT}/m/objects/o`)).body).toMatchObject({ name: 'o' });
    expect((await api.glance('DELETE', `${ROOT}/m`)).status).toBe(204);
  });

  it('tags and types of resources come and go, one by one or all at once', async () => {
    await api.glance('POST', ROOT, { namespace: 'n' });
    expect((await api.glance('POST', `${ROOT}/n/tags/a`)).status).toBe(201);
    await api.glance('POST', `${ROOT}/n/tags`, { tags: [{ name: 'b' }, { name: 'c' }] });
    await api.glance('PUT', `${ROOT}/n/tags/b`, { name: 'd' });
    const { tags } = (await api.glance('GET', `${ROOT}/n/tags`)).body;
    expect((tags as unknown as Json[]).map(({ name }) => name)).toEqual(['c', 'd']);
    expect((await api.glance('GET', `${ROOT}/n/tags/a`)).status).toBe(404);
    expect((await api.glance('DELETE', `${ROOT}/n/tags`)).status).toBe(204);
    const type = { name: 'OS::Glance::Image', prefix: 'hw_' };
    expect((await api.glance('POST', `${ROOT}/n/resource_types`, type)).body).toMatchObject(type);
    expect((await api.glance('GET', '/v2/metadefs/resource_types')).body).toMatchObject({
      resource_types: [{ name: type.name }],
    });
    expect((await api.glance('DELETE', `${ROOT}/n/resource_types/${type.name}`)).status).toBe(204);
  });

  it('other projects see public namespaces alone, and administrators alone keep them', async () => {
    await api.glance('POST', ROOT, { namespace: 'mine' });
    await api.glance('POST', ROOT, { namespace: 'all', visibility: 'public' });
    const other = await login(simulator, 'admin', 'ibm-test');
    expect((await other.glance('GET', `${ROOT}?visibility=public`)).body).toMatchObject({
      namespaces: [{ namespace: 'all' }],
    });
    const operator = await login(simulator, 'operator');
    expect((await operator.glance('POST', ROOT, { namespace: 'no' })).status).toBe(403);
    expect((await api.glance('GET', '/v2/schemas/metadefs/object')).body).toMatchObject({ name: 'object' });
  });
});
