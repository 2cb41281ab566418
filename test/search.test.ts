import { describe, expect, it } from 'vitest';
import { type Fault, isFault, type StorageDomain, type Template, type Vm } from '../src/model/index.js';
import { type SearchTable } from '../src/ovirt/search/index.js';
import { clusterSearch } from '../src/ovirt/search/tables/clusters.js';
import { dataCenterSearch } from '../src/ovirt/search/tables/datacenters.js';
import { diskSearch } from '../src/ovirt/search/tables/disks.js';
import { eventSearch } from '../src/ovirt/search/tables/events.js';
import { hostSearch } from '../src/ovirt/search/tables/hosts.js';
import { jobSearch } from '../src/ovirt/search/tables/jobs.js';
import { networkSearch } from '../src/ovirt/search/tables/networks.js';
import { pmemSearch } from '../src/ovirt/search/tables/pmem.js';
import { instanceTypeSearch, vnicProfileSearch } from '../src/ovirt/search/tables/profiles.js';
import { storageSearch } from '../src/ovirt/search/tables/storage.js';
import { tagSearch } from '../src/ovirt/search/tables/tags.js';
import { templateSearch } from '../src/ovirt/search/tables/templates.js';
import { groupSearch, userSearch } from '../src/ovirt/search/tables/users.js';
import { vmSearch } from '../src/ovirt/search/tables/vms.js';
import { id } from './support/fake-world.js';
import { world, search, vms, hosts, disks } from './search-world.js';

describe('VMs', () => {
  it.each<[string, string[]]>([
    ['', ['web1', 'Web2', 'db', 'db(old)']],
    ['name=WEB*', ['web1', 'Web2']],
    ['name=*', ['web1', 'Web2', 'db', 'db(old)']],
    ['name=db', ['db']],
    ['name=db(old)', ['db(old)']],
    ['name!=web*', ['db', 'db(old)']],
    ['status=up', ['web1']],
    ['status=PoweringUp or status=DOWN', ['Web2', 'db(old)']],
    ['status=powering*', ['db(old)']],
    ['status=MigratingFrom', ['db']],
    ['status!=up', ['Web2', 'db', 'db(old)']],
    ['memory>4096', ['web1', 'db']],
    ['memory>=4GB memory<16GiB', ['web1', 'Web2']],
    ['memory=1024', ['db(old)']],
    ['cpu_usage>=80%', ['web1']],
    ['cpu_usage<80', ['db']],
    ['uptime>301', ['db']],
    ['uptime>2d', ['db']],
    ['uptime<6:00:00', ['web1']],
    ['creationdate=2026-03-01', ['web1']],
    ['creationdate="Mar 2, 2026"', ['Web2']],
    ['creationdate<1/1/2026', ['db(old)']],
    ['creationdate>2026-03-01T10:00:00Z', ['Web2', 'db']],
    ['os=aix', ['Web2']],
    ['os=other_ppc64 name=web1', ['web1']],
    ['ip=10.0.0.*', ['web1', 'Web2']],
    ['ip>10.0.0.5', ['web1', 'Web2']],
    ['ip=fd00:0::5', ['web1']],
    ['cluster = "default group"', ['web1']],
    ['cluster=null', ['Web2', 'db', 'db(old)']],
    ['cluster!=""', ['web1']],
    ['host=server-1', ['web1', 'Web2']],
    ['host!=server-1', ['db', 'db(old)']],
    ['host=null', ['db(old)']],
    ['datacenter=ibm-default', ['web1', 'Web2', 'db', 'db(old)']],
    ['pmem_vol=true', ['db']],
    ['spare', ['Web2']],
    ['web1', ['web1', 'Web2']],
    ['front', ['web1']],
    ['"nothing like it"', []],
    ['web1 status=down', ['Web2']],
    ['fqdn=*', []],
    ['tag=billing', ['Web2']],
    ['tag=Production', ['Web2']],
    ['tag=root', ['Web2']],
    ['tag!=billing', ['web1', 'db', 'db(old)']],
    ['tag=null', ['web1', 'db', 'db(old)']],
    ['tag=none', []],
    ['Host.name=Server-1', ['web1', 'Web2']],
    ['Hosts.status=maintenance', ['db']],
    ['Host.name=*1 and status=up', ['web1']],
    ['Templates.name=rhel', ['web1']],
    ['cluster=Default Group status=up and name=web1', ['web1']],
    ['Template.name!=rhel', ['Web2', 'db', 'db(old)']],
    ['disk.alias=data', ['web1', 'db']],
    ['disk.alias=data and disk.size<50GB', []],
    ['disk.alias=root disk.size<50GB', ['web1']],
    ['Storage.name=slow', ['web1', 'db']],
    ['Users.usrname=admin@internal or Users.name=*', ['web1', 'Web2', 'db', 'db(old)']],
    ['Users.name=nobody', []],
    ['disk = floating', []],
    ['vms.status=up', ['web1']],
    ['sortby name', ['db', 'db(old)', 'web1', 'Web2']],
    ['sortby name desc', ['Web2', 'web1', 'db(old)', 'db']],
    ['sortby memory desc page 1', ['db', 'web1', 'Web2', 'db(old)']],
    ['sortby cpu_usage', ['db(old)', 'Web2', 'db', 'web1']],
    ['sortby uptime desc', ['db', 'web1', 'db(old)', 'Web2']],
    ['page 1', ['web1', 'Web2', 'db', 'db(old)']],
    ['page 2', []],
  ])('%s', async (text, expected) => {
    expect(await vms(text)).toEqual(expected);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['name=web*', { case_sensitive: 'true' }, ['web1']],
    ['name=WEB1', { case_sensitive: 'True' }, []],
    ['STATUS=UP', { case_sensitive: 'true' }, ['web1']],
    ['', { max: '2' }, ['web1', 'Web2']],
    ['', { max: '0' }, []],
    ['', { max: '-1' }, ['web1', 'Web2', 'db', 'db(old)']],
    ['page 2', { max: '3' }, ['db(old)']],
    ['page 2', { max: '-1' }, []],
    ['sortby name page 2', { max: '2' }, ['web1', 'Web2']],
    ['name!=db page 2', { max: '1' }, ['Web2']],
  ])('%s %o', async (text, more, expected) => {
    expect(await vms(text, more)).toEqual(expected);
  });
});

/** What engines complete (searchbackend/*ConditionFieldAutoCompleter), those of 3.6 and of 4.5. */
const fieldsOfEngines: readonly (readonly [string, { readonly fields: object }, string])[] = [
  [
    'VMs',
    vmSearch,
    `name comment status ip host on_host fqdn uptime os domain creationdate address cpu_usage mem_usage network_usage
     memory guaranteed_memory migration_progress_percent apps cluster pool loggedinuser tag datacenter type quota id
     description architecture custom_emulated_machine custom_cpu_type compatibility_level custom_compatibility_level
     created_by_user_id next_run_config_exists has_illegal_images bios_type k8s_namespace`,
  ],
  [
    'hosts',
    hostSearch,
    `name comment status external_status cluster address cpu_usage mem_usage network_usage load version cpus memory
     cpu_speed cpu_model active_vms migrating_vms committed_mem tag type datacenter architecture update_available
     ha_score spm_id hw_id id`,
  ],
  [
    'disks',
    diskSearch,
    `alias name description provisioned_size size actual_size creation_date bootable shareable status disk_type
     disk_content_type allocation_policy number_of_vms vm_names quota id wipe_after_delete last_modified`,
  ],
  [
    'storage domains',
    storageSearch,
    `name status shared_status external_status datacenter type size used free_size used_size total_size committed
     comment description wipe_after_delete discard_after_delete backup`,
  ],
  [
    'templates',
    templateSearch,
    `name comment domain os creationdate childcount mem description status sealed cluster datacenter quota
     architecture version_name _vmt_id`,
  ],
  [
    'networks',
    networkSearch,
    'name description comment vlanid stp mtu vmnetwork datacenter label provider_name qos_name',
  ],
  ['clusters', clusterSearch, 'name description comment initialized architecture compatibility_level cpu_type'],
  ['data centers', dataCenterSearch, 'name description type local status comment compatibility_version'],
  [
    'events',
    eventSearch,
    `type severity message time usrname event_host event_vm event_template event_storage event_datacenter event_volume
     correlation_id origin custom_event_id deleted _event_vm_id _event_template_id _event_storage_id _event_host_id
     _event_datacenter_id _event_quota_id usrid`,
  ],
  ['users', userSearch, 'name lastname usrname login directory department tag pool type'],
  ['groups', groupSearch, 'grpname name'],
  ['jobs', jobSearch, 'correlation_id'],
  [
    'vNIC profiles',
    vnicProfileSearch,
    `name description port_mirroring passthrough network_name compatibility_version datacenter qos_name network_filter
     failover`,
  ],
];

it.each(fieldsOfEngines)('knows every field of %s that engines do', (_, { fields }, known) => {
  expect(known.split(/\s+/).filter((name) => !(name in fields))).toEqual([]);
});

it('resolves every table: fields of related objects exist', () => {
  const tables: readonly SearchTable<never>[] = [
    vmSearch,
    hostSearch,
    diskSearch,
    templateSearch,
    storageSearch,
    clusterSearch,
    networkSearch,
    dataCenterSearch,
    eventSearch,
    groupSearch,
    instanceTypeSearch,
    jobSearch,
    pmemSearch,
    tagSearch,
    userSearch,
    vnicProfileSearch,
  ];
  for (const { object, fields, related } of tables) {
    for (const [name, { via }] of Object.entries(fields)) {
      if (!via) continue;
      const other = related?.()[via[0]]?.open((table) => Object.keys(table.fields));
      expect(other, `${object}.${name}`).toContain(via[1]);
    }
    for (const [word, relation] of Object.entries(related?.() ?? {}))
      expect(
        relation.open((table) => table.words),
        `${object}, ${word}`,
      ).toContain(word);
  }
});

describe('other collections', () => {
  it.each<[string, string[]]>([
    ['Vms.name=db', ['Server-2']],
    ['Vms.status=up', ['Server-1']],
    ['Vms.name=web1 and Vms.status=down', []],
    ['Vms.name=web1 or Vms.name=db', ['Server-1', 'Server-2']],
    ['Vm = front', ['Server-1']],
    ['status=maintenance', ['Server-2']],
    ['mem_usage=75', ['Server-1']],
    ['cpus>=48 memory>300000', ['Server-1']],
    ['Templates.name=rhel', ['Server-1']],
    ['sortby active_vms desc', ['Server-1', 'Server-2']],
  ])('hosts: %s', async (text, expected) => {
    expect(await hosts(text)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['alias=root', ['root']],
    ['name=*a*', ['data', 'floating']],
    ['number_of_vms>1', ['data']],
    ['number_of_vms=0', ['floating']],
    ['vm_names=web1', ['root', 'data']],
    ['vm_names!=web1', ['floating']],
    ['vm_names=null', ['root', 'data', 'floating']],
    ['Vms.name=db', ['data']],
    ['Storage.name=slow', ['data', 'floating']],
    ['storage=fast', ['root']],
    ['provisioned_size>20GB', ['data']],
    ['size=1073741824', ['floating']],
    ['shareable=true', []],
    ['disk_type=image', ['root', 'data', 'floating']],
    ['Disks: alias=data', ['data']],
  ])('disks: %s', async (text, expected) => {
    expect(await disks(text)).toEqual(expected);
  });

  it('clusters, templates, storage domains, networks', async () => {
    expect(await search(clusterSearch, world.clusters, 'Vms.name=web1')).toEqual(['Default Group']);
    expect(await search(clusterSearch, world.clusters, 'Hosts.name=Server-2')).toEqual([]);
    expect(await search<Template>(templateSearch, world.templates, 'Hosts.name=Server-1')).toEqual(['rhel']);
    expect(await search<StorageDomain>(storageSearch, world.domains, 'Disks.alias=root')).toEqual(['fast']);
    expect(await search<StorageDomain>(storageSearch, world.domains, 'type=iso')).toEqual(['ISO']);
    expect(await search(networkSearch, world.networks, 'sortby name desc')).toEqual(['VLAN200', 'VLAN100']);
    expect(await search(networkSearch, world.networks, 'datacenter=* name=vlan1*')).toEqual(['VLAN100']);
  });
});

describe('what a search cannot name', () => {
  const faultOf = async (text: string): Promise<Fault> =>
    vms(text).then(
      () => {
        throw new Error(`${text} was taken`);
      },
      (error: unknown) => {
        if (isFault(error)) return error;
        throw error;
      },
    );

  it.each([
    ['colour=red', "A VM has no field 'colour' to search by; known: name, description"],
    ['status=up and colour=red', 'status=up and ^ here colour=red'],
    ['sortby colour', "A VM has no field 'colour' to search by"],
    ['host.colour=red', "A host has no field 'colour' to search by"],
    [
      'gluster.name=a',
      "A search for a VM has no object 'gluster'; known: host, template, disk, storage, user, event, tag",
    ],
    ['status=sleeping', "The field 'status' takes one of unassigned, down, up"],
    [
      'memory=much',
      "The field 'memory' takes a number, or one with its unit (4GB, 512MiB: both are powers of 1024), not 'much': memory= ^ here much",
    ],
    ['memory=4*', "The field 'memory' takes a number"],
    ['creationdate>soon', "The field 'creationdate' takes a date"],
    ['creationdate>"vm 1"', "The field 'creationdate' takes a date"],
    ['uptime>long', "The field 'uptime' takes minutes"],
    ['pmem_vol=maybe', "The field 'pmem_vol' takes true or false"],
    ['name<a', "The field 'name' can only be compared with = and !="],
    ['host<a', "The field 'host' can only be compared with = and !="],
    ['ip<web', "The field 'ip' takes an address"],
    ['disk<a', 'A whole object can only be compared with = and !='],
  ])('%s', async (text, words) => {
    const fault = await faultOf(text);
    expect([fault.code, fault.status]).toEqual(['search.syntax', 400]);
    expect(fault.detail).toContain(words);
  });

  it('sorts no more results than it may hold, unless max limits them', async () => {
    const many = Array.from({ length: 200 }, (_, index): Vm => ({
      id: id('many', index),
      status: 'down',
      name: `vm${index}`,
      memoryBytes: ((index * 37) % 200) * 2 ** 20,
    }));
    await expect(search(vmSearch, many, 'sortby memory', {}, 100)).rejects.toThrow(
      'Cannot sort more than 100 results by memory',
    );
    expect(await search(vmSearch, many, 'sortby memory desc', { max: '3' }, 100)).toEqual(['vm27', 'vm54', 'vm81']);
  });
});
