import { describe, expect, test } from 'vitest';
import { powerVsCapabilities, powerVsWords } from '../src/backends/powervs/index.js';
import { packageRoot } from '../src/settings/index.js';
import { powerVsIds as ids } from '../src/simulator/powervs/index.js';
import { readMatrix } from '../src/support/index.js';
import { simulator, gateway, reopen, send, VM, sent, usePowerVsGateway } from './powervs-client.js';

usePowerVsGateway();

describe('nothing is dropped in silence', () => {
  const vm = (more: string): string =>
    `<vm><name>n</name><cluster><name>s1022</name></cluster><template id="${ids.images.rhel}"/>${more}<nics><nic><network id="${ids.networks.vlan100}"/></nic></nics></vm>`;

  test.each([
    ['vm.usb', 'POST', '/vms', vm('<usb><enabled>true</enabled></usb>')],
    ['vm.stateless', 'PUT', VM, '<vm><stateless>true</stateless></vm>'],
    ['disk.sparse', 'PUT', `${VM}/disks/${ids.volumes.aixData}`, '<disk><sparse>true</sparse></disk>'],
  ])('%s is reported, and refused in strict mode', async (path, method, target, body) => {
    const answer = await send(method, target, body);
    expect(answer.status).toBeLessThan(300);
    expect(answer.ignored).toContain(path);
    await gateway.close();
    await reopen({ 'protocol.strict': 'true' });
    expect(await send(method, target, body.replace('<name>n</name>', '<name>m</name>'))).toMatchObject({
      status: 400,
      text: expect.stringContaining(path) as string,
    });
  });

  test('what says nothing new is not', async () => {
    const answer = await send(
      'PUT',
      `${VM}/disks/${ids.volumes.aixData}`,
      '<disk><interface>spapr_vscsi</interface><wipe_after_delete>false</wipe_after_delete><description></description></disk>',
    );
    expect(answer).toMatchObject({ status: 200, ignored: null });
  });

  test.each([
    [
      'vm.placement_policy.host',
      'POST',
      '/vms',
      vm(`<placement_policy><host id="${ids.instances.aix}"/></placement_policy>`),
    ],
    ['disk.active', 'POST', `${VM}/disks`, '<disk><provisioned_size>1</provisioned_size><active>false</active></disk>'],
    [
      'nic.plugged',
      'POST',
      `${VM}/nics`,
      '<nic><name>x</name><network><name>VLAN200</name></network><plugged>false</plugged></nic>',
    ],
    ['A NIC without a network', 'PUT', `${VM}/nics/${ids.interfaces.aix}`, '<nic><network id=""/></nic>'],
    ['This operation', 'POST', `${VM}/numanodes`, '<vm_numa_node><index>0</index><memory>1</memory></vm_numa_node>'],
    ['template.name', 'PUT', `/templates/${ids.images.rhel}`, '<template><name>x</name></template>'],
    ['nic.linked', 'PUT', `${VM}/nics/${ids.interfaces.aix}`, '<nic><linked>false</linked></nic>'],
    ['nic.mac', 'PUT', `${VM}/nics/${ids.interfaces.aix}`, '<nic><mac address="00:1a:4a:16:01:51"/></nic>'],
    ['nic.network', 'PUT', `${VM}/nics/${ids.interfaces.aix}`, '<nic><network><name>VLAN200</name></network></nic>'],
  ])('%s is refused by name', async (subject, method, path, body) => {
    simulator.resetCalls();
    expect(await send(method, path, body)).toMatchObject({
      status: 409,
      text: expect.stringContaining(`${subject} is not supported by Power Virtual Server`) as string,
    });
    expect(sent().filter((one) => one !== 'GET')).toEqual([]);
  });

  test('a description that is too long for a snapshot is cut, which is reported', async () => {
    const answer = await send(
      'POST',
      `${VM}/snapshots`,
      `<snapshot><description>${'x'.repeat(300)}</description></snapshot>`,
    );
    expect(answer).toMatchObject({ status: 202, ignored: 'snapshot.description' });
  });
});

describe('the support matrix', () => {
  const matrix = readMatrix(`${packageRoot}schemas`, [
    { name: 'powervs', words: powerVsWords, capabilities: powerVsCapabilities },
  ]);
  const on = (name: string) => matrix.operations.find((one) => one.name === name)!.on['powervs']!;

  test('has a sentence for each operation that is not about PowerVC only', () => {
    for (const {
      name,
      on: { powervs },
    } of matrix.operations) {
      expect(powervs?.how, name).toMatch(/^[^a-z].*[.!?]$/s);
      if (/\b(Nova|Cinder|Neutron|Glance)\b/.test(powervs!.how))
        expect(
          powervs!.support === 'refused' || powervs!.how.startsWith('As with PowerVC'),
          `${name}: ${powervs!.how}`,
        ).toBe(true);
    }
    expect([
      on('vms.disks.add').support,
      on('vms.nics.deactivate').support,
      on('vms.disks.deactivate').support,
      on('vms.logon').support,
    ]).toEqual(['translated', 'refused', 'refused', 'refused']);
  });

  test.each([
    ['vms.disks.deactivate', 'POST', `${VM}/disks/${ids.volumes.aixData}/deactivate`, '<action/>'],
    ['vms.nics.deactivate', 'POST', `${VM}/nics/${ids.interfaces.aix}/deactivate`, '<action/>'],
    [
      'vms.numanodes.add',
      'POST',
      `${VM}/numanodes`,
      '<vm_numa_node><index>0</index><memory>1</memory><cpu><cores><core index="0"/></cores></cpu></vm_numa_node>',
    ],
    ['vms.cdroms.add', 'POST', `${VM}/cdroms`, '<cdrom><file id="x.iso"/></cdrom>'],
    ['vms.suspend', 'POST', `${VM}/suspend`, '<action/>'],
    ['vms.migrate', 'POST', `${VM}/migrate`, '<action/>'],
    ['tags.add', 'POST', '/tags', '<tag><name>x</name></tag>'],
    ['hosts.deactivate', 'POST', '/hosts/{host}/deactivate', '<action/>'],
  ])('%s is refused as it says', async (name, method, path, body) => {
    expect(on(name).support).toBe('refused');
    const host = /hosts\/([0-9a-f-]{36})"/.exec((await send('GET', '/hosts')).text)![1]!;
    expect(await send(method, path.replace('{host}', host), body)).toMatchObject({
      status: 409,
      text: expect.stringContaining('not supported by Power Virtual Server') as string,
    });
  });

  test('a list of what the cloud does not support is empty, as it says', async () => {
    expect(on('vms.snapshots.nics.list')).toMatchObject({
      support: 'emulated',
      how: expect.stringMatching(/^Always empty: /) as string,
    });
    const { status, text } = await send('GET', `/vms/${ids.instances.rhel}/snapshots/${ids.snapshot}/nics`);
    expect(status).toBe(200);
    expect(text).toContain('<nics/>');
  });
});
