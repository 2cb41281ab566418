import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  aDisk,
  aVm,
  createWorld,
  DISK_ID,
  DOMAIN_ID,
  type Gateway,
  NEW_DISK_ID,
  startFake,
  VM_ID,
} from './ovirt-fake.js';

const VM = `/api/vms/${VM_ID}`;

const DISKS = `${VM}/disks`;

let gateway: Gateway;

beforeEach(async () => {
  gateway = await startFake();
});

afterEach(() => gateway.close());

describe('creation', () => {
  const DISK =
    '<disk><provisioned_size>8589934592</provisioned_size><interface>virtio</interface><format>cow</format><bootable>true</bootable></disk>';

  it('that continues is answered 202 with the URL of its progress', async () => {
    const { status, text, headers } = await gateway.send('POST', DISKS, DISK);
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`${DISKS}/${NEW_DISK_ID}`);
    expect(text).toMatch(/<creation_status>\s*<state>pending<\/state>\s*<\/creation_status>/);
    const href = /<link href="([^"]*)" rel="creation_status"\/>/.exec(text)?.[1] ?? '';
    expect(href).toMatch(new RegExp(`^${DISKS}/${NEW_DISK_ID}/creation_status/[0-9a-f-]{36}$`));
    await expect
      .poll(async () => (await gateway.send('GET', href)).text)
      .toMatch(/<creation href="[^"]*" id="[^"]*">\s*<status>\s*<state>complete<\/state>/);
    expect((await gateway.send('GET', href.replace(NEW_DISK_ID, DOMAIN_ID))).status).toBe(404);
  });

  it('is a 201 when the client waits', async () => {
    const { status, text } = await gateway.send('POST', DISKS, DISK, { 'x-ovirt-expect': '201-created' });
    expect(status).toBe(201);
    expect(text).not.toContain('creation_status');
    expect(text).toMatch(/<status>\s*<state>ok<\/state>/);
  });

  it('of a floating disk is a 200', async () => {
    gateway.world.disks = [{ ...aDisk, vmIds: [] }];
    const { status, text } = await gateway.send('POST', DISKS, `<disk id="${DISK_ID}"/>`);
    expect(status).toBe(200);
    expect(text).toContain('<active>true</active>');
  });

  it.each([
    ['/api/vms', '<vm/>', 'VM [cluster.id|name] required for add'],
    ['/api/vms', '<vm><cluster><name>Default</name></cluster></vm>', 'VM [name] required for add'],
    [
      '/api/vms',
      '<vm><name>a</name><cluster><name>Default</name></cluster></vm>',
      'VM [template.id|name] required for add',
    ],
    [`${VM}/nics`, '<nic/>', 'NIC [name] required for add'],
    [DISKS, '<disk><format>raw</format></disk>', 'Disk [provisionedSize|size] required for add'],
    [`${VM}/snapshots`, '<snapshot/>', 'Snapshot [description] required for add'],
    [
      `${VM}/pmemvolumes`,
      '<pmem_volumes><pmem_volume><name>a</name></pmem_volume></pmem_volumes>',
      'PmemVolume [size] required for add',
    ],
  ])('POST %s %s: %s', async (path, body, detail) => {
    const { status, text } = await gateway.send('POST', path, body);
    expect(status).toBe(400);
    expect(text).toContain('<reason>Incomplete parameters</reason>');
    expect(text).toContain(`<detail>${detail}</detail>`);
  });

  it('reports a broken reference in a body', async () => {
    const { status, text } = await gateway.send(
      'POST',
      DISKS,
      '<disk><size>1</size><storage_domains><storage_domain><name>x</name></storage_domain></storage_domains></disk>',
    );
    expect(status).toBe(404);
    expect(text).toContain('<detail>Entity not found: StorageDomain: name=x</detail>');
  });
});

describe('content that has no effect', () => {
  const ODD = `<disk><alias>a</alias><provisioned_size>1</provisioned_size><format>cow</format><foo><bar>1</bar></foo></disk>`;

  it('is reported in a header', async () => {
    const { status, headers } = await gateway.send('POST', `${DISKS};zzz=1`, ODD);
    expect(status).toBe(202);
    expect(headers.get('x-ovirt-ignored')?.split(', ')).toEqual(
      expect.arrayContaining(['?zzz', 'disk.foo', 'disk.format']),
    );
  });

  it('is refused in strict mode, before anything is done', async () => {
    const { status, text } = await gateway.send('POST', DISKS, ODD, { prefer: 'handling=strict' });
    expect(status).toBe(400);
    expect(text).toContain('disk.foo');
    expect(gateway.world.calls).toEqual([]);
    const strict = await startFake({ strict: true });
    expect((await strict.send('POST', DISKS, ODD)).status).toBe(400);
    await strict.close();
  });

  it('a document that is sent back complete changes nothing and is not reported', async () => {
    for (const path of [VM, `${DISKS}/${DISK_ID}`]) {
      const before = await gateway.send('GET', path);
      gateway.world.calls.length = 0;
      const { status, headers, text } = await gateway.send('PUT', path, before.text);
      expect(status).toBe(200);
      expect(headers.get('x-ovirt-ignored'), path).toBeNull();
      expect(text).toBe(before.text);
      expect(gateway.world.notes).toEqual([]);
      expect(gateway.world.calls.filter((call) => !/get$|list$/.test(call))).toEqual([]);
    }
  });

  it('another id is refused', async () => {
    const { status, text } = await gateway.send('PUT', VM, `<vm id="${DISK_ID}"><name>x</name></vm>`);
    expect(status).toBe(409);
    expect(text).toContain('<reason>Broken immutability constraint</reason>');
    expect(text).toContain('Attempt to set immutable field: id');
  });
});

describe('actions', () => {
  it('answer their document; an empty body and JSON will do', async () => {
    const xml = await gateway.send('POST', `${VM}/start`, '<action/>');
    expect(xml.status).toBe(200);
    expect(xml.text).toMatch(
      /<action>\s*<job href="\/api\/jobs\/[0-9a-f-]+" id="[0-9a-f-]+"\/>\s*<status>\s*<state>complete<\/state>\s*<\/status>\s*<\/action>/,
    );
    gateway.world.vms = [aVm];
    expect((await gateway.send('POST', `${VM}/start`)).status).toBe(200);
    gateway.world.vms = [aVm];
    const json = await gateway.send('POST', `${VM}/start`, '{"async":"false"}', {
      'content-type': 'application/json',
      accept: 'application/json',
    });
    expect(JSON.parse(json.text)).toMatchObject({ async: 'false', status: { state: 'complete' } });
  });

  it('that fail have the fault inside the document', async () => {
    const { status, text } = await gateway.send('POST', `${VM}/reboot`, '<action/>');
    expect(status).toBe(409);
    expect(text).toMatch(
      /<action>\s*<status>\s*<state>failed<\/state>\s*<\/status>\s*<fault>\s*<reason>Operation Failed<\/reason>\s*<detail>\[Cannot restart VM because the VM is in Down status\.\]<\/detail>/,
    );
    expect((await gateway.send('POST', `/api/vms/${DISK_ID}/stop`, '<action/>')).text).toBe('');
  });

  it('in the background are answered 202, and their progress can be read', async () => {
    gateway.world.vms = [{ ...aVm, status: 'up', powerState: 'running' }];
    const { status, text } = await gateway.send('POST', `${VM}/suspend`, '<action/>');
    expect(status).toBe(202);
    const href = /<action href="([^"]*)"/.exec(text)?.[1] ?? '';
    expect(text).toContain('<async>true</async>');
    expect(text).toContain(`<link href="${VM}" rel="parent"/>`);
    expect(text).toContain(`<link href="${VM}/suspend" rel="replay"/>`);
    gateway.world.vms = [{ ...aVm, status: 'saving_state' }];
    expect((await gateway.send('GET', href)).text).toContain('<state>in_progress</state>');
    gateway.world.vms = [{ ...aVm, status: 'suspended' }];
    expect((await gateway.send('GET', href)).text).toContain('<state>complete</state>');
  });

  it('move needs to know where, and finds it by name', async () => {
    expect((await gateway.send('POST', `${DISKS}/${DISK_ID}/move`, '<action/>')).text).toContain(
      'Action [storageDomain.id|name] required for move',
    );
    expect(
      (
        await gateway.send(
          'POST',
          `${DISKS}/${DISK_ID}/move`,
          '<action><storage_domain><name>gold</name></storage_domain></action>',
        )
      ).status,
    ).toBe(202);
    expect(gateway.world.disks[0]?.storageDomain?.id).toBe(DOMAIN_ID);
  });

  it('report what they do not read', async () => {
    const { headers } = await gateway.send(
      'POST',
      `${VM}/start`,
      '<action><pause>false</pause><fix_layout>true</fix_layout><nonsense/></action>',
    );
    expect(headers.get('x-ovirt-ignored')).toBe('action.nonsense, action.fix_layout');
  });

  it('that a backend cannot do are refused with the reason', async () => {
    const { status, text } = await gateway.send('POST', `${VM}/freezefilesystems`, '<action/>');
    expect(status).toBe(409);
    expect(text).toContain(
      '[Cannot freeze file systems of VM. The action freezefilesystems is not supported by PowerVC: there is no guest agent]',
    );
    const poor = createWorld();
    poor.capabilities = { 'vm.suspend': 'PowerVM partitions are not suspended' };
    const other = await startFake({}, poor);
    expect((await other.send('POST', `${VM}/suspend`, '<action/>')).text).toContain(
      '[Cannot suspend VM. The action suspend is not supported by PowerVC: PowerVM partitions are not suspended]',
    );
    await other.close();
  });
});

describe('removal', () => {
  it('answers an action document, or nothing', async () => {
    const { status, text } = await gateway.send('DELETE', `${DISKS}/${DISK_ID}`);
    expect(status).toBe(200);
    expect(text).toMatch(/<action>[\s\S]*<status>\s*<state>complete<\/state>/);
    expect(gateway.world.disks).toEqual([]);
    gateway.world.disks = [aDisk];
    expect(await gateway.send('DELETE', `${DISKS}/${DISK_ID}`, undefined, { prefer: 'return=minimal' })).toMatchObject({
      status: 204,
      text: '',
    });
    const terse = await startFake({ deleteStatus: 204 });
    expect((await terse.send('DELETE', `${DISKS}/${DISK_ID}`)).status).toBe(204);
    await terse.close();
  });

  it.each([
    ['<action><detach>true</detach></action>', 'application/xml', ''],
    ['{"detach":"true"}', 'application/json', ''],
    [undefined, 'application/xml', ';detach=true'],
    [undefined, 'application/xml', '?detach=true'],
  ])('with %s of %s %s detaches', async (body, type, parameter) => {
    const { status } = await gateway.send('DELETE', `${DISKS}/${DISK_ID}${parameter}`, body, { 'content-type': type });
    expect(status).toBe(200);
    expect(gateway.world.disks).toMatchObject([{ id: DISK_ID, vmIds: [] }]);
  });

  it('in the background is a 202', async () => {
    const { status, text } = await gateway.send('DELETE', `${DISKS}/${DISK_ID};async=true`);
    expect(status).toBe(202);
    expect(text).toContain('<state>pending</state>');
    await expect.poll(() => gateway.world.disks).toEqual([]);
  });
});
