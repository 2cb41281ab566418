import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlace, type Place } from './place.js';
import { all, client, hasCurl, header, text, xml, type Answer } from './curl.js';

/**
 * rbovirt, which Foreman stands on, request by request: `detail=` in Accept, paths that end in a slash, searches with
 * an escaped datacenter, types in capitals, and refusals whose brackets it strips (docs/reference/ovirt.md, sections 1,
 * 2, 4, 6, 7 and 9).
 */
describe.skipIf(!hasCurl)('rbovirt and Foreman', () => {
  let at: Place;
  let get: (path: string, ...args: string[]) => Promise<Answer>;
  beforeAll(async () => {
    at = await startPlace();
    const ruby = client('-u', at.login, ...header('Accept', 'application/xml'), ...header('Version', '3'));
    get = (path, ...args) => ruby(...args, `${at.gateway.url}/api${path}`);
  });
  afterAll(() => at?.close());
  const send = (method: string, path: string, document: string): Promise<Answer> =>
    get(path, '-X', method, ...xml(document));
  /** As OVIRT::Client does with what it shows. */
  const reported = ({ body }: Answer): string => text(body, 'fault/detail')!.replace(/^\[|\]$/g, '');

  it('looks at version and custom properties', async () => {
    const root = await get('/');
    expect(all(root.body, 'product_info/version')[0]?.attributes.get('minor')).toMatch(/^\d+$/);
    const capabilities = await get('/capabilities');
    expect(capabilities.status).toBe(200);
    expect(all(capabilities.body, 'capabilities/version').length).toBeGreaterThan(0);
  });

  it('finds its datacenter, and the clusters, templates and storage in it', async () => {
    const datacenters = await get('/datacenters?search=');
    const name = text(datacenters.body, 'data_centers/data_center/name')!;
    expect(datacenters.status).toBe(200);
    const inIt = encodeURIComponent(`datacenter="${name}"`);
    for (const [path, element] of [
      ['/clusters', 'clusters/cluster'],
      ['/vms', 'vms/vm'],
      ['/templates', 'templates/template'],
      ['/storagedomains', 'storage_domains/storage_domain'],
    ] as const) {
      const { status, body } = await get(`${path}?search=${inIt}`);
      expect([path, status, all(body, element).length > 0]).toEqual([path, 200, true]);
    }
    expect(
      all(
        (await get(`/vms?search=${encodeURIComponent(`name=rhel94-app01 datacenter="${name}" page 1`)}`)).body,
        'vms/vm/name',
      ).map((one) => one.text),
    ).toEqual(['rhel94-app01']);
    expect((await get(`/vms?search=${encodeURIComponent('datacenter="elsewhere"')}`)).body).not.toContain('<vm ');
  });

  it('asks for a VM with its disks, NICs and hosts inside', async () => {
    const list = await get('/vms?search=name%3Drhel94-app01');
    const id = all(list.body, 'vms/vm')[0]!.attributes.get('id')!;
    const { status, body } = await get(
      `/vms/${id}`,
      '-H',
      'Accept: application/xml; detail=disks; detail=nics; detail=hosts',
    );
    expect(status).toBe(200);
    expect([all(body, 'vm/disks/disk').length, all(body, 'vm/nics/nic').length]).toEqual([2, 1]);
    expect(all(body, 'vm/nics/nic/mac')[0]?.attributes.get('address')).toMatch(/^([0-9a-f]{2}:){5}/);
  });

  it('reads what Foreman offers for a new VM', async () => {
    const cluster = all((await get('/clusters/')).body, 'clusters/cluster')[0]!.attributes.get('id')!;
    expect(all((await get(`/clusters/${cluster}/networks`)).body, 'networks/network').length).toBeGreaterThan(0);
    for (const path of ['/operatingsystems', '/instancetypes', '/vnicprofiles'])
      expect([path, (await get(path)).status]).toEqual([path, 200]);
  });

  it('makes a VM of type Server, gives it a NIC and a disk, starts and destroys it', async () => {
    const added = await send(
      'POST',
      '/vms',
      `<vm><name>foreman-made</name><cluster><name>${at.name('Default Group')}</name></cluster><template><name>${at.name('RHEL 9.4')}</name></template><type>Server</type><memory>4294967296</memory></vm>`,
    );
    expect([201, 202]).toContain(added.status);
    const path = all(added.body, 'vm')[0]!.attributes.get('href')!.replace('/api', '');
    await at.gateway.settled();
    expect(
      (
        await send(
          'POST',
          `${path}/nics`,
          `<nic><name>eth7</name><network><name>${at.name('VLAN200')}</name></network></nic>`,
        )
      ).status,
    ).toBe(201);
    const disk = await send(
      'POST',
      `${path}/disks`,
      `<disk><storage_domains><storage_domain><name>${at.name('FlashSystem base')}</name></storage_domain></storage_domains><size>8589934592</size><type>data</type><bootable>false</bootable><interface>virtio</interface><format>cow</format><sparse>true</sparse></disk>`,
    );
    expect(disk.status).toBe(202);
    await at.gateway.settled();
    expect(text((await get(path)).body, 'vm/status/state')).toBe('down');
    expect((await send('POST', `${path}/start`, '<action><async>false</async></action>')).status).toBe(200);
    const running = await send('DELETE', path, '<action><force>false</force></action>');
    expect([running.status, reported(running)]).toEqual([409, 'Cannot remove VM. VM is running.']);
    expect((await send('POST', `${path}/shutdown`, '<action/>')).status).toBe(200);
    await expect.poll(async () => text((await get(path)).body, 'vm/status/state'), { timeout: 60_000 }).toBe('down');
    expect((await send('DELETE', path, '<action/>')).status).toBe(200);
  });

  it('recognizes a missing named object by the text', async () => {
    const missing = await send(
      'POST',
      '/vms',
      `<vm><name>x</name><cluster><name>nowhere</name></cluster><template><name>${at.name('RHEL 9.4')}</name></template></vm>`,
    );
    expect([missing.status, reported(missing)]).toEqual([404, 'Entity not found: Cluster: name=nowhere']);
  });
});
