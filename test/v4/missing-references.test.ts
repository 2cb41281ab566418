import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XmlElement } from '../../src/codec/index.js';
import { plainInventory } from '../../src/simulator/index.js';
import { serveV4, textAt, type Served } from './testbed.js';

/**
 * docs/reference/v4-wire.md, section 4: what a body refers to by an id or a name that nothing has is a 404 with a fault,
 * a malformed id a 400 whose reason has a small f (45:J/resource/BaseBackendResource, ErrorMessageHelper).
 */
const NOTHING = '00000000-0000-4000-8000-00000000dead';
const BY_ID = ` id="${NOTHING}"/>`;
const by = (element: string): readonly (readonly [how: string, xml: string])[] => [
  [`id=${NOTHING}`, `<${element} id="${NOTHING}"/>`],
  ['name=nothing', `<${element}><name>nothing</name></${element}>`],
];
const every = (what: string, method: string, path: string, body: string, element: string) =>
  by(element).map(([how, xml]) => [what, method, path, body.replace('{}', xml), how] as const);

const VM = '/vms/{vm}';
const NEW_VM = '<vm><name>n</name><cluster id="{cluster}"/><template id="{template}"/>{}</vm>';
const NEW_DISK = '<disk><provisioned_size>1073741824</provisioned_size><format>raw</format>{}</disk>';

describe.each(['openstack', 'powervc'] as const)('references to nothing in bodies, on %s', (cloud) => {
  let v4: Served;
  const known = new Map<string, string>();
  const filled = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => known.get(name) ?? whole);
  const first = async (path: string, found: (one: XmlElement) => boolean = () => true): Promise<string> =>
    (await v4.send('GET', path)).xml().children.find(found)?.attributes.get('id') ?? '';
  beforeAll(async () => {
    v4 = await serveV4(cloud, cloud === 'openstack' ? { inventory: plainInventory } : {});
    known.set('vm', await first('/vms', (vm) => textAt(vm, 'status') === 'down'));
    known.set('up', await first('/vms', (vm) => textAt(vm, 'status') === 'up'));
    known.set('cluster', await first('/clusters'));
    known.set('template', await first('/templates', ({ attributes }) => !/^0{8}-/.test(attributes.get('id') ?? '')));
    known.set('disk', await first(filled(`${VM}/diskattachments`)));
    known.set('nic', await first(filled(`${VM}/nics`)));
  });
  afterAll(() => v4?.close());

  const cases = [
    ...every('Cluster', 'PUT', VM, '<vm>{}</vm>', 'cluster'),
    ...every('Template', 'PUT', VM, '<vm>{}</vm>', 'template'),
    ...every('Quota', 'PUT', VM, '<vm>{}</vm>', 'quota'),
    ...every('InstanceType', 'PUT', VM, '<vm>{}</vm>', 'instance_type'),
    ...every('Host', 'PUT', VM, '<vm><placement_policy><hosts>{}</hosts></placement_policy></vm>', 'host'),
    ...every('Cluster', 'POST', '/vms', '<vm><name>n</name>{}<template id="{template}"/></vm>', 'cluster'),
    ...every('Template', 'POST', '/vms', '<vm><name>n</name><cluster id="{cluster}"/>{}</vm>', 'template'),
    ...every('InstanceType', 'POST', '/vms', NEW_VM, 'instance_type'),
    ...every('Quota', 'POST', '/vms', NEW_VM, 'quota'),
    ...every(
      'VnicProfile',
      'POST',
      '/vms',
      NEW_VM.replace('{}', '<nics><nic><name>a</name>{}</nic></nics>'),
      'vnic_profile',
    ),
    ...every(
      'Host',
      'POST',
      '/vms',
      NEW_VM.replace('{}', '<placement_policy><hosts>{}</hosts></placement_policy>'),
      'host',
    ),
    ...every('VnicProfile', 'POST', `${VM}/nics`, '<nic><name>a</name>{}</nic>', 'vnic_profile'),
    ...every('VnicProfile', 'PUT', `${VM}/nics/{nic}`, '<nic>{}</nic>', 'vnic_profile'),
    ...every(
      'StorageDomain',
      'POST',
      '/disks',
      NEW_DISK.replace('{}', '<storage_domains>{}</storage_domains>'),
      'storage_domain',
    ),
    ...every('DiskProfile', 'POST', '/disks', NEW_DISK, 'disk_profile'),
    ...every('Quota', 'POST', '/disks', NEW_DISK, 'quota'),
    ...every(
      'StorageDomain',
      'PUT',
      '/disks/{disk}',
      '<disk><storage_domains>{}</storage_domains></disk>',
      'storage_domain',
    ),
    ...every('DiskProfile', 'PUT', '/disks/{disk}', '<disk>{}</disk>', 'disk_profile'),
    ...every('Quota', 'PUT', '/disks/{disk}', '<disk>{}</disk>', 'quota'),
    ...every(
      'Quota',
      'PUT',
      `${VM}/diskattachments/{disk}`,
      '<disk_attachment><disk>{}</disk></disk_attachment>',
      'quota',
    ),
    ...every('VM', 'POST', '/templates', '<template><name>t</name>{}</template>', 'vm'),
    ...every('Cluster', 'POST', '/templates', '<template><name>t</name><vm id="{vm}"/>{}</template>', 'cluster'),
    ...every('Cluster', 'PUT', '/templates/{template}', '<template>{}</template>', 'cluster'),
    ...every('Template', 'PUT', '/templates/{template}', '<template><version>{}</version></template>', 'base_template'),
    ...every('StorageDomain', 'POST', '/disks/{disk}/move', '<action>{}</action>', 'storage_domain'),
    ...every('StorageDomain', 'POST', `${VM}/export`, '<action>{}</action>', 'storage_domain'),
    ...every('Host', 'POST', '/vms/{up}/migrate', '<action>{}</action>', 'host'),
    ...every(
      'Host',
      'POST',
      `${VM}/start`,
      '<action><vm><placement_policy><hosts>{}</hosts></placement_policy></vm></action>',
      'host',
    ),
    ...every('AffinityLabel', 'POST', `${VM}/affinitylabels`, '{}', 'affinity_label'),
    ...every('Tag', 'POST', `${VM}/tags`, '{}', 'tag'),
    ...every('Tag', 'POST', '/tags', '<tag><name>t</name>{}</tag>', 'parent'),
  ] as const;

  it.each(cases)('%s: %s %s %s', async (what, method, path, body, how) => {
    const { status, xml } = await v4.send(method, filled(path), filled(body));
    const fault = xml().children.find(({ name }) => name === 'fault') ?? xml();
    expect([status, textAt(fault, 'reason'), textAt(fault, 'detail')]).toEqual([
      404,
      'Operation Failed',
      `Entity not found: ${what}: ${how}`,
    ]);
  });

  it.each([
    [
      'Disk',
      'POST',
      `${VM}/diskattachments`,
      `<disk_attachment><disk${BY_ID}<interface>virtio</interface></disk_attachment>`,
    ],
    ['Snapshot', 'POST', '/vms', NEW_VM.replace('{}', `<snapshots><snapshot${BY_ID}</snapshots>`)],
    [
      'Disk',
      'POST',
      `${VM}/snapshots`,
      `<snapshot><description>s</description><disk_attachments><disk_attachment><disk${BY_ID}</disk_attachment></disk_attachments></snapshot>`,
    ],
  ])('%s by its id alone: %s %s', async (what, method, path, body) => {
    const { status, xml } = await v4.send(method, filled(path), filled(body));
    expect([status, textAt(xml(), 'detail')]).toEqual([404, `Entity not found: ${what}: id=${NOTHING}`]);
  });

  it.each([
    ['PUT', VM, '<vm><cluster id="abc"/></vm>'],
    ['PUT', VM, '<vm><template id="abc"/></vm>'],
    ['PUT', VM, '<vm><quota id="abc"/></vm>'],
    ['POST', '/vms', '<vm><name>n</name><cluster id="abc"/><template id="{template}"/></vm>'],
    ['POST', '/templates', '<template><name>t</name><vm id="abc"/></template>'],
    ['PUT', '/templates/{template}', '<template><cluster id="abc"/></template>'],
    ['PUT', '/disks/{disk}', '<disk><disk_profile id="abc"/></disk>'],
  ])('a malformed id is a 400: %s %s %s', async (method, path, body) => {
    const { status, xml } = await v4.send(method, filled(path), filled(body));
    expect([status, textAt(xml(), 'reason'), textAt(xml(), 'detail')]).toEqual([
      400,
      'Operation failed',
      'Invalid UUID string: abc',
    ]);
  });

  it('what a VM has may be sent, by its id or its name, and another that exists is refused by name', async () => {
    const vm = (await v4.send('GET', filled(VM))).xml();
    const idOf = (name: string): string => vm.children.find((one) => one.name === name)?.attributes.get('id') ?? '';
    const clusters = (await v4.send('GET', '/clusters')).xml().children;
    const [own, other] = [true, false].map((isOwn) =>
      clusters.find(({ attributes }) => (attributes.get('id') === idOf('cluster')) === isOwn),
    );
    for (const body of [
      `<cluster id="${idOf('cluster')}"/>`,
      `<cluster><name>${own && textAt(own, 'name')}</name></cluster>`,
    ])
      expect((await v4.send('PUT', filled(VM), `<vm>${body}</vm>`)).status).toBe(200);
    if (!other) return;
    for (const body of [
      `<cluster id="${other.attributes.get('id')}"/>`,
      `<cluster><name>${textAt(other, 'name')}</name></cluster>`,
    ]) {
      const refused = await v4.send('PUT', filled(VM), `<vm>${body}</vm>`);
      expect([refused.status, refused.text]).toEqual([
        409,
        expect.stringContaining('Another cluster is not supported'),
      ]);
    }
  });
});
