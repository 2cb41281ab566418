import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startV4, textAt, type V4 } from './testbed.js';

/**
 * What clients set of a VM or NIC is read back, whether it has an effect or not: Ansible's modules compare
 * (docs/reference/v4-clients.md, section 2), go-ovirt-client refuses an answer that differs (section 4).
 */
const members: readonly (readonly [xml: string, path: string, value: string])[] = [
  ['<type>high_performance</type>', 'type', 'high_performance'],
  ['<bios><boot_menu><enabled>true</enabled></boot_menu></bios>', 'bios/boot_menu/enabled', 'true'],
  ['<bios><type>q35_ovmf</type></bios>', 'bios/type', 'q35_ovmf'],
  ['<soundcard_enabled>true</soundcard_enabled>', 'soundcard_enabled', 'true'],
  ['<io><threads>2</threads></io>', 'io/threads', '2'],
  ['<memory_policy><ballooning>true</ballooning></memory_policy>', 'memory_policy/ballooning', 'true'],
  ['<console><enabled>true</enabled></console>', 'console/enabled', 'true'],
  ['<usb><enabled>true</enabled></usb>', 'usb/enabled', 'true'],
  ['<cpu><mode>host_passthrough</mode></cpu>', 'cpu/mode', 'host_passthrough'],
  ['<cpu_shares>512</cpu_shares>', 'cpu_shares', '512'],
  ['<custom_emulated_machine>pseries</custom_emulated_machine>', 'custom_emulated_machine', 'pseries'],
  ['<use_latest_template_version>true</use_latest_template_version>', 'use_latest_template_version', 'true'],
  ['<time_zone><name>Europe/Berlin</name></time_zone>', 'time_zone/name', 'Europe/Berlin'],
  ['<serial_number><policy>custom</policy><value>17</value></serial_number>', 'serial_number/value', '17'],
  ['<numa_tune_mode>strict</numa_tune_mode>', 'numa_tune_mode', 'strict'],
  ['<storage_error_resume_behaviour>kill</storage_error_resume_behaviour>', 'storage_error_resume_behaviour', 'kill'],
  ['<virtio_scsi><enabled>true</enabled></virtio_scsi>', 'virtio_scsi/enabled', 'true'],
  ['<multi_queues_enabled>true</multi_queues_enabled>', 'multi_queues_enabled', 'true'],
  ['<tpm_enabled>true</tpm_enabled>', 'tpm_enabled', 'true'],
  ['<rng_device><source>urandom</source></rng_device>', 'rng_device/source', 'urandom'],
  ['<display><monitors>2</monitors></display>', 'display/monitors', '2'],
  ['<display><keyboard_layout>de</keyboard_layout></display>', 'display/keyboard_layout', 'de'],
  ['<display><smartcard_enabled>true</smartcard_enabled></display>', 'display/smartcard_enabled', 'true'],
  ['<os><boot><devices><device>network</device></devices></boot></os>', 'os/boot/devices/device', 'network'],
  ['<high_availability><priority>50</priority></high_availability>', 'high_availability/priority', '50'],
];

describe.each(['powervc', 'openstack'] as const)('on %s', (cloud) => {
  let v4: V4;
  let cluster: string;
  let vm: string;
  beforeAll(async () => {
    v4 = await startV4(cloud);
    cluster = idOf((await v4.send('GET', '/clusters')).text, 'cluster');
    vm = `/vms/${idOf((await v4.send('GET', '/vms?search=name%3Drhel94-app01')).text, 'vm')}`;
  });
  afterAll(() => v4?.close());

  it.each(members)('a change: %s', async (xml, path, value) => {
    const put = await v4.send('PUT', vm, `<vm>${xml}</vm>`);
    expect([put.status, textAt(put.xml(), path)]).toEqual([200, value]);
    expect(textAt((await v4.send('GET', vm)).xml(), path)).toBe(value);
  });

  it('a document that is sent back complete changes nothing', async () => {
    const { text } = await v4.send('GET', vm);
    v4.testbed.simulator.resetCalls();
    expect((await v4.send('PUT', vm, text)).text).toBe(text);
    expect(v4.testbed.simulator.calls.filter(({ method }) => !['GET', 'HEAD'].includes(method))).toEqual([]);
  });

  it('values that are back at their defaults leave no note', async () => {
    await v4.send('PUT', vm, '<vm><type>server</type><io><threads>0</threads></io></vm>');
    const { text } = await v4.send('GET', vm);
    expect(text).toContain('<type>server</type>');
    const server = v4.testbed.simulator.world.servers.get(vm.slice(5));
    const noted = Object.entries(server?.metadata ?? {}).filter(([key]) => key.startsWith('ovirt.settings'));
    expect(noted.map(([, value]) => value).join('')).not.toMatch(/"type"|"ioThreads"/);
  });

  it('a new VM is answered with all of it', async () => {
    const all = members.filter(([xml]) => !/^<(?:bios|display)>/.test(xml)).map(([xml]) => xml);
    const { status, xml } = await v4.send(
      'POST',
      '/vms',
      `<vm><name>kept</name><cluster id="${cluster}"/><template><name>RHEL 9.4</name></template>${all.join('')}</vm>`,
    );
    expect(status).toBe(202);
    for (const [member, path, value] of members) if (all.includes(member)) expect(textAt(xml(), path)).toBe(value);
  });

  it('the interface of a NIC', async () => {
    const profile = idOf((await v4.send('GET', '/vnicprofiles')).text, 'vnic_profile');
    const created = await v4.send(
      'POST',
      `${vm}/nics`,
      `<nic><name>kept</name><interface>virtio</interface><vnic_profile id="${profile}"/></nic>`,
    );
    expect([created.status, textAt(created.xml(), 'interface')]).toEqual([201, 'virtio']);
    const nic = `${vm}/nics/${idOf(created.text, 'nic')}`;
    for (const word of ['e1000', 'spapr_vlan', 'virtio'])
      expect(textAt((await v4.send('PUT', nic, `<nic><interface>${word}</interface></nic>`)).xml(), 'interface')).toBe(
        word,
      );
    await v4.send('PUT', nic, '<nic><plugged>false</plugged></nic>');
    expect(textAt((await v4.send('GET', nic)).xml(), 'interface')).toBe('virtio');
  });
});

/** The id of the first document of that element. */
const idOf = (text: string, element: string): string =>
  new RegExp(`<${element} [^>]*\\bid="([^"]+)"`).exec(text)?.[1] ?? '';
