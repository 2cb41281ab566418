import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CloudKind } from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/** Tags of hosts, as tags of VMs: docs/reference/ovirt.md, sections 2 and 11. */
const API = { v3: '/api', v4: '/ovirt-engine/api' } as const;

describe.each<CloudKind>(['powervc', 'openstack'])('hosts of %s', (cloud) => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startTestbed({ cloud });
  });
  afterAll(() => testbed.close());

  async function ask(method: string, path: string, body?: string, user = 'admin') {
    const answer = await fetch(`${testbed.gateways[0]?.url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa(`${user}@internal:powervc`)}`,
        accept: 'application/xml',
        ...(body !== undefined && { 'content-type': 'application/xml' }),
      },
      body,
    });
    return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
  }
  const idsIn = (text: string, element: string): string[] =>
    [...text.matchAll(new RegExp(`<${element} href="[^"]*" id="([^"]*)"`, 'g'))].map(([, id = '']) => id);
  const hostsOf = async (api: string, search = ''): Promise<string[]> => {
    const { status, text } = await ask('GET', `${api}/hosts${search && `?search=${encodeURIComponent(search)}`}`);
    expect(status, text).toBe(200);
    return idsIn(text, 'host');
  };

  test.each(Object.entries(API))('have tags in %s: listed, found, removed', async (version, api) => {
    const [host = '', other = ''] = await hostsOf(api);
    expect(other).not.toBe('');
    const above = idsIn((await ask('POST', `${api}/tags`, `<tag><name>site-${version}</name></tag>`)).text, 'tag')[0];
    const parent = version === 'v3' ? `<parent><tag id="${above}"/></parent>` : `<parent id="${above}"/>`;
    const { text } = await ask('POST', `${api}/tags`, `<tag><name>rack-${version}</name>${parent}</tag>`);
    const [tag = ''] = idsIn(text, 'tag');

    const added = await ask('POST', `${api}/hosts/${host}/tags`, `<tag><name>rack-${version}</name></tag>`);
    expect([added.status, added.location]).toEqual([201, `${api}/hosts/${host}/tags/${tag}`]);
    expect(added.text).toContain(`<host href="${api}/hosts/${host}" id="${host}"/>`);
    expect((await ask('POST', `${api}/hosts/${host}/tags`, `<tag id="${tag}"/>`)).status).toBe(201);
    expect(idsIn((await ask('GET', `${api}/hosts/${host}/tags`)).text, 'tag')[0]).toBe(tag);
    expect((await ask('GET', `${api}/hosts/${host}/tags/${tag}`)).text).toContain(`<name>rack-${version}</name>`);
    expect((await ask('GET', `${api}/hosts/${other}/tags`)).text).not.toContain('<name>');

    expect(await hostsOf(api, `tag=rack-${version}`)).toEqual([host]);
    expect(await hostsOf(api, `tag=site-${version}`)).toEqual([host]);
    expect(await hostsOf(api, `tag!=rack-${version}`)).toEqual([other]);
    expect(await hostsOf(api, 'tag=null')).toEqual([other]);
    expect(await hostsOf(api, 'tag!=null')).toEqual([host]);

    expect((await ask('POST', `${api}/hosts/${host}/tags`, '<tag><name>nowhere</name></tag>')).status).toBe(404);
    expect((await ask('POST', `${api}/hosts/${host}/tags`, '<tag/>')).status).toBe(400);
    expect((await ask('DELETE', `${api}/hosts/${other}/tags/${tag}`)).status).toBe(404);

    expect((await ask('DELETE', `${api}/hosts/${host}/tags/${tag}`)).status).toBe(200);
    expect(await hostsOf(api, `tag=rack-${version}`)).toEqual([]);

    // With the tag above it a tag goes, and from hosts, too: one of that name later is borne by none
    await ask('POST', `${api}/hosts/${host}/tags`, `<tag id="${tag}"/>`);
    expect((await ask('DELETE', `${api}/tags/${above}`)).status).toBe(200);
    await ask('POST', `${api}/tags`, `<tag><name>rack-${version}</name></tag>`);
    expect(await hostsOf(api, `tag=rack-${version}`)).toEqual([]);
  });

  test('get and lose tags through an administrator only: a member is refused by name', async () => {
    await ask('POST', '/api/tags', '<tag><name>kept</name></tag>');
    const { text } = await ask('GET', '/api/hosts', undefined, 'operator');
    const [host = ''] = idsIn(text, 'host');
    for (const api of Object.values(API)) {
      const refused = await ask('POST', `${api}/hosts/${host}/tags`, '<tag><name>kept</name></tag>', 'operator');
      expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('os-aggregates')]);
    }
  });
});
