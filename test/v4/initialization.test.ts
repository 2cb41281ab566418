import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainInventory } from '../../src/simulator/index.js';
import { startV4, textAt, type Answer, type V4 } from './testbed.js';

/**
 * Clients give a guest's initialization with POST /vms, and the same again when they start the VM (Ansible with
 * cloud_init_persist, scripts of the Python SDK) or change it: docs/reference/v4-wire.md, section 8. A cloud hands it
 * over once, at the deployment.
 */
const given =
  '<initialization><host_name>web</host_name><user_name>root</user_name><root_password>one</root_password>' +
  '<nic_configurations><nic_configuration><name>eth0</name><boot_protocol>dhcp</boot_protocol></nic_configuration></nic_configurations></initialization>';
const sameAgain =
  '<initialization><root_password>******</root_password><user_name>root</user_name>' +
  '<nic_configurations><nic_configuration><boot_protocol>dhcp</boot_protocol><name>eth0</name></nic_configuration></nic_configurations><host_name>web</host_name></initialization>';
const other = '<initialization><host_name>db</host_name></initialization>';

/** The first that is not Blank. */
async function templateOf(v4: V4): Promise<string> {
  const [, id] = [...(await v4.send('GET', '/templates')).text.matchAll(/<template [^>]*\bid="([^"]+)"/g)].map(
    ([, found = '']) => found,
  );
  return `<template id="${id}"/>`;
}

describe.each(['powervc', 'openstack'] as const)('initialization on %s', (cloud) => {
  let v4: V4;
  let vm: string;
  beforeAll(async () => {
    v4 = await startV4(cloud, [], cloud === 'openstack' ? { inventory: plainInventory } : {});
    const cluster = /<cluster [^>]*\bid="([^"]+)"/.exec((await v4.send('GET', '/clusters')).text)?.[1];
    const created = await v4.send(
      'POST',
      '/vms',
      `<vm><name>web</name><cluster id="${cluster}"/>${await templateOf(v4)}${given}</vm>`,
    );
    vm = `/vms/${/<vm [^>]*\bid="([^"]+)"/.exec(created.text)?.[1]}`;
    await v4.testbed.gateways[0]?.settled();
  });
  afterAll(() => v4?.close());

  const start = async (inner: string): Promise<Answer> => {
    const answer = await v4.send('POST', `${vm}/start`, `<action>${inner}</action>`);
    if (answer.status === 200) await v4.send('POST', `${vm}/stop`, '<action><async>false</async></action>');
    await v4.testbed.gateways[0]?.settled();
    return answer;
  };

  it.each([
    ['what it was made with', '<use_cloud_init>true</use_cloud_init>'],
    ['the same once more', `<use_cloud_init>true</use_cloud_init><vm>${sameAgain}</vm>`],
  ])('a start with %s is a start', async (_, inner) => {
    expect((await start(inner)).status).toBe(200);
  });

  it('a start with another is refused by name', async () => {
    const answer = await start(`<use_cloud_init>true</use_cloud_init><vm>${other}</vm>`);
    expect(answer.status).toBe(409);
    expect(textAt(answer.xml(), 'fault/detail')).toContain('when it deploys a VM, not at a later start');
  });

  it('so it is with a change', async () => {
    expect((await v4.send('PUT', vm, `<vm>${sameAgain}</vm>`)).status).toBe(200);
    expect((await v4.send('PUT', vm, `<vm>${other}</vm>`)).status).toBe(409);
  });

  it('is read back without the password, in lists, in JSON and in version 3, and may be sent back', async () => {
    const shown =
      '<initialization><host_name>web</host_name>' +
      '<nic_configurations><nic_configuration><boot_protocol>dhcp</boot_protocol><name>eth0</name></nic_configuration></nic_configurations>' +
      '<root_password>******</root_password><user_name>root</user_name></initialization>';
    const flat = (text: string): string => text.replaceAll(/>\s+</g, '><');
    expect(flat((await v4.send('GET', vm)).text)).toContain(shown);
    expect(flat((await v4.send('GET', '/vms?search=name%3Dweb')).text)).toContain(shown);
    const json = JSON.parse((await v4.send('GET', vm, undefined, { accept: 'application/json' })).text) as object;
    expect(json).toMatchObject({ initialization: { host_name: 'web', user_name: 'root', root_password: '******' } });
    expect((await v4.send('GET', vm, undefined, { version: '3' })).text).toContain('<host_name>web</host_name>');
    expect((await v4.send('PUT', vm, `<vm>${shown}</vm>`)).status).toBe(200);
  });

  it('stars are no password: who sends them with another VM is told so', async () => {
    const cluster = /<cluster [^>]*\bid="([^"]+)"/.exec((await v4.send('GET', '/clusters')).text)?.[1];
    const made = await v4.send(
      'POST',
      '/vms',
      `<vm><name>copy</name><cluster id="${cluster}"/>${await templateOf(v4)}${sameAgain}</vm>`,
    );
    await v4.testbed.gateways[0]?.settled();
    expect([made.status, made.headers.get('x-ovirt-ignored')]).toEqual([202, 'vm.initialization.root_password']);
    const id = /<vm [^>]*\bid="([^"]+)"/.exec(made.text)?.[1] ?? '';
    const handed = Buffer.from(v4.testbed.simulator.world.servers.get(id)?.user_data ?? '', 'base64').toString('utf8');
    expect(handed).toContain('hostname: web');
    expect(handed).not.toMatch(/password|chpasswd/);
  });

  it('what is noted of it holds no secret', () => {
    const server = v4.testbed.simulator.world.servers.get(vm.slice(5));
    expect(server?.metadata?.['ovirt.setup']).toMatch(/^[\w-]{22}$/);
    expect(JSON.stringify(server?.metadata)).not.toContain('one');
  });
});

describe('an initialization that is not read back', () => {
  let v4: V4;
  beforeAll(async () => {
    v4 = await startV4('openstack', [], { inventory: plainInventory });
  });
  afterAll(() => v4?.close());

  async function add(inner: string): Promise<{ readonly ignored: string; readonly vm: string }> {
    const cluster = /<cluster [^>]*\bid="([^"]+)"/.exec((await v4.send('GET', '/clusters')).text)?.[1];
    const made = await v4.send(
      'POST',
      '/vms',
      `<vm><name>n${randomUUID()}</name><cluster id="${cluster}"/>${await templateOf(v4)}<initialization><host_name>db</host_name>${inner}</initialization></vm>`,
    );
    expect(made.status).toBe(202);
    return { ignored: made.headers.get('x-ovirt-ignored') ?? '', vm: made.text };
  }
  const script = (line: string): string => `<custom_script>#cloud-config\n# ${line}\nruncmd: [ls]</custom_script>`;

  it('a script that may hold a secret is left out, and this is reported', async () => {
    const { ignored, vm } = await add(script('chpasswd'));
    expect(ignored).toBe('vm.initialization.custom_script');
    expect(vm).toContain('<host_name>db</host_name>');
    expect(vm).not.toContain('custom_script');
  });

  it('a script that fits is read back', async () => {
    const { ignored, vm } = await add(script('short'));
    expect(ignored).toBe('');
    expect(vm).toContain('runcmd: [ls]');
  });

  it('what is too long is left out: the script before the rest', async () => {
    const { ignored, vm } = await add(script(randomBytes(2000).toString('hex')));
    expect(ignored).toBe('vm.initialization.custom_script');
    expect(vm).toContain('<host_name>db</host_name>');
    const keys = await add(
      `<authorized_ssh_keys>ssh-rsa ${randomBytes(2000).toString('base64')}</authorized_ssh_keys>`,
    );
    expect(keys.ignored).toContain('vm.initialization');
    expect(keys.vm).not.toContain('<host_name>db</host_name>');
  });
});

/**
 * What Ansible, Terraform and Foreman do: POST /vms without, and all of it with the first start (v4-wire.md, section
 * 7).
 */
describe.each(['powervc', 'openstack'] as const)('initialization at the first start on %s', (cloud) => {
  let v4: V4;
  let vm: string;
  beforeAll(async () => {
    v4 = await startV4(cloud, [], cloud === 'openstack' ? { inventory: plainInventory } : {});
    // Images of the simulated OpenStack are captures unless they are ISO images: these have bytes of their own
    for (const image of v4.testbed.simulator.world.images.values()) if (cloud === 'openstack') image.volumes = [];
    const cluster = /<cluster [^>]*\bid="([^"]+)"/.exec((await v4.send('GET', '/clusters')).text)?.[1];
    const created = await v4.send(
      'POST',
      '/vms',
      `<vm><name>fresh</name><cluster id="${cluster}"/>${await templateOf(v4)}</vm>`,
    );
    vm = `/vms/${/<vm [^>]*\bid="([^"]+)"/.exec(created.text)?.[1]}`;
    await v4.testbed.gateways[0]?.settled();
  });
  afterAll(() => v4?.close());

  const first = `<action><use_cloud_init>true</use_cloud_init><vm>${given}</vm></action>`;
  const server = () => v4.testbed.simulator.world.servers.get(vm.slice(5));
  const handed = (): string => Buffer.from(server()?.user_data ?? '', 'base64').toString('utf8');

  if (cloud === 'powervc') {
    it('is refused by name: a partition is not deployed anew', async () => {
      const answer = await v4.send('POST', `${vm}/start`, first);
      expect([answer.status, textAt(answer.xml(), 'fault/detail')]).toEqual([
        409,
        expect.stringContaining('when it deploys a VM, not at a later start'),
      ]);
      expect(textAt((await v4.send('GET', vm)).xml(), 'status')).toBe('down');
    });
    return;
  }

  it('is handed over, and the VM starts with it', async () => {
    const answer = await v4.send('POST', `${vm}/start`, first);
    expect(answer.status).toBe(200);
    await v4.testbed.gateways[0]?.settled();
    expect(textAt((await v4.send('GET', vm)).xml(), 'status')).toBe('up');
    expect(handed()).toMatch(/^#cloud-config\n/);
    expect(handed()).toContain('hostname: web');
    expect(Object.keys(server()?.metadata ?? {})).not.toContain('ovirt.task');
    expect(server()?.metadata?.['ovirt.setup']).toMatch(/^[\w-]{22}$/);
  });

  it('may be sent again with another start, and is refused if it differs', async () => {
    await v4.send('POST', `${vm}/stop`, '<action><async>false</async></action>');
    await v4.testbed.gateways[0]?.settled();
    const before = handed();
    const another = await v4.send('POST', `${vm}/start`, `<action><vm>${other}</vm></action>`);
    expect([another.status, textAt(another.xml(), 'fault/detail')]).toEqual([
      409,
      expect.stringContaining('when it deploys a VM, not at a later start'),
    ]);
    expect((await v4.send('POST', `${vm}/start`, first)).status).toBe(200);
    await v4.testbed.gateways[0]?.settled();
    expect(handed()).toBe(before);
  });
});

it('of a VM of a capture, which Nova cannot write anew, is refused by name', async () => {
  const v4 = await startV4('openstack', [], { inventory: plainInventory });
  const cluster = /<cluster [^>]*\bid="([^"]+)"/.exec((await v4.send('GET', '/clusters')).text)?.[1];
  const created = await v4.send(
    'POST',
    '/vms',
    `<vm><name>copy</name><cluster id="${cluster}"/>${await templateOf(v4)}</vm>`,
  );
  await v4.testbed.gateways[0]?.settled();
  const id = created.xml().attributes.get('id');
  const answer = await v4.send('POST', `/vms/${id}/start`, `<action><vm>${other}</vm></action>`);
  await v4.close();
  expect([answer.status, textAt(answer.xml(), 'fault/detail')]).toEqual([
    409,
    expect.stringContaining('the template of the VM is a capture'),
  ]);
});
