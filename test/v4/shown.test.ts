import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { XmlElement } from '../../src/codec/index.js';
import { CLOUDS, serveV4, textAt, type Served } from './testbed.js';

/** What documents have at times only: of VMs that run, and with all content. */

const part = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);
const names = (element: XmlElement): string[] => element.children.map(({ name }) => name);

/** Of VMs that run alone (45:T/VmMapper: dynamic data; so it is in all real answers, docs/reference/v4-wire.md). */
const RUNNING = ['host', 'start_time', 'run_once', 'guest_operating_system'];

/** docs/reference/v4-wire.md, section 5: All-Content. */
const DEVICES = ['console', 'virtio_scsi', 'soundcard_enabled', 'tpm_enabled'];
const SETTINGS =
  '<vm><soundcard_enabled>true</soundcard_enabled><rng_device><source>urandom</source></rng_device></vm>';

describe.each(CLOUDS)('on %s', (cloud) => {
  let v4: Served;
  const list = async (path: string): Promise<readonly XmlElement[]> => (await v4.send('GET', path)).xml().children;
  const get = async (path: string, headers = {}): Promise<XmlElement> =>
    (await v4.send('GET', path, undefined, headers)).xml();
  const withStatus = async (status: string): Promise<string> => {
    const [vm] = (await list('/vms')).filter((one) => textAt(one, 'status') === status);
    return `/vms/${vm?.attributes.get('id')}`;
  };
  beforeAll(async () => {
    v4 = await serveV4(cloud);
  });
  afterAll(() => v4?.close());

  it('a VM that is down has no host and no time of its start, alone, in lists, searched, in JSON', async () => {
    const down = await withStatus('down');
    const up = await withStatus('up');
    expect(names(await get(down)).filter((name) => RUNNING.includes(name))).toEqual([]);
    expect(names(await get(up))).toEqual(expect.arrayContaining(['host', 'run_once']));
    for (const path of ['/vms', '/vms?search=name%3D*&follow=nics', '/vms?all_content=true'])
      for (const vm of await list(path)) {
        const shown = names(vm).filter((name) => RUNNING.includes(name));
        if (textAt(vm, 'status') === 'down') expect([path, shown]).toEqual([path, []]);
        if (textAt(vm, 'status') === 'up') expect(shown, path).toContain('host');
      }
    const json = JSON.parse((await v4.send('GET', down, undefined, { accept: 'application/json' })).text) as object;
    expect(Object.keys(json).filter((name) => RUNNING.includes(name))).toEqual([]);
    expect(part(await get(down), 'placement_policy')).toBeDefined();
  });

  it('gets them when it starts, and loses them when it stops', async () => {
    const path = await withStatus('down');
    const becomes = (status: string): Promise<XmlElement> =>
      vi.waitFor(
        async () => {
          const vm = await get(path);
          expect(textAt(vm, 'status')).toBe(status);
          return vm;
        },
        { timeout: 20_000, interval: 50 },
      );
    expect((await v4.send('POST', `${path}/start`, '<action/>')).status).toBe(200);
    expect(names(await becomes('up'))).toContain('host');
    expect((await v4.send('POST', `${path}/stop`, '<action/>')).status).toBe(200);
    expect(names(await becomes('down'))).not.toContain('host');
  });

  it('a host or a time that a client sends back is ignored', async () => {
    const path = await withStatus('up');
    const { text } = await v4.send('GET', path);
    const { status, headers } = await v4.send('PUT', path, text);
    expect([status, headers.get('x-ovirt-ignored')]).toEqual([200, null]);
  });

  it.each([
    ['?all_content=true', {}],
    ['?all_content', {}],
    [';all_content=true', {}],
    ['', { 'all-content': 'true' }],
    ['?all_content=true', { 'all-content': 'true' }],
  ])('devices are shown with all content alone: %s %j', async (query, headers) => {
    const vm = await withStatus('down');
    const [, template] = await list('/templates');
    for (const path of [vm, `/templates/${template?.attributes.get('id')}`]) {
      const bare = names(await get(path));
      expect(bare.filter((name) => [...DEVICES, 'rng_device'].includes(name))).toEqual([]);
      expect(names(await get(path + query, headers))).toEqual(expect.arrayContaining(DEVICES));
    }
    for (const collection of ['/vms', '/templates']) {
      for (const item of (await get(collection)).children)
        expect(names(item).filter((name) => DEVICES.includes(name))).toEqual([]);
      for (const item of (await get(collection + query, headers)).children)
        expect(names(item)).toEqual(expect.arrayContaining(DEVICES));
    }
    expect(textAt(await get(vm + query, headers), 'initialization/configuration/type')).toBe('ovf');
    expect(textAt(await get(vm), 'initialization/configuration/type')).toBeUndefined();
  });

  it('the answer to a change is whole, that to a new VM as it was asked for (performUpdate, populate)', async () => {
    const vm = await withStatus('down');
    const changed = await v4.send('PUT', vm, SETTINGS);
    expect([changed.status, textAt(changed.xml(), 'soundcard_enabled')]).toEqual([200, 'true']);
    expect(textAt(changed.xml(), 'rng_device/source')).toBe('urandom');
    expect(textAt(await get(`${vm}?all_content=true`), 'rng_device/source')).toBe('urandom');
    const [cluster] = await list('/clusters');
    const [, template] = await list('/templates');
    const [profile] = await list('/vnicprofiles');
    const nic = `<nics><nic><vnic_profile id="${profile?.attributes.get('id')}"/></nic></nics>`;
    const made = (name: string, query: string) =>
      v4.send(
        'POST',
        `/vms${query}`,
        `<vm><name>${name}</name><cluster id="${cluster?.attributes.get('id')}"/><template id="${template?.attributes.get('id')}"/>${nic}</vm>`,
      );
    expect(names((await made('bare', '')).xml())).not.toContain('console');
    const whole = await made('whole', '?all_content=true');
    expect(names(whole.xml()), whole.text).toContain('console');
  });

  it('snapshots have their configuration with all content alone', async () => {
    const vm = await withStatus('up');
    const taken = await v4.send('POST', `${vm}/snapshots`, '<snapshot><description>s</description></snapshot>');
    expect([201, 202]).toContain(taken.status);
    const [first] = await list(`${vm}/snapshots`);
    for (const path of [`${vm}/snapshots`, `${vm}/snapshots/${first?.attributes.get('id')}`])
      expect((await v4.send('GET', path)).text).not.toContain('<initialization>');
    const whole = (await get(`${vm}/snapshots?all_content=true`)).children;
    const configured = whole.map((snapshot) => textAt(snapshot, 'initialization/configuration/type'));
    expect(configured.filter((type) => type !== undefined && type !== 'ovf')).toEqual([]);
    expect(configured).toContain('ovf');
  });

  it('version 3 has them always', async () => {
    const vm = await withStatus('down');
    const former = (await v4.send('GET', vm, undefined, { version: '3' })).xml();
    expect(names(former)).toContain('host');
  });
});
