import * as diskSnapshots from '../../services/disks/snapshots.js';
import * as inventory from '../../services/inventory/inventory.js';
import { absent, type Absent, refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { permissionsOn } from './access.js';
import { diskResource } from './disks.js';
import { diskSnapshotsAt } from './disksnapshots.js';
import { exportOperations } from './exports.js';
import { diskProfilesOf } from './diskprofiles.js';
import { disksAt, listVolumes } from './floatingdisks.js';
import { fileResource, storageDomainResource, templateResource } from './resources.js';
import { idIn, inOwnDataCenter } from './shared.js';

const DOMAIN =
  'A storage template of {cloud}. The ISO images form a domain of type iso, ' +
  'persistent memory two domains of its own, and exports go to images.';
const FILE = 'An ISO image in Glance.';
const MADE = 'storage domains are {storage}s of {cloud}, and are created and changed there.';
const THERE = 'a domain exists as long as {cloud} has its {storage}: it cannot be attached or detached.';
const IMAGE = 'An image is on the export domain.';
const NOT_IMPORTED = 'an image is deployed by creating a VM from it: add a VM with this template.';
const PROVIDERS = '{cloud} accesses storage through its storage providers, whose connections it does not report.';

const registerGauges = async (call: Call) => {
  await inOwnDataCenter(call);
  return inventory.storageDomain(call.scope, idIn(call, 'storagedomain'));
};

const lookAtSized = async (call: Call) => {
  await inOwnDataCenter(call);
  return inventory.sizedStorageDomain(call.scope, idIn(call, 'storagedomain'));
};

/** The disks on the domain, page by page. */
async function* disksOn(call: Call) {
  const { id } = await registerGauges(call);
  for await (const page of listVolumes(call)) yield page.filter(({ storageDomain }) => storageDomain?.id === id);
}

/** The snapshots of disks on the domain, page by page. */
async function* diskSnapshotsOn(call: Call) {
  const { id } = await registerGauges(call);
  yield* diskSnapshots.onDomain(call.scope, id);
}

const images: Absent = {
  name: 'images',
  key: 'image',
  entity: 'image',
  document: 'images',
  why: `an image is a template here; ${NOT_IMPORTED}`,
  actions: ['import'],
};
const missing: readonly Absent[] = [
  {
    name: 'storageconnections',
    key: 'storageconnection',
    entity: 'storage connection',
    document: 'storage_connections',
    verbs: ['add', 'remove'],
    why: PROVIDERS,
  },
];

const at = collection('/storagedomains', '{storagedomain:id}', storageDomainResource);
const files = collection('/storagedomains/{storagedomain:id}/files', '{file:name}', fileResource);
const templates = collection('/storagedomains/{storagedomain:id}/templates', '{template:id}', templateResource);
const templateDisks = collection(
  '/storagedomains/{storagedomain:id}/templates/{template:id}/disks',
  '{disk:id}',
  diskResource,
);

export const storageDomainOperations: readonly Operation[] = [
  at.list({
    summary: 'The storage domains',
    how: DOMAIN,
    searchable: true,
    verb: ({ scope }) => inventory.sizedStorageDomains(scope),
  }),
  at.get({ summary: 'One storage domain', how: DOMAIN, verb: lookAtSized }),
  ...refusals('storage domain', 'storage_domain', MADE, [
    'add /storagedomains',
    'update /storagedomains/{storagedomain:id}',
    'remove /storagedomains/{storagedomain:id}',
  ]),
  ...refusals('storage domain', 'action', THERE, ['isattached /storagedomains/{storagedomain:id}']),
  ...refusals('storage domain', 'action', PROVIDERS, ['refreshluns /storagedomains/{storagedomain:id}']),
  ...permissionsOn('/storagedomains/{storagedomain:id}', registerGauges, ['storageDomain', 'storagedomain']),
  files.list({
    summary: 'The files of an ISO domain',
    how: FILE,
    verb: ({ scope, ids }) => inventory.files(scope, ids.storagedomain),
  }),
  files.get({
    summary: 'One file',
    how: FILE,
    verb: ({ scope, ids }) => inventory.file(scope, ids.storagedomain, ids.file),
  }),
  templates.list({
    summary: 'The templates on an export domain',
    how: IMAGE,
    verb: ({ scope, ids }) => inventory.templatesOn(scope, ids.storagedomain),
  }),
  templates.get({
    summary: 'One template on an export domain',
    how: IMAGE,
    verb: ({ scope, ids }) => inventory.templateOn(scope, ids.storagedomain, ids.template),
  }),
  ...refusals('template', 'action', 'an image is also a template: remove the template.', [
    'remove /storagedomains/{storagedomain:id}/templates/{template:id}',
  ]),
  ...refusals(
    'template',
    'action',
    NOT_IMPORTED,
    ['import', 'register'].map((act) => `${act} /storagedomains/{storagedomain:id}/templates/{template:id}`),
  ),
  templateDisks.list({
    summary: 'The disks of a template',
    how: 'The volumes that a deployment of the image creates.',
    async verb({ scope, ids }) {
      await inventory.templateOn(scope, ids.storagedomain, ids.template);
      return inventory.templateDisks(scope, ids.template);
    },
  }),
  templateDisks.get({
    summary: 'One disk of a template',
    how: 'A volume that a deployment of the image creates.',
    async verb({ scope, ids }) {
      await inventory.templateOn(scope, ids.storagedomain, ids.template);
      return inventory.templateDisk(scope, ids.template, ids.disk);
    },
  }),
  ...disksAt('/storagedomains/{storagedomain:id}', { list: disksOn, look: registerGauges }),
  ...exportOperations,
  ...absent('/storagedomains/{storagedomain:id}', [images], registerGauges),
  ...diskSnapshotsAt('/storagedomains/{storagedomain:id}', diskSnapshotsOn),
  ...diskProfilesOf('/storagedomains/{storagedomain:id}'),
  ...absent('/storagedomains/{storagedomain:id}', missing, registerGauges),
];

const OF_CENTER = '/datacenters/{datacenter:id}';
const inCenter = collection(`${OF_CENTER}/storagedomains`, '{storagedomain:id}', storageDomainResource);

/** Those that are attached to a data center: all. */
export const attachedDomainOperations: readonly Operation[] = [
  inCenter.list({
    summary: 'The storage domains of a data center',
    how: DOMAIN,
    async verb(call) {
      await inOwnDataCenter(call);
      return inventory.sizedStorageDomains(call.scope);
    },
  }),
  inCenter.get({ summary: 'One storage domain of a data center', how: DOMAIN, verb: lookAtSized }),
  ...refusals('storage domain', 'storage_domain', THERE, [
    `add ${OF_CENTER}/storagedomains`,
    `remove ${OF_CENTER}/storagedomains/{storagedomain:id}`,
  ]),
  ...refusals(
    'storage domain',
    'action',
    THERE,
    ['activate', 'deactivate'].map((act) => `${act} ${OF_CENTER}/storagedomains/{storagedomain:id}`),
  ),
  ...disksAt(`${OF_CENTER}/storagedomains/{storagedomain:id}`, { list: disksOn, look: registerGauges }),
];
