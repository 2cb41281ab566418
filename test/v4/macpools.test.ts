import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveV4, startV4, textAt, type V4 } from './testbed.js';

/** docs/reference/v4-wire.md, section 8: one MAC pool, `Default`. */
describe('macpools', () => {
  let v4: V4;
  beforeAll(async () => {
    v4 = await startV4('powervc');
  });
  afterAll(() => v4?.close());

  it('has the pool Default, whose links can be followed, and which cannot be changed', async () => {
    const list = (await v4.send('GET', '/macpools?search=name%3DDefault')).xml();
    expect(list.children.map((pool) => textAt(pool, 'name'))).toEqual(['Default']);
    const href = list.children[0]?.attributes.get('href') ?? '';
    const pool = await v4.send('GET', href);
    expect([textAt(pool.xml(), 'default_pool'), textAt(pool.xml(), 'ranges/range/from')]).toEqual([
      'true',
      'fa:16:3e:00:00:00',
    ]);
    expect((await v4.send('GET', `${href}/permissions`)).status).toBe(200);
    const changed = await v4.send('PUT', href, '<mac_pool><name>x</name></mac_pool>');
    expect([changed.status, textAt(changed.xml(), 'detail')]).toEqual([
      409,
      expect.stringContaining('PowerVC assigns MAC addresses from its own range'),
    ]);
    expect((await v4.send('DELETE', href)).status).toBe(409);
    expect((await v4.send('GET', '/macpools/None')).status).toBe(404);
  });

  it('is empty in version 3, as before', async () => {
    const { status, xml } = await v4.send('GET', '/ovirt-engine/api/v3/macpools');
    expect([status, xml().children]).toEqual([200, []]);
  });
});

it('what Power Virtual Server does not have is refused without naming services of OpenStack', async () => {
  const v4 = await serveV4('powervs');
  try {
    for (const [path, body] of [
      ['/macpools', '<mac_pool><name>x</name></mac_pool>'],
      ['/instancetypes', '<instance_type><name>x</name></instance_type>'],
      ['/jobs', '<job><description>x</description></job>'],
    ] as const) {
      const { status, xml } = await v4.send('POST', path, body);
      const detail = textAt(xml(), 'detail');
      expect([path, status, detail]).toEqual([path, 409, expect.stringContaining('Power Virtual Server')]);
      expect(detail).not.toMatch(/Nova|Neutron/);
    }
  } finally {
    await v4.close();
  }
});
