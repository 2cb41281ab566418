import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlace, type Place } from './place.js';
import { all, client, curl, hasCurl, header, text, xml, type Answer } from './curl.js';

/**
 * ovirt-engine-sdk-python 3.6, request by request: Basic with each request, beside the cookie; `Filter: False`; lists
 * with `;case_sensitive=True`; the whole document back in a PUT; an action in a DELETE; and to log out a GET without
 * Prefer (docs/reference/ovirt.md, sections 3 to 5 and 9).
 */
describe.skipIf(!hasCurl)('SDK for Python, version 3', () => {
  let at: Place;
  let folder: string;
  let sdk: (...args: string[]) => Promise<Answer>;
  let base: string;
  beforeAll(async () => {
    at = await startPlace();
    folder = mkdtempSync(join(tmpdir(), 'sdk3-'));
    // an engine 4 speaks version 3 there
    base = `${at.gateway.url}/ovirt-engine/api/v3`;
    const jar = join(folder, 'cookies');
    sdk = client(
      '-u',
      at.login,
      '-b',
      jar,
      '-c',
      jar,
      ...header('Content-Type', 'application/xml'),
      ...header('Accept', 'application/xml'),
      ...header('Filter', 'False'),
      ...header('Prefer', 'persistent-auth'),
    );
  });
  afterAll(async () => {
    await at?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('API(): reads the root document, and gets a session in a cookie', async () => {
    const { status, body, headers } = await sdk(base);
    expect(status).toBe(200);
    expect(all(body, 'api/product_info/version')[0]?.attributes.get('major')).toBe('3');
    expect(text(body, 'api/summary/vms/total')).toBe('5');
    expect(headers.get('set-cookie')).toMatch(/^JSESSIONID=[^;]+; Path=\/ovirt-engine\/api; HttpOnly$/);
    expect((await sdk(base)).headers.get('set-cookie')).toBeUndefined();
  });

  it('vms.list() and vms.get(name): only this name', async () => {
    const list = await sdk(`${base}/vms;case_sensitive=True`);
    expect(all(list.body, 'vms/vm')).toHaveLength(5);
    const one = await sdk(`${base}/vms;case_sensitive=True?search=name%3Daix73-db01`);
    expect(all(one.body, 'vms/vm/name').map((name) => name.text)).toEqual(['aix73-db01']);
    expect((await sdk(`${base}/vms;case_sensitive=True?search=name%3DAIX73-db01`)).body).not.toContain('<vm ');
  });

  it('vm.update(): the whole document can be sent back; read-only content is not an error', async () => {
    const before = await sdk(`${base}/vms;case_sensitive=True?search=name%3Daix73-db01`);
    const vm = /<vm [\s\S]*?<\/vm>\n?(?=<\/vms>)/.exec(before.body)![0];
    const id = /id="([^"]+)"/.exec(vm)![1]!;
    const { status, body, headers } = await sdk(
      '-X',
      'PUT',
      '--data-binary',
      vm.replace(/<description(?:\/>|><\/description>)/, '<description>changed</description>'),
      `${base}/vms/${id}`,
    );
    expect([status, text(body, 'vm/description')]).toEqual([200, 'changed']);
    expect(headers.get('x-ovirt-ignored')).toBeUndefined();
    const moved = await sdk(
      '-X',
      'PUT',
      '--data-binary',
      vm.replaceAll(id, '00000000-0000-4000-8000-000000000000'),
      `${base}/vms/${id}`,
    );
    expect([moved.status, text(moved.body, 'fault/detail')]).toEqual([409, 'Attempt to set immutable field: id']);
  });

  it('vms.add() waits for 201-created, vm.start(), vm.delete()', async () => {
    const expectation = [...header('Expect', '201-created'), ...header('X-Ovirt-Expect', '201-created')];
    const template = text(
      (await sdk(`${base}/templates;case_sensitive=True?search=${encodeURIComponent(`name="${at.name('RHEL 9.4')}"`)}`))
        .body,
      'templates/template/name',
    );
    expect(template).toBe(at.name('RHEL 9.4'));
    const added = await sdk(
      '-X',
      'POST',
      ...expectation,
      ...xml(
        `<vm><name>sdk-made</name><cluster><name>${at.name('Default Group')}</name></cluster><template><name>${at.name('RHEL 9.4')}</name></template></vm>`,
      ),
      `${base}/vms`,
    );
    expect([added.status, text(added.body, 'vm/status/state')]).toEqual([201, 'down']);
    const href = all(added.body, 'vm')[0]!.attributes.get('href')!;
    const url = `${at.gateway.url}${href}`;
    const started = await sdk('-X', 'POST', '--data-binary', '<action/>', `${url}/start`);
    expect([started.status, text(started.body, 'action/status/state')]).toEqual([200, 'complete']);
    expect(
      (await sdk('-X', 'POST', '--data-binary', '<action><async>false</async></action>', `${url}/stop`)).status,
    ).toBe(200);
    const removed = await sdk('-X', 'DELETE', '--data-binary', '<action/>', url);
    expect([removed.status, text(removed.body, 'action/status/state')]).toEqual([200, 'complete']);
    expect(await sdk(url)).toMatchObject({ status: 404, body: '' });
  });

  it('a fault has the texts that RequestError shows', async () => {
    const { status, body } = await sdk('-X', 'POST', ...xml('<vm><name>x</name></vm>'), `${base}/vms`);
    expect([status, text(body, 'fault/reason'), text(body, 'fault/detail')]).toEqual([
      400,
      'Incomplete parameters',
      'VM [cluster.id|name] required for add',
    ]);
  });

  it('disconnect(): a last GET without Prefer ends the session', async () => {
    const cookie = (await sdk('-c', '-', base)).body; // the jar as it is
    expect(cookie).toContain('JSESSIONID');
    const value = /JSESSIONID\t(\S+)/.exec(cookie)![1]!;
    const session = [...header('Cookie', `JSESSIONID=${value}`), ...header('Prefer', 'persistent-auth')];
    expect((await curl(...session, base)).status).toBe(200);
    expect((await curl('-u', at.login, ...header('Cookie', `JSESSIONID=${value}`), base)).status).toBe(200);
    expect((await curl(...session, base)).status).toBe(401);
  });
});
