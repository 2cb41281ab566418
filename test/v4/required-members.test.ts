import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XmlElement } from '../../src/codec/index.js';
import { CLOUDS, serveV4, textAt, type Answer, type Served } from './testbed.js';

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

/**
 * What Ansible's modules compare of an object that is there already (oVirt/ovirt-ansible-collection: `update_check` of
 * ovirt_cluster, ovirt_host, ovirt_instance_type, ovirt_datacenter): one absent member ends them with a TypeError.
 * Engines send all of them (v4-recordings).
 */
const COMPARED: Readonly<Record<string, readonly string[]>> = {
  clusters: [
    'ksm/enabled',
    'ksm/merge_across_nodes',
    'fencing_policy/skip_if_gluster_bricks_up',
    'fencing_policy/skip_if_gluster_quorum_not_met',
    'fencing_policy/skip_if_sd_active/enabled',
    'fencing_policy/skip_if_connectivity_broken/enabled',
    'fencing_policy/skip_if_connectivity_broken/threshold',
    'error_handling/on_error',
    'migration/auto_converge',
    'migration/bandwidth/assignment_method',
    'migration/compressed',
    'migration/encrypted',
    'required_rng_sources/required_rng_source',
    'memory_policy/over_commit/percent',
    'scheduling_policy@href',
    'mac_pool@href',
    'version/minor',
  ],
  datacenters: ['mac_pool@href', 'version/minor', 'quota_mode', 'local'],
  hosts: [
    'power_management/enabled',
    'power_management/kdump_detection',
    'spm/priority',
    'vgpu_placement',
    'os/custom_kernel_cmdline',
  ],
  instancetypes: [
    'memory_policy/guaranteed',
    'memory_policy/ballooning',
    'type',
    'os/type',
    'os/boot/devices/device',
    'io/threads',
    'usb/enabled',
    'high_availability/enabled',
    'high_availability/priority',
    'placement_policy/affinity',
  ],
};

/** What Ansible compares of VMs and templates, which it reads with `all_content` (v4-wire.md, section 5). */
const DEVICES = ['console/enabled', 'soundcard_enabled', 'tpm_enabled', 'virtio_scsi/enabled'];

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

describe.each(CLOUDS)('members that clients demand: %s', (cloud) => {
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

  it.each(Object.entries(COMPARED))('what Ansible compares of %s', async (name, compared) => {
    expect(lacking(await list(`/${name}`), compared)).toEqual([]);
  });

  it.each(['vms', 'templates'])('what Ansible compares of %s with all their content', async (name) => {
    expect(lacking(await list(`/${name}?all_content=true`), DEVICES)).toEqual([]);
  });

  it('a cluster refers to the scheduling policy none and to the MAC pool, which are there', async () => {
    for (const path of ['/clusters', '/datacenters'])
      for (const item of await list(`${path}?follow=mac_pool`))
        expect(has(item, 'mac_pool/default_pool'), path).toBe(true);
    for (const cluster of await list('/clusters?follow=scheduling_policy'))
      expect(textAt(cluster, 'scheduling_policy/name')).toBe('none');
    const [policy, more] = await list('/schedulingpolicies');
    expect([policy && textAt(policy, 'name'), more]).toEqual(['none', undefined]);
    for (const part of ['balances', 'filters', 'weights'])
      expect(await list(`/schedulingpolicies/${policy?.attributes.get('id')}/${part}`)).toEqual([]);
    const refused = await v4.send(
      'POST',
      '/schedulingpolicies',
      '<scheduling_policy><name>x</name></scheduling_policy>',
    );
    expect([refused.status, textAt(refused.xml(), 'detail')]).toEqual([
      409,
      expect.stringContaining("'s scheduler and its policies are configured in"),
    ]);
  });

  it('hugepages is among the custom properties of a VM that has any, and may come back', async () => {
    const vms = await list('/vms');
    const properties = vms
      .map((vm) => vm.children.find(({ name }) => name === 'custom_properties')?.children ?? [])
      .filter((found) => found.length > 0);
    if (cloud !== 'openstack') expect(properties.length).toBeGreaterThan(0);
    for (const found of properties)
      expect(found.map((one) => [textAt(one, 'name'), textAt(one, 'value')])).toContainEqual(['hugepages', '0']);
    const hugepages = (value: number): Promise<Answer> =>
      v4.send(
        'PUT',
        `/vms/${vms[0]?.attributes.get('id')}`,
        `<vm><custom_properties><custom_property><name>hugepages</name><value>${value}</value></custom_property></custom_properties></vm>`,
      );
    expect((await hugepages(0)).status).toBe(200);
    if (cloud !== 'openstack') expect((await hugepages(2048)).text).toContain('hugepages is not supported by');
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
      // a disabled rule is not positive (AffinityGroupMapper); Ansible compares it
      if (required === OF_GROUP) expect(textAt(answer.xml(), 'hosts_rule/positive')).toBe('false');
    }
  });
});
