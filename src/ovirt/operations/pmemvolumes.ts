import { Fault, type PmemVolume, type PmemVolumeInput } from '../../model/index.js';
import * as pmem from '../../services/pmem/pmem.js';
import { collection } from '../declare/collection.js';
import { declare } from '../declare/declare.js';
import { unknownContent } from '../version/ignored.js';
import type { Call, Operation } from '../declare/operation.js';
import { diskProgress } from '../declare/progress.js';
import { documentReply, type Reply } from '../http/reply.js';
import { assertComplete } from '../version/required.js';
import { pmemSearch } from '../search/tables/pmem.js';
import { declareResource, addLinks, pending, takeIn } from '../declare/resource.js';
import type { Document } from '../version/document.js';

const resource = declareResource<PmemVolume>({
  entity: 'persistent memory volume',
  element: 'pmem_volume',
  list: 'pmem_volumes',
  table: 'pmemVolume',
  progress: diskProgress,
  search: pmemSearch,
  otherId: ({ volume_uuid: id }) => (typeof id === 'string' ? id : undefined),
});

const PATH = '/vms/{vm:id}/pmemvolumes';
const ofVm = collection(PATH, '{pmemvolume:id}', resource);
const all = collection('/pmemvolumes', '{pmemvolume:id}', resource);

type Ids = { readonly vm: string; readonly pmemvolume: string };
const look = ({ scope, ids }: Call<Ids>): Promise<PmemVolume> => pmem.get(scope, ids.vm, ids.pmemvolume);

/** Reads one `<pmem_volume>` or several in `<pmem_volumes>`. */
function read(call: Call): { readonly inputs: PmemVolumeInput[]; readonly single: boolean } {
  const {
    value: documents,
    unknown,
    single,
  } = call.incoming.readSeveral(
    call.version.document<Document>(resource.element),
    call.version.document<{ readonly pmem_volume?: readonly Document[] }>(resource.list),
    ({ pmem_volume: items = [] }) => items,
  );
  if (documents.length === 0)
    throw new Fault('request.incomplete', { text: 'PmemVolumes [pmemVolume] required for add' });
  const inputs = documents.map((document) => {
    assertComplete(document, 'PmemVolume', 'add', [{ field: 'name' }, { field: 'size' }]);
    return takeIn(resource, document, call, []);
  });
  call.ignore(unknownContent(unknown));
  return { inputs, single };
}

/** 202 while one of them is still being configured, else 201. */
function added(call: Call, volumes: readonly PmemVolume[], single: boolean): Reply {
  const documents = volumes.map((volume) => {
    const document = addLinks(resource, volume, call, call.path, `${PATH}/{pmemvolume:id}`);
    return diskProgress(volume) === 'in_progress' ? pending(document, call) : document;
  });
  const status = documents.some(({ creation_status: state }) => state !== undefined) ? 202 : 201;
  const [first] = documents;
  if (single && first)
    return documentReply(status, call.version.document(resource.element), first, { Location: first.href ?? '' });
  return documentReply(status, call.version.document(resource.list), { pmem_volume: documents });
}

/** An extension for PowerVC's persistent memory API, which oVirt lacks. */
export const pmemOperations: readonly Operation[] = [
  ofVm.list({
    summary: 'The persistent memory volumes of a VM',
    how: 'Returned with the Nova server.',
    since: 'gateway',
    needs: ['pmem'],
    verb: ({ scope, ids }) => pmem.list(scope, ids.vm),
  }),
  ofVm.get({
    summary: 'One persistent memory volume, by either of its ids',
    how: 'Returned with the Nova server.',
    since: 'gateway',
    needs: ['pmem'],
    verb: look,
  }),
  declare<{ readonly vm: string }>({
    summary: 'Add one persistent memory volume or several, with aggregated memory or without',
    how: 'add-pmem-vol; with aggregated_memory resize { add-pmem-vol }. Bytes are MB there.',
    since: 'gateway',
    needs: ['pmem'],
    faults: ['backend.conflict', 'backend.refused', 'refused'],
    async: true,
    kind: 'add',
    method: 'POST',
    path: PATH,
    rel: 'add',
    title: 'add persistent memory volume',
    reads: ['pmem_volume', 'pmem_volumes'],
    answers: 'pmem_volume',
    status: 201,
    required: [{ field: 'name' }, { field: 'size' }],
    async run(call) {
      const { inputs, single } = read(call);
      return added(call, await pmem.add(call.scope, call.ids.vm, inputs), single);
    },
  }),
  ofVm.update({
    summary: 'Rename a persistent memory volume',
    how: 'PUT pmem_vol; nothing but the name can change.',
    since: 'gateway',
    needs: ['pmem'],
    faults: ['backend.conflict', 'unsupported'],
    verb: ({ scope, ids }, input) => pmem.rename(scope, ids.vm, ids.pmemvolume, input),
  }),
  ofVm.remove({
    summary: 'Remove a persistent memory volume; ;aggregated_memory returns the memory to the VM',
    how: 'del-pmem-vol; with aggregated memory resize { del-pmem-vol }.',
    since: 'gateway',
    needs: ['pmem'],
    flags: ['aggregated_memory'],
    faults: ['backend.conflict'],
    verb: ({ scope, ids }, { aggregated_memory: aggregated }) =>
      pmem.remove(scope, ids.vm, ids.pmemvolume, aggregated === undefined ? {} : { aggregated }),
  }),
  ofVm.creation(look),
];

/** All volumes of the project; with `;all_tenants=true`, of all projects. */
export const allPmemOperations: readonly Operation[] = [
  all.list({
    summary: 'Every persistent memory volume',
    how: 'Nova pmem_vol, and the servers that have such volumes.',
    since: 'gateway',
    needs: ['pmem'],
    parameters: ['all_tenants'],
    searchable: true,
    verb: ({ scope, parameters }) => pmem.listAll(scope, { allTenants: parameters.flag('all_tenants') }),
  }),
  all.get({
    summary: 'One persistent memory volume',
    how: 'Nova pmem_vol.',
    since: 'gateway',
    needs: ['pmem'],
    verb: ({ scope, ids }) => pmem.getAny(scope, ids.pmemvolume),
  }),
  all.update({
    summary: 'Rename a persistent memory volume of any VM',
    how: 'PUT pmem_vol; nothing but the name can change.',
    since: 'gateway',
    needs: ['pmem'],
    faults: ['backend.conflict', 'unsupported'],
    verb: ({ scope, ids }, input) => pmem.renameAny(scope, ids.pmemvolume, input),
  }),
  all.remove({
    summary: 'Remove a persistent memory volume from its VM; ;aggregated_memory returns the memory to the VM',
    how: 'del-pmem-vol of that VM; with aggregated memory resize { del-pmem-vol }.',
    since: 'gateway',
    needs: ['pmem'],
    flags: ['aggregated_memory'],
    faults: ['backend.conflict', 'refused'],
    verb: ({ scope, ids }, { aggregated_memory: aggregated }) =>
      pmem.removeAny(scope, ids.pmemvolume, aggregated === undefined ? {} : { aggregated }),
  }),
];
