import type { Disk, DiskInput } from '../../../model/index.js';
import type { Scope } from '../../../services/context.js';
import * as disks from '../../../services/disks/index.js';
import { isAble } from '../../../services/fitting.js';
import * as inventory from '../../../services/inventory/inventory.js';
import { awaited, toldAs } from '../../declare/journaling.js';
import { refusals } from '../../declare/absent.js';
import { collection } from '../../declare/collection.js';
import type { Call, Operation } from '../../declare/operation.js';
import { diskProgress } from '../../declare/progress.js';
import { declareResource } from '../../declare/resource.js';
import { diskSearch } from '../../search/tables/disks.js';
import { newDiskNeeds } from '../disk-needs.js';

/** A disk as its VM has it: docs/reference/v4-wire.md, section 8. Its id is the disk's. */
const resource = declareResource<Disk>({
  entity: 'disk attachment',
  element: 'disk_attachment',
  list: 'disk_attachments',
  table: 'diskAttachment',
  progress: diskProgress,
  search: diskSearch,
  // an engine's GET of one attachment sets its href by hand, without the version (docs/reference/v4-wire.md, section 1)
  finish(document, _disk, { operation }, href) {
    if (operation.kind === 'get') document.href = href.replace(/\/v\d+(?=\/vms\/)/, '');
  },
});
const ofTemplateResource = declareResource<Disk>({
  ...resource,
  finish(document, _disk, call) {
    const { template } = call.ids as { readonly template: string };
    delete document['vm'];
    document['active'] = true;
    document['template'] = { href: `${call.base}/templates/${template}`, id: template };
  },
});

type Ids = { readonly vm: string; readonly diskattachment: string };
const ofVm = collection('/vms/{vm:id}/diskattachments', '{diskattachment:id}', resource);
const ofTemplate = collection('/templates/{template:id}/diskattachments', '{diskattachment:id}', ofTemplateResource);
const look = ({ scope, ids }: Call<Ids>): Promise<Disk> => disks.get(scope, ids.vm, ids.diskattachment);
const DISKS = 'The volumes that a deployment of the image creates.';

export const attachmentOperations: readonly Operation[] = [
  ofVm.list({
    summary: 'The disk attachments of a VM, including deactivated ones',
    how: 'Cinder volumes that are attached to the VM or recorded in its metadata; persistent memory volumes as disks.',
    verb: ({ scope, ids }) => disks.list(scope, ids.vm),
  }),
  ofVm.get({ summary: 'One disk attachment of a VM', how: 'A Cinder volume.', verb: look }),
  ofVm.add({
    summary: 'Attach a disk by its id, or add a new one',
    faults: ['not-found.reference', 'conflict', 'unsupported', 'backend.quota', 'backend.space'],
    how:
      'With a disk id: the volume is attached. Without: a Cinder volume of the storage template, ' +
      'then attached; bytes are rounded up to GiB.',
    required: [
      {
        field: 'disk.provisionedSize',
        unless: ['id', 'disk.id', 'disk.lun_storage.logical_units.logical_unit.id'],
      },
    ],
    needsFor: newDiskNeeds,
    attaches: ({ id }) => id !== undefined,
    attached: 201,
    verb(call, input) {
      const { scope, ids } = call;
      if (input.id !== undefined) toldAs(call, 'vms.disks.attach');
      return disks.add(scope, ids.vm, plugged(scope, input));
    },
  }),
  ofVm.update({
    summary: 'Activate or deactivate a disk, or change the disk itself',
    faults: ['conflict', 'conflict.transition', 'unsupported', 'backend.space'],
    how: 'active: the volume is attached or detached. disk: as a change of the disk.',
    async verb(call, { active, id: _id, ...change }) {
      const { scope, ids } = call;
      const now = await look(call);
      if (Object.keys(change).length > 0) await disks.update(scope, ids.vm, ids.diskattachment, change);
      if (active !== undefined && active !== now.active) {
        if (Object.keys(change).length === 0) toldAs(call, active ? 'vms.disks.activate' : 'vms.disks.deactivate');
        await toggle(call, active);
      }
      return look(call);
    },
  }),
  ofVm.remove({
    summary: 'Detach a disk; with detach_only=false also delete it',
    how: 'The volume is detached, and deleted if requested.',
    flags: ['detach_only'],
    faults: ['conflict', 'conflict.transition', 'unsupported'],
    verb(call, { detach_only: detach = true }) {
      const { scope, ids } = call;
      if (detach) toldAs(call, 'vms.disks.detach');
      return disks.remove(scope, ids.vm, ids.diskattachment, { detach });
    },
  }),
  ofVm.creation(look),
  ofTemplate.list({
    summary: 'The disks of a template',
    how: DISKS,
    verb: ({ scope, ids }) => inventory.templateDisks(scope, ids.template),
  }),
  ofTemplate.get({
    summary: 'One disk of a template',
    how: DISKS,
    verb: ({ scope, ids }) => inventory.templateDisk(scope, ids.template, ids.diskattachment),
  }),
  ...refusals('disk attachment', 'action', 'the volumes of an image are added and removed with it.', [
    'remove /templates/{template:id}/diskattachments/{diskattachment:id}',
  ]),
];

/** A new disk is active unless the client says otherwise; one that is attached is not, where the cloud can tell. */
const plugged = (scope: Scope, input: DiskInput): DiskInput =>
  input.id !== undefined && input.active === undefined && isAble(scope, 'disk.notes')
    ? { ...input, active: false }
    : input;

async function toggle(call: Call<Ids>, active: boolean): Promise<void> {
  const { scope, ids } = call;
  const act = active ? disks.activate : disks.deactivate;
  const result = await act(scope, ids.vm, ids.diskattachment);
  const { finished } = (result as { readonly finished?: Promise<unknown> } | undefined) ?? {};
  if (finished) await awaited(call, finished);
}
