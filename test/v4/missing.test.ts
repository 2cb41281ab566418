import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { versions } from '../../src/ovirt/serve/versions.js';
import { CLOUDS, serveV4, type Served } from './testbed.js';

/**
 * docs/reference/v4-wire.md, section 4: an id in the path that matches nothing is 404 without a body. Ansible asks for
 * `/snapshots/None`, scripts for `undefined`, and both go by the 404 alone.
 */
const NOTHING = ['None', 'undefined', '00000000-0000-0000-0000-0000000000ff'];
const four = versions.find(({ number }) => number === '4');
/** Every address of one item, with the collections above it, from the declarations. */
const items = (four?.operations ?? []).filter(({ kind }) => kind === 'get').map(({ path }) => path);

describe.each(CLOUDS)('ids that match nothing: %s', (cloud) => {
  let v4: Served;
  const known = new Map<string, string>();
  beforeAll(async () => {
    v4 = await serveV4(cloud);
    for (const name of [
      'vms',
      'hosts',
      'clusters',
      'datacenters',
      'storagedomains',
      'templates',
      'networks',
      'users',
    ]) {
      const [item] = (await v4.send('GET', `/${name}`)).xml().children;
      known.set(name, item?.attributes.get('id') ?? '');
    }
  });
  afterAll(() => v4?.close());

  /** Paths whose owner is known, at the root or one level below. */
  const paths = items.filter((path) => {
    const segments = path.split('/').slice(1);
    return segments.length === 2 || segments.length === 4;
  });

  it('are 404 with an empty body', async () => {
    const wrong: string[] = [];
    for (const path of paths) {
      const segments = path.split('/').slice(1);
      const owner = segments.length === 4 ? known.get(segments[0] ?? '') : '';
      if (owner === undefined) continue;
      for (const id of NOTHING) {
        const address = `/${segments.map((one, at) => (one.startsWith('{') ? (at === 1 && segments.length === 4 ? owner : id) : one)).join('/')}`;
        const { status, text } = await v4.send('GET', address);
        if (status !== 404 || text !== '') wrong.push(`GET ${address}: ${status} ${text.slice(0, 80)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(paths.length).toBeGreaterThan(60);
  });
});
