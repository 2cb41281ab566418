import { parseXml, type XmlElement } from '../../../codec/index.js';
import { childOf, stateOf, textOf, type Answer, type Bench } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat, NotOffered, NotRun } from '../outcomes.js';
import { actionOf, linkOf } from './tables.js';

const attached = (bench: Bench): string => (bench.version.hasDocument('disk_attachment') ? 'diskattachments' : 'disks');
const vmPath = (bench: Bench): string => `/vms/${bench.need('vm')}`;
const idIn = (answer: Answer): string => {
  const id = answer.xml().attributes.get('id') ?? '';
  expectThat(id !== '', 'an id', answer.body);
  return id;
};

/** The thing of that name, or the first that can be used. */
async function chosen(
  bench: Bench,
  path: string,
  wanted: string | undefined,
  usable: (item: XmlElement) => boolean = () => true,
): Promise<string> {
  const items = (await bench.good([200], 'GET', path)).xml().children.filter(({ attributes }) => attributes.has('id'));
  const found = wanted === undefined ? items.find(usable) : items.find((item) => textOf(item, 'name') === wanted);
  const id = found?.attributes.get('id');
  if (id === undefined) throw new NotRun(wanted === undefined ? `${path} has none to use` : `${path} has no ${wanted}`);
  return id;
}

/** A template with a disk to start from, and not Blank. */
const isImage = (template: XmlElement): boolean =>
  !/^0{8}-/.test(template.attributes.get('id') ?? '') && stateOf(template) === 'ok';
const isData = (domain: XmlElement): boolean => textOf(domain, 'type') === 'data';

export const newVm = async (bench: Bench, name: string): Promise<string> => {
  const template = await chosen(bench, '/templates', bench.options.template, isImage);
  const cluster = await chosen(bench, '/clusters', bench.options.cluster);
  return `<vm><name>${name}</name><cluster id="${cluster}"/><template id="${template}"/></vm>`;
};

const expectAction = ({ body, status }: Answer): void => {
  const root = parseXml(body);
  expectThat(root.name === 'action', '<action>', `${status} ${body}`);
};

async function act(bench: Bench, action: string, statuses: readonly number[] = [200, 202]): Promise<void> {
  expectAction(await bench.good(statuses, 'POST', `${vmPath(bench)}/${action}`, { body: '<action/>' }));
}

const vmIs = (bench: Bench, state: string): Promise<XmlElement> =>
  bench.until(vmPath(bench), `the VM is ${state}`, (root) => stateOf(root) === state);

async function addNic(bench: Bench, name: string): Promise<Answer> {
  const profiles = bench.version.protocol.inline === 'follow';
  const id = await chosen(bench, profiles ? '/vnicprofiles' : '/networks', undefined);
  const body = `<nic><name>${name}</name><${profiles ? 'vnic_profile' : 'network'} id="${id}"/></nic>`;
  return bench.good([201], 'POST', `${vmPath(bench)}/nics`, { body });
}

/** A day of a VM, in this order: it is made, changed, run, stopped and removed again. */
export const dayChecks: readonly Check[] = (
  [
    {
      name: 'tags.add',
      operation: 'tags.add',
      title: 'a tag is made: 201 with Location and the document',
      source: 'engine: BackendTagsResource; RHEV-M guide, "Tags"',
      async run(bench) {
        const answer = await bench.good([201], 'POST', '/tags', { body: `<tag><name>${bench.name}-tag</name></tag>` });
        const id = idIn(answer);
        bench.known.set('tag', id);
        expectThat(
          (answer.header('location') ?? '').endsWith(`/tags/${id}`),
          `Location: …/tags/${id}`,
          answer.header('location') ?? 'none',
        );
      },
    },
    {
      name: 'vms.add',
      operation: 'vms.add',
      title: 'a VM is made of a template: 201 or 202, with its document',
      source: 'RHEV-M guide, example 10.9; engine: BackendVmsResource.add; rbovirt, Ansible ovirt_vm',
      async run(bench) {
        const body = await newVm(bench, `${bench.name}-vm`);
        const answer = await bench.good([201, 202], 'POST', '/vms', { body });
        bench.known.set('vm', idIn(answer));
        expectThat(answer.xml().name === 'vm', '<vm>', answer.body);
        expectThat(textOf(answer.xml(), 'name') === `${bench.name}-vm`, `${bench.name}-vm`, answer.body);
      },
    },
    {
      name: 'vms.add.down',
      operation: 'vms.add',
      title: 'a VM that was made is down, when it is whole',
      source: 'engine: AddVmCommand; Ansible waits for image_locked to go, and starts it itself',
      run: async (bench) => void (await vmIs(bench, 'down')),
    },
    {
      name: 'vms.search',
      operation: 'vms.list',
      title: 'a search by a part of its name finds it',
      source: 'Ansible, oVirtBackup: name=vm*',
      async run(bench) {
        const id = bench.need('vm');
        const search = encodeURIComponent(`name=${bench.name}*`);
        const found = (await bench.good([200], 'GET', `/vms?search=${search}`)).xml().children;
        expectThat(
          found.some(({ attributes }) => attributes.get('id') === id),
          id,
          `${found.length} others`,
        );
      },
    },
    {
      name: 'vms.actions',
      operation: 'vms.get',
      title: 'its document links to its actions and its parts',
      source: 'libgovirt and ManageIQ act by these links alone',
      async run(bench) {
        const root = (await bench.good([200], 'GET', vmPath(bench))).xml();
        for (const rel of ['start', 'stop', 'shutdown'])
          expectThat(actionOf(root, rel) !== undefined, `a link to ${rel}`, 'none');
        for (const rel of ['nics', attached(bench), 'snapshots'])
          expectThat(linkOf(root, rel) !== undefined, `a link to ${rel}`, 'none');
      },
    },
    {
      name: 'vms.update',
      operation: 'vms.update',
      title: 'a description is changed: 200 with the whole document',
      source: 'engine: BackendVmResource.update; SDKs take nothing but 200',
      async run(bench) {
        const body = '<vm><description>Checked &amp; kept</description></vm>';
        const answer = await bench.good([200], 'PUT', vmPath(bench), { body });
        const root = answer.xml();
        expectThat(root.name === 'vm' && textOf(root, 'name') === `${bench.name}-vm`, 'the whole VM', `<${root.name}>`);
        const ignored = answer.header('x-ovirt-ignored') ?? '';
        if (ignored.includes('vm.description')) throw new NotOffered(`X-Ovirt-Ignored: ${ignored}`);
        const now = (await bench.good([200], 'GET', vmPath(bench))).xml();
        expectThat(
          textOf(now, 'description') === 'Checked & kept',
          'Checked & kept',
          textOf(now, 'description') ?? 'none',
        );
      },
    },
    {
      name: 'vms.update.whole',
      operation: 'vms.update',
      title: 'a document that comes back whole changes nothing, and is not refused',
      source: 'SDK 3 sends the whole document that it read, links, actions and status too',
      async run(bench) {
        const { body } = await bench.good([200], 'GET', vmPath(bench));
        await bench.good([200], 'PUT', vmPath(bench), { body });
      },
    },
    {
      name: 'vms.tags',
      operation: 'vms.tags.add',
      title: 'a VM gets a tag, is found by it, and loses it',
      source: 'engine: BackendVmTagsResource; Ansible ovirt_tag, go-ovirt-client',
      async run(bench) {
        const [vm, tag] = [vmPath(bench), bench.need('tag')];
        await bench.good([200, 201], 'POST', `${vm}/tags`, { body: `<tag id="${tag}"/>` });
        const found = (
          await bench.good([200], 'GET', `/vms?search=${encodeURIComponent(`tag=${bench.name}-tag`)}`)
        ).xml();
        expectThat(
          found.children.some(({ attributes }) => attributes.get('id') === bench.need('vm')),
          'the VM',
          `${found.children.length} others`,
        );
        await bench.good([200], 'DELETE', `${vm}/tags/${tag}`);
        const left = (await bench.good([200], 'GET', `${vm}/tags`)).xml().children;
        expectThat(left.length === 0, 'no tag', `${left.length}`);
      },
    },
    {
      name: 'vms.disks.add',
      operation: 'vms.disks.add',
      title: 'a disk is added: 201 or 202; it is ok in the end',
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
      title: 'a NIC is added: 201 with a MAC address; renamed: 200',
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
      title: 'a NIC of a VM that is down is removed: 200 with an action document',
      source: 'RHEV-M guide, example 15.27; libgovirt wants a body',
      async run(bench) {
        const path = `${vmPath(bench)}/nics/${bench.need('nic')}`;
        // some clouds keep a VM's last one
        await addNic(bench, 'conform9');
        expectAction(await bench.good([200], 'DELETE', path));
        expectThat((await bench.ask('GET', path)).status === 404, '404 afterwards', 'another status');
      },
    },
    {
      name: 'vms.numanodes.add',
      operation: 'vms.numanodes.add',
      title: 'a NUMA node is added, and is there',
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
      title: 'a VM has one CD-ROM drive, whose id is all zeros',
      source: 'engine: BackendCdRomsResource; libgovirt',
      async run(bench) {
        const found = (await bench.good([200], 'GET', `${vmPath(bench)}/cdroms`)).xml().children;
        const id = found[0]?.attributes.get('id') ?? 'none';
        expectThat(found.length === 1 && /^[0-]+$/.test(id), '00000000-0000-0000-0000-000000000000', id);
      },
    },
    {
      name: 'vms.start',
      operation: 'vms.start',
      title: 'a VM is started: 200 or 202 with an action document; it is up in the end',
      source: 'engine: BackendVmResource.start; SDKs want <action>',
      async run(bench) {
        await act(bench, 'start');
        await vmIs(bench, 'up');
        bench.known.set('running', 'yes');
      },
    },
    {
      name: 'vms.statistics',
      operation: 'vms.statistics.list',
      title: 'a running VM has statistics of memory and processor',
      source: 'RHEV-M guide, example 15.44; ManageIQ and ovirt_exporter read them by name',
      async run(bench) {
        const names = (await bench.good([200], 'GET', `${vmPath(bench)}/statistics`))
          .xml()
          .children.map((one) => textOf(one, 'name') ?? '');
        for (const name of ['memory.installed', 'cpu.current.total'])
          expectThat(names.includes(name), name, names.join(', '));
      },
    },
    {
      name: 'vms.start.again',
      operation: 'vms.start',
      title: 'a VM that is up is not started: 409',
      source: 'engine: RunVmCommand, VmStatus; docs/reference/engine-states.md',
      async run(bench) {
        bench.need('running');
        const { status, body } = await bench.ask('POST', `${vmPath(bench)}/start`, { body: '<action/>' });
        expectThat(status === 409, '409', `${status} ${body}`);
      },
    },
    {
      name: 'vms.delete.running',
      operation: 'vms.delete',
      title: 'a VM that is up is not removed: 409',
      source: 'engine: RemoveVmCommand; docs/reference/engine-states.md',
      async run(bench) {
        bench.need('running');
        const { status, body } = await bench.ask('DELETE', vmPath(bench));
        expectThat(status === 409, '409', `${status} ${body}`);
      },
    },
    {
      name: 'vms.stop',
      operation: 'vms.stop',
      title: 'a VM is stopped, and is down in the end',
      source: 'engine: BackendVmResource.stop; fence_rhevm',
      async run(bench) {
        bench.need('running');
        await act(bench, 'stop');
        await vmIs(bench, 'down');
      },
    },
    {
      name: 'vms.snapshots.add',
      operation: 'vms.snapshots.add',
      title: 'a snapshot is taken, 201 or 202, and is ok in the end; then it is removed',
      source: 'RHEV-M guide, example 15.41; oVirtBackup, forklift, Ansible ovirt_snapshot',
      async run(bench) {
        const memory = '<persist_memorystate>false</persist_memorystate>';
        const body = `<snapshot><description>${bench.name}</description>${memory}</snapshot>`;
        const path = `${vmPath(bench)}/snapshots`;
        const id = idIn(await bench.good([201, 202], 'POST', path, { body }));
        await bench.until(`${path}/${id}`, 'the snapshot is ok', (root) => stateOf(root, 'snapshot_status') === 'ok');
        await bench.good([200, 202], 'DELETE', `${path}/${id}`);
        await bench.until(
          path,
          'the snapshot is gone',
          (root) => !root.children.some(({ attributes }) => attributes.get('id') === id),
        );
      },
    },
    {
      name: 'vms.disks.delete',
      operation: 'vms.disks.delete',
      title: 'a disk is removed with its VM down: 200, and it is gone in the end',
      source: 'RHEV-M guide, example 15.17',
      async run(bench) {
        const id = bench.need('disk');
        const path = `${vmPath(bench)}/${attached(bench)}`;
        await bench.good([200], 'DELETE', `${path}/${id}${attached(bench) === 'disks' ? '' : '?detach_only=false'}`);
        await bench.until(
          path,
          'the disk is gone',
          (root) => !root.children.some(({ attributes }) => attributes.get('id') === id),
        );
      },
    },
  ] satisfies Omit<Check, 'profile'>[]
).map((check) => ({ ...check, profile: 'day' }));

/** The end of the day, whatever else was done in it. */
export const endChecks: readonly Check[] = (
  [
    {
      name: 'vms.delete',
      operation: 'vms.delete',
      title: 'a VM is removed: 200 with an action document; then it is 404',
      source: 'engine: BackendVmResource.remove; SDK 4 takes nothing but 200',
      async run(bench) {
        const path = vmPath(bench);
        expectAction(await bench.good([200], 'DELETE', path));
        const deadline = Date.now() + bench.options.patienceMs;
        let status = 200;
        while (status === 200 && Date.now() < deadline) {
          ({ status } = await bench.ask('GET', path));
          if (status === 200) await new Promise((resolve) => setTimeout(resolve, bench.options.pollMs));
        }
        expectThat(status === 404, '404 in the end', `${status}`);
      },
    },
    {
      name: 'tags.delete',
      operation: 'tags.delete',
      title: 'a tag is removed: 200',
      source: 'engine: BackendTagResource.remove',
      run: async (bench) => void (await bench.good([200], 'DELETE', `/tags/${bench.need('tag')}`)),
    },
  ] satisfies Omit<Check, 'profile'>[]
).map((check) => ({ ...check, profile: 'day' }));
