import type { Template } from '../../../model/index.js';
import type { Scope } from '../../../services/context.js';
import * as inventory from '../../../services/inventory/inventory.js';
import * as events from '../../../services/events/events.js';
import { pairs, userRows, vmRows } from '../rows.js';
import { field, related, rowsOf, type RelatedRows, searchTable } from '../table.js';
import { MIB } from '../../../units.js';

/** Every image can be deployed to every cluster: one key belongs to all of them. */
const EVERY = 'every';

/** searchbackend/VmTemplateConditionFieldAutoCompleter. */
export const templateSearch = searchTable('template', {
  object: 'template',
  words: ['template'],
  fields: {
    name: field('text', 'Its name', ({ name }) => name, { hint: 'name' }),
    description: field('text', 'Its description', ({ description }) => description),
    comment: field('text', 'Its comment: templates have none', () => undefined),
    id: field('id', 'Its id', ({ id }) => id),
    os: field(
      'text',
      "Its operating system: oVirt's name or the cloud's",
      ({ osType, guestOs }) => [osType ?? 'other_ppc64', ...(guestOs === undefined ? [] : [guestOs])],
      { free: false },
    ),
    creationdate: field('date', 'Creation date', ({ createdAt }) => createdAt),
    childcount: field('number', 'Number of VMs created from it: not counted in lists', () => undefined),
    mem: field('size', 'Memory of a VM created from it, MB', ({ memoryBytes }) => memoryBytes, { unit: MIB }),
    memory: field('size', 'Same as mem', ({ memoryBytes }) => memoryBytes, { unit: MIB }),
    status: field('word', 'Its status', ({ status }) => status, { words: ['ok', 'locked', 'illegal'] }),
    cluster: field('text', 'Name of its cluster; one that tells none can be deployed to any', () => undefined, {
      via: ['cluster', 'name'],
      free: false,
    }),
    datacenter: field('text', 'Name of its data center', (_, { project }) => project.name),
    domain: field('text', 'The domain of the guest: not reported', () => undefined),
    architecture: field('word', 'Its architecture', ({ architecture = 'ppc64' }) => architecture, {
      words: ['undefined', 'x86_64', 'ppc64', 'ppc64le', 's390x'],
    }),
    version_name: field('text', 'Name of its version', ({ versionName }) => versionName ?? 'base version', {
      free: false,
    }),
    version_number: field('number', 'Number of its version', ({ versionNumber }) => versionNumber ?? 1, {
      free: false,
    }),
    sealed: field('flag', 'Whether it is sealed: not reported', () => false),
    tag: field('text', 'A tag: templates have none', () => undefined),
    _vmt_id: field('id', 'Same as id: the name in version 4', ({ id }) => id, { free: false }),
    quota: field('text', 'Name of its quota: templates have none', () => undefined),
  },
  related: () => ({
    cluster: related(
      'cluster',
      ({ cluster }: Template) => [cluster?.id ?? EVERY],
      (scope) => rowsOf(inventory.clusters(scope), ({ id }) => [EVERY, id]),
    ),
    vm: related(
      'vm',
      ({ id }: Template) => [id],
      vmRows(({ template }) => [template?.id]),
    ),
    host: related('host', ({ id }: Template) => [id], hostRowsByTemplate),
    user: related('user', () => [''], userRows),
    event: related(
      'event',
      ({ id }: Template) => [id],
      (scope) => rowsOf(events.list(scope), ({ template }) => [template?.id]),
    ),
    storage: related(
      'storage',
      ({ disks = [] }: Template) => disks.map(({ storageDomain }) => storageDomain?.id),
      (scope) => rowsOf(inventory.storageDomains(scope), ({ id }) => [id]),
    ),
    disk: related('disk', ({ id }: Template) => [id], diskRowsByTemplate),
  }),
});

async function* hostRowsByTemplate(scope: Scope): RelatedRows<Awaited<ReturnType<typeof inventory.hosts>>[number]> {
  const hostsOf = await pairs(scope);
  yield* rowsOf(inventory.hosts(scope), ({ id }) =>
    [...hostsOf].filter(([, hosts]) => hosts.has(id)).map(([template]) => template),
  );
}

async function* diskRowsByTemplate(scope: Scope): RelatedRows<NonNullable<Template['disks']>[number]> {
  for (const { id, disks = [] } of await inventory.templates(scope))
    yield disks.map((entity) => ({ entity, keys: [id] }));
}
