import { childOf, stateOf, textOf } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat } from '../outcomes.js';
import { addNic, attached, chosen, expectAction, idIn, isData, vmPath } from './day-steps.js';

/** The VM's disk, NIC, NUMA node and CD-ROM drive. */
export const deviceChecks: readonly Omit<Check, 'profile'>[] = [
  {
    name: 'vms.disks.add',
    operation: 'vms.disks.add',
    title: 'adding a disk answers 201 or 202; the disk is ok in the end',
    source: 'RHEV-M guide, example 15.12; engine: BackendVmDisksResource, BackendDiskAttachmentsResource',
    async run(bench) {
      const domain = await chosen(bench, '/storagedomains', undefined, isData);
      const disk = `<alias>${bench.name}_disk</alias><provisioned_size>1073741824</provisioned_size><format>raw</format><storage_domains><storage_domain id="${domain}"/></storage_domains>`;
      const body =
        attached(bench) === 'disks'
          ? `<disk>${disk}<interface>virtio</interface></disk>`
          : `<disk_attachment><interface>virtio</interface><active>true</active><disk>${disk}</disk></disk_attachment>`;
      const answer = await bench.good([201, 202], 'POST', `${vmPath(bench)}/${attached(bench)}`, { body });
      const id = idIn(answer);
      bench.known.set('disk', id);
      await bench.until(`/disks/${id}`, 'the disk is ok', (root) => stateOf(root) === 'ok');
    },
  },
  {
    name: 'vms.nics.add',
    operation: 'vms.nics.add',
    title: 'adding a NIC answers 201 with a MAC address; renaming it answers 200',
    source: 'RHEV-M guide, example 15.25; engine: BackendVmNicsResource',
    async run(bench) {
      const answer = await addNic(bench, 'conform8');
      const nic = idIn(answer);
      bench.known.set('nic', nic);
      const mac = childOf(answer.xml(), 'mac');
      const address = mac?.attributes.get('address') ?? textOf(mac, 'address') ?? '';
      expectThat(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(address), 'a MAC address', answer.body);
    },
  },
  {
    name: 'vms.nics.delete',
    operation: 'vms.nics.delete',
    title: 'removing a NIC of a VM that is down answers 200 with an action document',
    source: 'RHEV-M guide, example 15.27; libgovirt requires a body',
    async run(bench) {
      const path = `${vmPath(bench)}/nics/${bench.need('nic')}`;
      // some clouds do not remove the last NIC of a VM
      await addNic(bench, 'conform9');
      expectAction(await bench.good([200], 'DELETE', path));
      expectThat((await bench.ask('GET', path)).status === 404, '404 afterwards', 'another status');
    },
  },
  {
    name: 'vms.numanodes.add',
    operation: 'vms.numanodes.add',
    title: 'a NUMA node that was added is listed',
    source: 'RHEV-M guide, example 15.30; engine: BackendVmNumaNodesResource',
    async run(bench) {
      const core = bench.version.protocol.inline === 'detail' ? '<core index="0"/>' : '<core><index>0</index></core>';
      const body = `<vm_numa_node><index>0</index><memory>1024</memory><cpu><cores>${core}</cores></cpu></vm_numa_node>`;
      const answer = await bench.good([201], 'POST', `${vmPath(bench)}/numanodes`, { body });
      const listed = (await bench.good([200], 'GET', `${vmPath(bench)}/numanodes`)).xml().children;
      expectThat(
        listed.some(({ attributes }) => attributes.get('id') === idIn(answer)),
        'the node',
        `${listed.length} others`,
      );
    },
  },
  {
    name: 'vms.cdroms',
    operation: 'vms.cdroms.list',
    title: 'a VM has one CD-ROM drive, with an id of zeros only',
    source: 'engine: BackendCdRomsResource; libgovirt',
    async run(bench) {
      const found = (await bench.good([200], 'GET', `${vmPath(bench)}/cdroms`)).xml().children;
      const id = found[0]?.attributes.get('id') ?? 'none';
      expectThat(found.length === 1 && /^[0-]+$/.test(id), '00000000-0000-0000-0000-000000000000', id);
    },
  },
];
