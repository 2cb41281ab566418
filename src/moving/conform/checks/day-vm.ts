import { textOf } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat, NotOffered } from '../outcomes.js';
import { attached, idIn, newVm, vmIs, vmPath } from './day-steps.js';
import { actionOf, linkOf } from './tables.js';

/** A VM is created, found, changed and tagged. */
export const vmChecks: readonly Omit<Check, 'profile'>[] = [
  {
    name: 'tags.add',
    operation: 'tags.add',
    title: 'creating a tag answers 201 with Location and the document',
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
    title: 'creating a VM from a template answers 201 or 202 with its document',
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
    title: 'a new VM is down once it has been created',
    source: 'engine: AddVmCommand; Ansible waits for the end of image_locked, and starts the VM itself',
    run: async (bench) => void (await vmIs(bench, 'down')),
  },
  {
    name: 'vms.search',
    operation: 'vms.list',
    title: 'a search by part of its name finds the VM',
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
    title: 'the document of a VM links to its actions and its sub-collections',
    source: 'libgovirt and ManageIQ use only these links',
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
    title: 'changing a description answers 200 with the whole document',
    source: 'engine: BackendVmResource.update; SDKs accept only 200',
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
    title: 'sending back a whole document is accepted and changes nothing',
    source: 'SDK 3 sends back the whole document that it has read, including links, actions and status',
    async run(bench) {
      const { body } = await bench.good([200], 'GET', vmPath(bench));
      await bench.good([200], 'PUT', vmPath(bench), { body });
    },
  },
  {
    name: 'vms.tags',
    operation: 'vms.tags.add',
    title: 'a tag can be added to a VM, finds it, and can be removed',
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
];
