import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOUDS, idOf, serveV4, startV4, textAt, type Served, type V4 } from './testbed.js';

/**
 * What clients set of a VM or NIC is read back, whether it has an effect or not: Ansible's modules compare
 * (docs/reference/v4-clients.md, section 2), go-ovirt-client refuses an answer that differs (section 4).
 */
const members: readonly (readonly [path: string, value: string])[] = [
  ['description', 'two words'],
  ['comment', 'of ours'],
  ['os/type', 'rhel_9x64'],
  ['type', 'high_performance'],
  ['bios/boot_menu/enabled', 'true'],
  ['bios/type', 'q35_ovmf'],
  ['soundcard_enabled', 'true'],
  ['io/threads', '2'],
  ['memory_policy/ballooning', 'true'],
  ['memory_policy/max', '17179869184'],
  ['console/enabled', 'true'],
  ['usb/enabled', 'true'],
  ['cpu/mode', 'host_passthrough'],
  ['cpu_shares', '512'],
  ['custom_emulated_machine', 'pseries'],
  ['use_latest_template_version', 'true'],
  ['time_zone/name', 'Europe/Berlin'],
  ['serial_number/policy', 'custom'],
  ['serial_number/value', '17'],
  ['numa_tune_mode', 'strict'],
  ['storage_error_resume_behaviour', 'kill'],
  ['virtio_scsi/enabled', 'true'],
  ['multi_queues_enabled', 'true'],
  ['virtio_scsi_multi_queues', '4'],
  ['tpm_enabled', 'true'],
  ['rng_device/source', 'urandom'],
  ['display/monitors', '2'],
  ['display/keyboard_layout', 'de'],
  ['display/smartcard_enabled', 'true'],
  ['display/copy_paste_enabled', 'true'],
  ['display/file_transfer_enabled', 'true'],
  ['display/disconnect_action', 'lock_screen'],
  ['migration_downtime', '300'],
  ['os/boot/devices/device', 'network'],
  ['placement_policy/affinity', 'pinned'],
  ['high_availability/enabled', 'true'],
  ['high_availability/priority', '50'],
  ['delete_protected', 'true'],
];

/** Some are shown only with all content (v4-wire.md, section 5). */
const WHOLE = { 'all-content': 'true' };

/** Those that version 3 has in the same place. */
const IN_BOTH: ReadonlySet<string> = new Set([
  'description',
  'comment',
  'memory_policy/guaranteed',
  'placement_policy/affinity',
  'high_availability/enabled',
  'high_availability/priority',
  'delete_protected',
]);

interface Tree {
  readonly text?: string;
  readonly children: Map<string, Tree>;
}

/** The elements at these paths, as one document. */
function documentOf(all: typeof members): string {
  const root: Tree = { children: new Map() };
  for (const [path, value] of all) {
    const names = path.split('/');
    let at = root;
    for (const [index, name] of names.entries()) {
      const next = at.children.get(name) ?? { children: new Map(), ...(index === names.length - 1 && { text: value }) };
      at.children.set(name, next);
      at = next;
    }
  }
  const written = ({ text, children }: Tree): string =>
    text ?? [...children].map(([name, child]) => `<${name}>${written(child)}</${name}>`).join('');
  return written(root);
}

describe.each(CLOUDS)('on %s', (cloud) => {
  let v4: Served;
  let cluster: string;
  let vm: string;
  let template: string;
  beforeAll(async () => {
    v4 = await serveV4(cloud);
    cluster = idOf((await v4.send('GET', '/clusters')).text, 'cluster');
    vm = `/vms/${idOf((await v4.send('GET', '/vms?search=name%3Drhel94-app01')).text, 'vm')}`;
    template = idOf((await v4.send('GET', '/templates?search=name%3DRHEL*')).text, 'template');
  });
  afterAll(() => v4?.close());

  it.each(members)('a change of %s', async (path, value) => {
    const put = await v4.send('PUT', vm, `<vm>${documentOf([[path, value]])}</vm>`);
    expect([put.status, textAt(put.xml(), path)]).toEqual([200, value]);
    expect(textAt((await v4.send('GET', vm, undefined, WHOLE)).xml(), path)).toBe(value);
  });

  it('a document that is sent back complete changes nothing', async () => {
    const { text } = await v4.send('GET', vm);
    expect((await v4.send('PUT', vm, text)).status).toBe(200);
    expect((await v4.send('GET', vm)).text).toBe(text);
  });

  it('a new VM is answered with all of it, and it is read back', async () => {
    const sent: typeof members = [...members, ['cpu/topology/cores', '2'], ['memory_policy/guaranteed', '1073741824']];
    const profile = idOf((await v4.send('GET', '/vnicprofiles')).text, 'vnic_profile');
    const { status, xml, text } = await v4.send(
      'POST',
      '/vms',
      `<vm><name>kept</name><cluster id="${cluster}"/><template id="${template}"/>${documentOf(sent)}
        <nics><nic><vnic_profile id="${profile}"/></nic></nics></vm>`,
      WHOLE,
    );
    expect(status, text).toBe(202);
    const shown = (of: ReturnType<typeof xml>) => sent.map(([path]) => [path, textAt(of, path)]);
    expect(shown(xml())).toEqual(sent);
    const path = `/vms/${idOf(text, 'vm')}`;
    expect(shown((await v4.send('GET', path, undefined, WHOLE)).xml())).toEqual(sent);
    const former = (await v4.send('GET', path, undefined, { version: '3' })).xml();
    const common = sent.filter(([name]) => IN_BOTH.has(name));
    expect(common.map(([name]) => [name, textAt(former, name)])).toEqual(common);
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
    if (cloud !== 'powervs') await v4.send('PUT', nic, '<nic><plugged>false</plugged></nic>');
    expect(textAt((await v4.send('GET', nic)).xml(), 'interface')).toBe('virtio');
  });
});

describe.each(['powervc', 'openstack'] as const)('calls and notes on %s', (cloud) => {
  let v4: V4;
  let vm: string;
  beforeAll(async () => {
    v4 = await startV4(cloud);
    vm = `/vms/${idOf((await v4.send('GET', '/vms?search=name%3Drhel94-app01')).text, 'vm')}`;
  });
  afterAll(() => v4?.close());

  it('a document that is sent back complete changes nothing', async () => {
    await v4.send('PUT', vm, `<vm>${documentOf(members)}</vm>`);
    const { text } = await v4.send('GET', vm);
    v4.testbed.simulator.resetCalls();
    expect((await v4.send('PUT', vm, text)).status).toBe(200);
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
});
