import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlace, type Place } from './place.js';
import { all, client, hasCurl, header, linkTo, text, xml, type Answer } from './curl.js';

/** Small readers and writers of inventory, request by request (docs/reference/ovirt.md, sections 1, 6, 7 and 9). */
describe.skipIf(!hasCurl)('inventory scripts', () => {
  let at: Place;
  let url: string;
  let ask: (...args: string[]) => Promise<Answer>;
  beforeAll(async () => {
    at = await startPlace();
    url = at.gateway.url;
    ask = client('-u', at.login);
  });
  afterAll(() => at?.close());

  it('virt-who: which guests run on which hypervisor', async () => {
    const root = await ask(`${url}/ovirt-engine/api/v4`);
    expect(text(root.body, 'api/product_info/version/major')).toBe('4');
    const clusters = new Set(
      all((await ask(`${url}/ovirt-engine/api/v4/clusters`)).body, 'clusters/cluster').map((cluster) =>
        cluster.attributes.get('id'),
      ),
    );
    const hosts = all((await ask(`${url}/ovirt-engine/api/v4/hosts`)).body, 'hosts/host');
    for (const host of hosts) {
      expect(clusters).toContain(all(host, 'host/cluster')[0]?.attributes.get('id'));
      expect(Number(text(host, 'host/cpu/topology/sockets'))).toBeGreaterThan(0);
    }
    const ids = new Set(hosts.map((host) => host.attributes.get('id')));
    const guests = all((await ask(`${url}/ovirt-engine/api/v4/vms`)).body, 'vms/vm');
    expect(guests).toHaveLength(5);
    for (const guest of guests.filter((vm) => text(vm, 'vm/status') === 'up'))
      expect(ids).toContain(all(guest, 'vm/host')[0]?.attributes.get('id'));
  });

  it('rhevm-utils: page after page until one is empty, and a VM put under a tag', async () => {
    let seen = 0;
    for (let page = 1; page < 10; page++) {
      const found = all((await ask(`${url}/api/vms;max=2?search=page+${page}`)).body, 'vms/vm').length;
      if (found === 0) break;
      seen += found;
    }
    expect(seen).toBe(5);
    const tag = await ask('-X', 'POST', ...xml('<tag><name>elas_manage</name></tag>'), `${url}/api/tags`);
    expect(tag.status).toBe(201);
    const vm = all((await ask(`${url}/api/vms?search=name%3Daix73-db01`)).body, 'vms/vm')[0]!.attributes.get('href')!;
    expect((await ask('-X', 'POST', ...xml('<tag><name>elas_manage</name></tag>'), `${url}${vm}/tags`)).status).toBe(
      201,
    );
    expect(
      all((await ask(`${url}/api/vms?search=tag%3Delas_manage`)).body, 'vms/vm/name').map((name) => name.text),
    ).toEqual(['aix73-db01']);
    expect((await ask('-X', 'DELETE', url + all(tag.body, 'tag')[0]!.attributes.get('href')!)).status).toBe(200);
    const cluster = await ask(`${url}/api/vms?search=${encodeURIComponent(`cluster = "${at.name('Default Group')}"`)}`);
    expect(all(cluster.body, 'vms/vm')).toHaveLength(5);
  });

  it("faylau's suite: header-less /api, formats in capitals, and the texts that it compares", async () => {
    const post = (path: string, document: string): Promise<Answer> =>
      ask('-X', 'POST', ...xml(document), `${url}/api${path}`);
    const reported = async (path: string, document: string): Promise<unknown[]> => {
      const { status, body } = await post(path, document);
      return [status, text(body, 'fault/reason'), text(body, 'fault/detail')];
    };
    const href = all((await ask(`${url}/api/vms?search=name%3Dsles15-hana01`)).body, 'vms/vm')[0]!
      .attributes.get('href')!
      .replace('/api', '');
    expect(
      await reported(
        '/vms',
        `<vm><cluster><name>${at.name('Default Group')}</name></cluster><template><name>Blank</name></template></vm>`,
      ),
    ).toEqual([400, 'Incomplete parameters', 'VM [name] required for add']);
    expect(await reported('/vms', '<vm><name>classic</name><template><name>Blank</name></template></vm>')).toEqual([
      400,
      'Incomplete parameters',
      'VM [cluster.id|name] required for add',
    ]);
    expect(await reported(`${href}/nics`, '<nic/>')).toEqual([
      400,
      'Incomplete parameters',
      'NIC [name] required for add',
    ]);
    expect(await reported(`${href}/disks`, '<disk><format>COW</format></disk>')).toEqual([
      400,
      'Incomplete parameters',
      'Disk [provisionedSize|size] required for add',
    ]);
    expect(
      await reported(
        '/vms',
        `<vm><name>aix73-db01</name><cluster><name>${at.name('Default Group')}</name></cluster><template><name>${at.name('RHEL 9.4')}</name></template></vm>`,
      ),
    ).toEqual([
      400,
      'Operation Failed',
      '[Cannot add VM. The VM name is already in use, please choose a unique name and try again.]',
    ]);
    const disk = await post(
      `${href}/disks`,
      '<disk><provisioned_size>1073741824</provisioned_size><interface>virtio</interface><format>COW</format></disk>',
    );
    expect(disk.status).toBe(202);
    const creation = linkTo(disk.body, 'creation_status');
    await at.gateway.settled();
    expect(text((await ask(url + creation)).body, 'creation/status/state')).toBe('complete');
    const removed = await ask('-X', 'DELETE', url + all(disk.body, 'disk')[0]!.attributes.get('href')!);
    expect([removed.status, text(removed.body, 'action/status/state')]).toEqual([200, 'complete']);
  });

  it('a script that speaks JSON', async () => {
    const json = header('Accept', 'application/json');
    const { vm } = JSON.parse((await ask(...json, `${url}/api/vms?search=name%3Drhel94-app01`)).body) as {
      vm: { id: string; memory: number; cpu: { topology: { sockets: string } }; status: { state: string } }[];
    };
    expect(vm).toMatchObject([{ memory: 8589934592, cpu: { topology: { sockets: '2' } }, status: { state: 'up' } }]);
    expect(JSON.parse((await ask(...json, `${url}/api/vms?search=name%3Dnobody`)).body)).toEqual({});
    const refused = await ask(
      '-X',
      'POST',
      ...json,
      ...header('Content-Type', 'application/json'),
      '-d',
      '{}',
      `${url}/api/vms/${vm[0]!.id}/start`,
    );
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([
      409,
      {
        status: { state: 'failed' },
        fault: { reason: 'Operation Failed', detail: '[Cannot run VM because the VM is in Up status.]' },
      },
    ]);
  });
});
