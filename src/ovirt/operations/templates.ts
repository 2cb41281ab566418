import * as inventory from '../../services/inventory/inventory.js';
import * as templates from '../../services/templates/templates.js';
import { absent, type Absent, type AbsentVerb, refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { permissionsOn } from './access.js';
import { diskResource } from './disks.js';
import { instanceTypeResource, templateResource } from './resources.js';
import { idIn } from './shared.js';

const TEMPLATE = 'An image of Glance; Blank is none.';
const DISKS = 'The volumes that a deployment of the image creates.';
const SIZE = 'A flavor of Nova.';
const FLAVOR = 'instance types are the sizes that {cloud} offers: they cannot be changed here.';

const at = collection('/templates', '{template:id}', templateResource);
const disks = collection('/templates/{template:id}/disks', '{disk:id}', diskResource);
const types = collection('/instancetypes', '{instancetype:id}', instanceTypeResource);
const look = (call: Call) => inventory.template(call.scope, idIn(call, 'template'));

const none = (subject: string): string => `an image of {cloud} contains volumes, but no ${subject}.`;

/** What templates and instance types have in common: devices that PowerVC creates at the deployment. */
const devices = (nics: readonly AbsentVerb[], subject: (thing: string) => string): readonly Absent[] => [
  { name: 'nics', key: 'nic', entity: 'NIC', document: 'nics', verbs: nics, why: subject('NICs') },
  {
    name: 'watchdogs',
    key: 'watchdog',
    entity: 'watchdog',
    document: 'watchdogs',
    verbs: ['add', 'update', 'remove'],
    why: '{hypervisor} has no watchdog devices.',
  },
  {
    name: 'graphicsconsoles',
    key: 'graphicsconsole',
    id: 'name',
    entity: 'graphics console',
    document: 'graphics_consoles',
    verbs: ['add', 'remove'],
    why: subject('consoles'),
  },
];

export const templateOperations: readonly Operation[] = [
  at.list({
    summary: 'The templates, Blank first',
    how: TEMPLATE,
    searchable: true,
    verb: ({ scope }) => inventory.templates(scope),
  }),
  at.get({ summary: 'One template', how: TEMPLATE, verb: look }),
  at.add({
    summary: 'Create a template from a VM that is down',
    how: '{cloud} captures the VM: createImage.',
    needs: ['vm.capture'],
    required: [{ field: 'name' }, { field: 'vm.id|name' }],
    faults: ['duplicate-name', 'not-found.reference', 'conflict', 'backend.failed'],
    verb: ({ scope }, input) => templates.add(scope, input),
  }),
  at.update({
    summary: 'Change name and description',
    how: 'Glance.',
    faults: ['duplicate-name', 'conflict'],
    verb: ({ scope, ids }, input) => templates.update(scope, ids.template, input),
  }),
  at.remove({
    summary: 'Remove a template',
    how: 'The image is deleted.',
    faults: ['conflict'],
    flags: ['force'],
    verb: ({ scope, ids }) => templates.remove(scope, ids.template),
  }),
  at.creation(look),
  ...refusals('template', 'action', 'a template is an image already: it is listed on the export domain.', [
    'export /templates/{template:id}',
  ]),
  disks.list({
    summary: 'The disks of a template',
    how: DISKS,
    verb: ({ scope, ids }) => inventory.templateDisks(scope, ids.template),
  }),
  disks.get({
    summary: 'One disk of a template',
    how: DISKS,
    verb: ({ scope, ids }) => inventory.templateDisk(scope, ids.template, ids.disk),
  }),
  ...refusals(
    'disk',
    'action',
    'the volumes of an image are added and removed with it.',
    ['remove', 'copy', 'export'].map((act) => `${act} /templates/{template:id}/disks/{disk:id}`),
  ),
  ...permissionsOn('/templates/{template:id}', look, ['template', 'template']),
  ...absent(
    '/templates/{template:id}',
    [
      ...devices(['add', 'update'], none),
      { name: 'cdroms', key: 'cdrom', entity: 'CD-ROM', document: 'cdroms', why: none('CD-ROMs') },
      {
        name: 'tags',
        key: 'tag',
        entity: 'tag',
        document: 'tags',
        verbs: ['add', 'remove'],
        why: 'tags are stored with VMs.',
      },
    ],
    look,
  ),
];

export const instanceTypeOperations: readonly Operation[] = [
  types.list({
    summary: 'The instance types',
    how: SIZE,
    searchable: true,
    verb: ({ scope }) => inventory.instanceTypes(scope),
  }),
  types.get({
    summary: 'One instance type',
    how: SIZE,
    verb: ({ scope, ids }) => inventory.instanceType(scope, ids.instancetype),
  }),
  ...refusals('instance type', 'instance_type', FLAVOR, [
    'add /instancetypes',
    'update /instancetypes/{instancetype:id}',
    'remove /instancetypes/{instancetype:id}',
  ]),
  ...absent(
    '/instancetypes/{instancetype:id}',
    devices(['add', 'update'], (thing) => `a flavor only defines a size, and has no ${thing}.`),
    (call) => inventory.instanceType(call.scope, idIn(call, 'instancetype')),
  ),
];
