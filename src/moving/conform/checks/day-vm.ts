import { textOf } from '../bench.js';
import type { Check } from '../check.js';
import { expectThat, NotOffered } from '../outcomes.js';
import { attached, idIn, newVm, vmIs, vmPath } from './day-steps.js';
import { actionOf, linkOf } from './tables.js';

/** A VM is made, found, changed and tagged. */
export const vmChecks: readonly Omit<Check, 'profile'>[] = [
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
];
