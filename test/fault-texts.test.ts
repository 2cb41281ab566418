import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../src/model/index.js';
import { defaultIds as ids } from '../src/simulator/index.js';
import { startHouse, type House } from './support/house.js';

/**
 * Fault texts are API: clients compare them. Each row is a request that is refused, and the engine's own words.
 * Sources: docs/reference/ovirt.md, section 9; for the texts that it does not name, the engine's resource bundle
 * AppErrors.properties, by key. Statuses are those of 3.x: a duplicate name is 400, a state that forbids is 409.
 */
let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.close());

const LOGIN = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;
async function send(
  method: string,
  path: string,
  body?: string,
  type = 'application/xml',
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${house.gateways[0]!.url}/api${path}`, {
    method,
    headers: { authorization: LOGIN, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, text: await response.text() };
}
const plain = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
const element = (text: string, name: string): string | undefined => {
  const found = new RegExp(`<${name}>([^]*?)</${name}>`).exec(text)?.[1];
  return found === undefined ? undefined : plain(found);
};

const { aix, sles, rhel } = ids.servers;
const [up, down] = [`/vms/${aix}`, `/vms/${sles}`];
const FAILED = 'Operation Failed';
const INCOMPLETE = 'Incomplete parameters';
const vm = (inner: string): string => `<vm>${inner}</vm>`;
const CLUSTER = '<cluster><name>Default Group</name></cluster>';
const TEMPLATE = `<template id="${ids.images.rhel}"/>`;
const NOBODY = '00000000-0000-4000-8000-0000000000ff';

type Row = readonly [
  what: string,
  source: string,
  method: string,
  path: string,
  body: string,
  status: number,
  reason: string,
  detail: string,
];

describe("refusals in the engine's own words", () => {
  const rows: readonly Row[] = [
    [
      'VM add: the cluster is missed first',
      'section 9',
      'POST',
      '/vms',
      '<vm/>',
      400,
      INCOMPLETE,
      'VM [cluster.id|name] required for add',
    ],
    ['VM add: then the name', 'section 9', 'POST', '/vms', vm(CLUSTER), 400, INCOMPLETE, 'VM [name] required for add'],
    [
      'VM add: then the template',
      'section 9',
      'POST',
      '/vms',
      vm(`<name>a</name>${CLUSTER}`),
      400,
      INCOMPLETE,
      'VM [template.id|name] required for add',
    ],
    [
      'VM add: a cluster without id and name is none',
      'section 9',
      'POST',
      '/vms',
      vm(`<name>a</name><cluster/>${TEMPLATE}`),
      400,
      INCOMPLETE,
      'VM [cluster.id|name] required for add',
    ],
    ['NIC add', 'section 9', 'POST', `${down}/nics`, '<nic/>', 400, INCOMPLETE, 'NIC [name] required for add'],
    [
      'disk add',
      'section 9',
      'POST',
      `${down}/disks`,
      '<disk/>',
      400,
      INCOMPLETE,
      'Disk [provisionedSize|size] required for add',
    ],
    [
      'a cluster that is not there, by name',
      'section 9',
      'POST',
      '/vms',
      vm(`<name>a</name><cluster><name>x</name></cluster>${TEMPLATE}`),
      404,
      FAILED,
      'Entity not found: Cluster: name=x',
    ],
    [
      'a cluster that is not there, by id, which wins',
      'sections 7 and 9',
      'POST',
      '/vms',
      vm(`<name>a</name><cluster id="${NOBODY}"><name>Default Group</name></cluster>${TEMPLATE}`),
      404,
      FAILED,
      `Entity not found: Cluster: id=${NOBODY}`,
    ],
    [
      'a template that is not there, by id',
      'section 9',
      'POST',
      '/vms',
      vm(`<name>a</name>${CLUSTER}<template id="${NOBODY}"/>`),
      404,
      FAILED,
      `Entity not found: Template: id=${NOBODY}`,
    ],
    [
      'a template that is not there, by name',
      'section 9',
      'POST',
      '/vms',
      vm(`<name>a</name>${CLUSTER}<template><name>x</name></template>`),
      404,
      FAILED,
      'Entity not found: Template: name=x',
    ],
    [
      'a network that is not there',
      'section 9',
      'POST',
      `${down}/nics`,
      '<nic><name>n</name><network><name>x</name></network></nic>',
      404,
      FAILED,
      'Entity not found: Network: name=x',
    ],
    [
      'a floating disk that is not there',
      'section 9',
      'POST',
      `${down}/disks`,
      `<disk id="${NOBODY}"/>`,
      404,
      FAILED,
      `Entity not found: Disk: id=${NOBODY}`,
    ],
    [
      'a malformed id in a body',
      'section 9',
      'POST',
      '/vms',
      vm(`<name>a</name><cluster id="x y"/>${TEMPLATE}`),
      400,
      FAILED,
      'Invalid UUID string: x y',
    ],
    [
      'a malformed id of a template in a body',
      'section 9',
      'POST',
      '/vms',
      vm(`<name>a</name>${CLUSTER}<template id="blank"/>`),
      400,
      FAILED,
      'Invalid UUID string: blank',
    ],
    [
      'a malformed id of a disk in a body',
      'section 9',
      'POST',
      `${down}/disks`,
      '<disk id="d1"/>',
      400,
      FAILED,
      'Invalid UUID string: d1',
    ],
    [
      'another id',
      'section 9',
      'PUT',
      up,
      `<vm id="${sles}"/>`,
      409,
      'Broken immutability constraint',
      'Attempt to set immutable field: id',
    ],
    [
      'a word that is none of an enumeration',
      'section 7',
      'PUT',
      up,
      vm('<type>x</type>'),
      400,
      'Invalid value',
      'x is not a member of VmType',
    ],
    [
      'a duplicate name, on add',
      'ACTION_TYPE_FAILED_NAME_ALREADY_USED',
      'POST',
      '/vms',
      vm(`<name>aix73-db01</name>${CLUSTER}${TEMPLATE}`),
      400,
      FAILED,
      '[Cannot add VM. The VM name is already in use, please choose a unique name and try again.]',
    ],
    [
      'a duplicate name, on update',
      'ACTION_TYPE_FAILED_NAME_ALREADY_USED',
      'PUT',
      down,
      vm('<name>aix73-db01</name>'),
      400,
      FAILED,
      '[Cannot edit VM. The VM name is already in use, please choose a unique name and try again.]',
    ],
    [
      'deleting a running VM',
      'ACTION_TYPE_FAILED_VM_IS_RUNNING',
      'DELETE',
      up,
      '<action/>',
      409,
      FAILED,
      '[Cannot remove VM. VM is running.]',
    ],
    [
      "a NIC's name that another has",
      'NETWORK_INTERFACE_NAME_ALREADY_IN_USE',
      'PUT',
      `/vms/${ids.servers.ubuntu}/nics/${ids.ports.ubuntu}`,
      '<nic><name>%other</name></nic>',
      409,
      FAILED,
      '[Network interface is already in use.]',
    ],
    [
      'a MAC address that is none',
      'VALIDATION_VM_NETWORK_MAC_ADDRESS_INVALID',
      'POST',
      `${down}/nics`,
      '<nic><name>n</name><network><name>VLAN100</name></network><mac address="x"/></nic>',
      400,
      FAILED,
      '[MAC address must be in format "HH:HH:HH:HH:HH:HH" where H is a hexadecimal character (either a digit or A-F, case is insignificant).]',
    ],
    [
      'a disk that would shrink',
      'ACTION_TYPE_FAILED_REQUESTED_DISK_SIZE_IS_TOO_SMALL',
      'PUT',
      `${up}/disks/${ids.volumes.aixData}`,
      '<disk><provisioned_size>1073741824</provisioned_size></disk>',
      400,
      FAILED,
      '[Cannot edit Virtual Machine Disk size. New disk size must be larger than current disk size.]',
    ],
    [
      'a disk that the VM has',
      'ACTION_TYPE_FAILED_DISK_ALREADY_ATTACHED',
      'POST',
      `${up}/disks`,
      `<disk id="${ids.volumes.aixData}"/>`,
      409,
      FAILED,
      '[Cannot attach Virtual Machine Disk. The disk is already attached to VM.]',
    ],
    [
      'a disk that another VM has',
      'ACTION_TYPE_FAILED_NOT_SHAREABLE_DISK_ALREADY_ATTACHED',
      'POST',
      `${down}/disks`,
      `<disk id="${ids.volumes.aixData}"/>`,
      409,
      FAILED,
      '[Cannot attach Virtual Machine Disk. The disk is not shareable and is already attached to a VM.]',
    ],
    [
      'a CD for the session of a VM that is down',
      'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL',
      'PUT',
      `${down}/cdroms/00000000-0000-0000-0000-000000000000;current`,
      '<cdrom><file id="rhel-9.4-ppc64le-dvd.iso"/></cdrom>',
      409,
      FAILED,
      '[Cannot Change CD VM because the VM is in Down status.]',
    ],
    [
      'ejecting one there',
      'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL',
      'PUT',
      `${down}/cdroms/00000000-0000-0000-0000-000000000000;current`,
      '<cdrom><file id=""/></cdrom>',
      409,
      FAILED,
      '[Cannot Eject CD VM because the VM is in Down status.]',
    ],
  ];
  it.each(rows)('%s (%s)', async (_what, _source, method, path, body, status, reason, detail) => {
    const filled = body.includes('%other') ? body.replace('%other', await otherNic()) : body;
    const answer = await send(method, path, filled);
    expect([answer.status, element(answer.text, 'reason'), element(answer.text, 'detail')]).toEqual([
      status,
      reason,
      detail,
    ]);
  });

  async function otherNic(): Promise<string> {
    const { text } = await send('GET', `/vms/${ids.servers.ubuntu}/nics/${ids.ports.ubuntu2}`);
    return element(text, 'name')!;
  }
});

describe('a failed action has its fault inside the action (section 9)', () => {
  it.each([
    ['start', up, '', 409, '[Cannot run VM because the VM is in Up status.]', 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL'],
    ['reboot', down, '', 409, '[Cannot restart VM because the VM is in Down status.]', 'VAR__ACTION__RESTART'],
    ['suspend', down, '', 409, '[Cannot hibernate VM. VM is not up.]', 'ACTION_TYPE_FAILED_VM_IS_NOT_UP'],
    [
      'restore',
      `/vms/${rhel}/snapshots/${ids.vmSnapshot}`,
      '',
      409,
      '[Cannot preview Snapshot. At least one of the VMs is not down.]',
      'ACTION_TYPE_FAILED_VM_IS_NOT_DOWN',
    ],
    [
      'move',
      `${up}/disks/${ids.volumes.aixData}`,
      '<storage_domain><name>FlashSystem base</name></storage_domain>',
      400,
      '[Cannot move Virtual Machine Disk. The source and target storage domains are the same.]',
      'ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_CONTAINS_DISK',
    ],
    [
      'move',
      `${up}/disks/${ids.volumes.aixData}`,
      '<storage_domain><name>x</name></storage_domain>',
      404,
      'Entity not found: StorageDomain: name=x',
      'section 9',
    ],
  ])('%s of %s', async (action, path, body, status, detail) => {
    const answer = await send('POST', `${path}/${action}`, `<action>${body}</action>`);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(/^<\?xml[^>]*>\n<action>/);
    expect([element(answer.text, 'state'), element(answer.text, 'reason'), element(answer.text, 'detail')]).toEqual([
      'failed',
      FAILED,
      detail,
    ]);
  });
});

describe('what is broken or not there', () => {
  it.each([`/vms/${NOBODY}`, '/vms/x', `${up}/disks/${NOBODY}`, `/templates/${NOBODY}`])(
    'GET %s: an empty 404 (section 9)',
    async (path) => {
      expect(await send('GET', path)).toEqual({ status: 404, text: '' });
    },
  );

  // Engines 3.x answer a <usage_message> here, 4.x a <fault> with this reason: see docs/faults.md
  it.each([
    ['application/xml', '<vm><name></vm>'],
    ['application/xml', ''],
    ['application/json', '{"name"'],
    ['application/xml', '<disk/>'],
  ])('a malformed body in %s: %s (section 8)', async (type, body) => {
    const { status, text } = await send('PUT', up, body, type);
    expect([status, element(text, 'reason')]).toEqual([400, 'Request syntactically incorrect.']);
    expect(element(text, 'detail')).toMatch(/\w/);
  });

  it('while a disk is made it is not removed (ACTION_TYPE_FAILED_OBJECT_LOCKED)', async () => {
    const slow = await startHouse({ timeScale: 0.02 });
    try {
      const to = `${slow.gateways[0]!.url}/api${down}/disks`;
      const headers = { authorization: LOGIN, 'content-type': 'application/xml' };
      const added = await (
        await fetch(to, {
          method: 'POST',
          headers,
          body: '<disk><alias>d1</alias><provisioned_size>1073741824</provisioned_size></disk>',
        })
      ).text();
      const id = /<disk href="[^"]*" id="([^"]+)"/.exec(added)![1]!;
      const answer = await fetch(`${to}/${id}`, { method: 'DELETE', headers, body: '<action/>' });
      expect([answer.status, element(await answer.text(), 'detail')]).toEqual([
        409,
        '[Cannot remove Virtual Machine Disk. Related operation is currently in progress. Please try again later.]',
      ]);
    } finally {
      await slow.close();
    }
  });
});

it('the catalogue: details of refusals are in brackets, which clients strip', () => {
  for (const [code, { detail, reason }] of Object.entries(catalogue)) {
    if (reason !== FAILED || code === 'not-found.reference' || code === 'request.malformed-id') continue;
    expect(detail, code).toMatch(/^\[.*\]$/);
  }
});
