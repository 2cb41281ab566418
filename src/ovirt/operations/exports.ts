import type { Disk, Vm } from '../../model/index.js';
import { Fault } from '../../model/index.js';
import * as exports from '../../services/vms/exports.js';
import { refusals } from '../declare/absent.js';
import { collection } from '../declare/collection.js';
import type { Operation } from '../declare/operation.js';
import { diskResource } from './disks.js';
import { vmResource } from './vms.js';

const EXPORT = 'An image that is marked as the export of a VM.';
const PATH = '/storagedomains/{storagedomain:id}/vms';

const at = collection(PATH, '{vm:id}', vmResource);
const disks = collection(`${PATH}/{vm:id}/disks`, '{disk:id}', diskResource);

interface Ids {
  readonly storagedomain: string;
  readonly vm: string;
}
const registerGauges = ({
  scope,
  ids,
}: {
  readonly scope: Parameters<typeof exports.get>[0];
  readonly ids: Ids;
}): Promise<Vm> => exports.get(scope, ids.storagedomain, ids.vm);

async function disk(scope: Parameters<typeof exports.get>[0], ids: Ids, id: string): Promise<Disk> {
  const found = (await exports.disks(scope, ids.storagedomain, ids.vm)).find((one) => one.id === id);
  if (!found) throw new Fault('not-found', { what: 'Disk', id });
  return found;
}

/** What was exported, on the export domain. */
export const exportOperations: readonly Operation[] = [
  at.list({
    summary: 'The VMs on an export domain',
    how: EXPORT,
    verb: ({ scope, ids }) => exports.list(scope, ids.storagedomain),
  }),
  at.get({ summary: 'One VM on an export domain', how: EXPORT, verb: registerGauges }),
  at.remove({
    summary: 'Remove an export',
    how: 'The image is deleted.',
    verb: ({ scope, ids }) => exports.remove(scope, ids.storagedomain, ids.vm),
  }),
  ...at.action('import', registerGauges, {
    summary: 'Create a VM from an export',
    how: 'A VM from the image, with the size of the exported VM and a new id.',
    needs: ['vm.create'],
    background: true,
    faults: ['duplicate-name', 'not-found.reference', 'backend.quota', 'backend.space'],
    fields: ['cluster', 'storage_domain', 'vm', 'clone', 'exclusive', 'async'],
    required: [{ field: 'cluster.id|name' }],
    verb(call, { cluster, storage_domain: domain, vm }) {
      call.ignore(
        domain === undefined
          ? []
          : [{ path: 'action.storage_domain', why: '{cloud} chooses where the disks of an image are created' }],
      );
      const { id, name } = cluster ?? {};
      return exports.importVm(call.scope, call.ids.storagedomain, call.ids.vm, {
        cluster: { ...(id !== undefined && { id }), ...(name !== undefined && { name }) },
        ...(vm?.name !== undefined && { name: vm.name }),
      });
    },
  }),
  ...refusals('VM', 'action', 'an export needs no registration: import it.', [`register ${PATH}/{vm:id}`]),
  disks.list({
    summary: 'The disks of an export',
    how: 'The volumes that a deployment of the image creates.',
    verb: ({ scope, ids }) => exports.disks(scope, ids.storagedomain, ids.vm),
  }),
  disks.get({
    summary: 'One disk of an export',
    how: 'A volume that a deployment of the image creates.',
    verb: ({ scope, ids }) => disk(scope, ids, ids.disk),
  }),
];
