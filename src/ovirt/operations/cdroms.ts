import { ZERO_ID, type Cdrom } from '../../model/index.js';
import * as cdroms from '../../services/vms/cdroms.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { declareResource } from '../declare/resource.js';

export const cdromResource = declareResource<Cdrom>({
  entity: 'CD-ROM',
  element: 'cdrom',
  list: 'cdroms',
  table: 'cdrom',
});

const at = collection('/vms/{vm:id}/cdroms', '{cdrom:id}', cdromResource);
const session = ({ parameters }: Call): { readonly current: boolean } => ({ current: parameters.flag('current') });

const HOW =
  '{cloud} has no call for a virtual optical drive: the medium is a volume created from the ISO image, ' +
  'attached read-only.';

/** RHEV-M REST guide, 15.6.4. `;current=true` is the running session, without it the VM's record. */
export const cdromOperations: readonly Operation[] = [
  at.list({
    summary: 'The CD-ROM drive of a VM',
    how: HOW,
    support: 'emulated',
    parameters: ['current'],
    verb: (call) => cdroms.list(call.scope, call.ids.vm, session(call)),
  }),
  at.get({
    summary: 'The CD-ROM drive and its file',
    how: HOW,
    support: 'emulated',
    parameters: ['current'],
    verb: (call) => cdroms.get(call.scope, call.ids.vm, call.ids.cdrom, session(call)),
  }),
  at.add({
    summary: 'Insert a file into the CD-ROM drive',
    how: HOW,
    support: 'emulated',
    needs: ['disk.media'],
    faults: ['not-found.reference', 'conflict'],
    required: [{ field: 'file.id' }],
    verb: ({ scope, ids }, input) => cdroms.change(scope, ids.vm, ZERO_ID, input),
  }),
  at.update({
    summary: 'Change the file, or eject it with an empty file id',
    how: HOW,
    support: 'emulated',
    parameters: ['current'],
    faults: ['not-found.reference', 'conflict', 'unsupported'],
    required: [{ field: 'file.id' }],
    verb: (call, input) => cdroms.change(call.scope, call.ids.vm, call.ids.cdrom, input, session(call)),
  }),
  at.remove({
    summary: 'Eject the file; the drive itself stays',
    how: HOW,
    support: 'emulated',
    verb: async ({ scope, ids }) => {
      await cdroms.change(scope, ids.vm, ids.cdrom, { file: { id: '' } });
    },
  }),
];
