import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XmlElement } from '../../src/codec/index.js';
import { CLOUDS, serveV4, type Served } from './house.js';

/**
 * What go-ovirt-client (Terraform, OpenShift's installer and drivers) refuses a whole list for when one item lacks it:
 * docs/reference/v4-clients.md, section 4. A path of elements, with `@` an attribute at its end, `|` one of several;
 * elements may be empty.
 */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  vms: [
    '@id',
    'name',
    'comment',
    'description',
    'cluster@id',
    'status',
    'template@id',
    'cpu/topology/cores',
    'cpu/topology/sockets',
    'cpu/topology/threads',
    'memory',
    'memory_policy',
    'type',
    'os/type',
    'sso',
  ],
  disks: [
    '@id',
    'storage_domains/storage_domain@id',
    'alias',
    'provisioned_size',
    'total_size',
    'format',
    'status',
    'sparse',
  ],
  storagedomains: ['@id', 'name', 'storage/type', 'status|external_status'],
  hosts: ['@id', 'status', 'cluster@id'],
  clusters: ['@id', 'name'],
  datacenters: ['@id', 'name'],
  templates: ['@id', 'name', 'status', 'cpu/topology/cores', 'description'],
  networks: ['@id', 'name', 'data_center@id'],
  vnicprofiles: ['@id', 'name', 'network@id'],
  tags: ['@id', 'name'],
  instancetypes: ['name'],
};
const OF_VM: Readonly<Record<string, readonly string[]>> = {
  nics: ['@id', 'name', 'mac/address', 'vm@id', 'vnic_profile@id'],
  diskattachments: ['@id', '@href', 'disk@id', 'vm@id', 'interface', 'bootable', 'active'],
  graphicsconsoles: ['@id', 'vm@id'],
};
const OF_TEMPLATE: Readonly<Record<string, readonly string[]>> = {
  diskattachments: ['@id', 'disk@id', 'template@id', 'interface', 'bootable', 'active'],
};
const OF_GROUP = [
  '@id',
  'name',
  'cluster@id',
  'priority',
  'enforcing',
  ...['vms_rule', 'hosts_rule'].flatMap((rule) =>
    ['enabled', 'enforcing', 'positive'].map((member) => `${rule}/${member}`),
  ),
  'vms',
];

/** Whether a document has a member; of lists the first item counts. */
function has(element: XmlElement, path: string): boolean {
  const [elements = '', attribute] = path.split('@');
  return elements.split('|').some((one) => {
    let at: XmlElement | undefined = element;
    for (const name of one === '' ? [] : one.split('/')) at = at?.children.find((child) => child.name === name);
    return at !== undefined && (attribute === undefined || (at.attributes.get(attribute) ?? '') !== '');
  });
}

const lacking = (items: readonly XmlElement[], required: readonly string[]): string[] =>
  items.flatMap((item) =>
    required.filter((path) => !has(item, path)).map((path) => `${item.attributes.get('id')} lacks ${path}`),
  );

describe.each(CLOUDS)('members that go-ovirt-client demands: %s', (cloud) => {
  let v4: Served;
  const list = async (path: string): Promise<readonly XmlElement[]> => (await v4.send('GET', path)).xml().children;
  beforeAll(async () => {
    v4 = await serveV4(cloud);
  });
  afterAll(() => v4?.close());

  it.each(Object.entries(REQUIRED))('%s', async (name, required) => {
    const items = await list(`/${name}`);
    // Power Virtual Server has no sizes with names
    if (name !== 'instancetypes' || cloud !== 'powervs') expect(items.length).toBeGreaterThan(0);
    expect(lacking(items, required)).toEqual([]);
  });

  it('what VMs and templates have', async () => {
    const wrong: string[] = [];
    for (const { attributes } of await list('/vms'))
      for (const [name, required] of Object.entries(OF_VM))
        wrong.push(...lacking(await list(`/vms/${attributes.get('id')}/${name}`), required));
    for (const { attributes } of await list('/templates'))
      for (const [name, required] of Object.entries(OF_TEMPLATE))
        wrong.push(...lacking(await list(`/templates/${attributes.get('id')}/${name}`), required));
    expect(wrong).toEqual([]);
  });

  it('the answer of a POST has what a GET has: NIC, disk attachment, tag, affinity group', async () => {
    const [vm] = (await list('/vms')).map(({ attributes }) => attributes.get('id'));
    const [profile] = (await list('/vnicprofiles')).map(({ attributes }) => attributes.get('id'));
    const [cluster] = (await list('/clusters')).map(({ attributes }) => attributes.get('id'));
    const created = [
      [`/vms/${vm}/nics`, `<nic><name>new</name><vnic_profile id="${profile}"/></nic>`, OF_VM['nics']],
      [
        `/vms/${vm}/diskattachments`,
        '<disk_attachment><bootable>false</bootable><interface>spapr_vscsi</interface><active>true</active><disk><alias>new</alias><provisioned_size>1073741824</provisioned_size><format>raw</format></disk></disk_attachment>',
        OF_VM['diskattachments'],
      ],
      ['/tags', '<tag><name>new</name></tag>', REQUIRED['tags']],
      [
        `/clusters/${cluster}/affinitygroups`,
        '<affinity_group><name>new</name><vms_rule><enabled>true</enabled><enforcing>true</enforcing><positive>false</positive></vms_rule></affinity_group>',
        OF_GROUP,
      ],
    ] as const;
    for (const [path, body, required = []] of created) {
      const answer = await v4.send('POST', path, body);
      // What the cloud has no means for is refused by name
      if (answer.status === 409 && cloud === 'powervs') continue;
      expect([path, answer.status]).toEqual([path, expect.toBeOneOf([201, 202])]);
      expect([path, lacking([answer.xml()], required)]).toEqual([path, []]);
    }
  });
});
