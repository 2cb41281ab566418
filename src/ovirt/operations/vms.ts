import { type Network, type Ref, type Vm, type VmInput, incomplete, propertyOf } from '../../model/index.js';
import type { Started } from '../../services/context.js';
import * as disks from '../../services/disks/index.js';
import * as nics from '../../services/nics/index.js';
import { inDataCenter } from '../../services/inventory/datacenters.js';
import * as inventory from '../../services/inventory/inventory.js';
import { isAble } from '../../services/fitting.js';
import { isBlank } from '../../services/references.js';
import { isHidden } from '../../services/vms/cloudinit.js';
import * as vms from '../../services/vms/index.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { readOvf } from '../ovf/read.js';
import { ovf } from '../ovf/write.js';
import { vmProgress } from '../declare/progress.js';
import { declareResource } from '../declare/resource.js';
import { vmSearch } from '../search/tables/vms.js';

export const vmResource = declareResource<Vm>({
  entity: 'VM',
  element: 'vm',
  list: 'vms',
  table: 'vm',
  inQuota: true,
  progress: vmProgress,
  search: vmSearch,
  variant: ({ filtered }) => String(filtered),
  // docs/reference/v4-wire.md, section 7: `<instance_type/>` takes the VM's type from it
  read: (input, { instance_type: type }) =>
    type && Object.keys(type).length === 0 ? { ...input, instanceType: {} } : input,
  // The view of a plain user (docs/reference/ovirt.md, section 4, Filter)
  finish(document, vm, { filtered }) {
    if (vm.ovf !== undefined) document.initialization = withOvf(document.initialization, vm.ovf);
    if (!filtered) return;
    delete document.host;
    delete document.placement_policy;
  },
});

export const vmsAt = collection('/vms', '{vm:id}', vmResource);
export const lookAtVm = ({ scope, ids }: Call<{ readonly vm: string }>): Promise<Vm> => vms.get(scope, ids.vm);

const withOvf = (initialization: unknown, data: string): object => ({
  ...(initialization as object | undefined),
  configuration: { type: 'ovf', data },
});

/** Why the password of another VM's document is none. */
export const STARS = 'stars show that a VM has a password, and are none';

/** The path of an OVF in a VM's document. */
const OVF = 'initialization.configuration.data';

/** The VM in an OVF; the document's own values come first. */
async function importOvf({ scope, ignore }: Call, { ovf: _, ...said }: VmInput, text: string): Promise<Started<Vm>> {
  const { vm, ignored, ...parts } = readOvf(text);
  ignore(ignored);
  if ((said.name ?? vm.name) === undefined) throw incomplete(propertyOf('Vm', 'name'), 'add');
  const options = { ...vm.options, ...said.options };
  return vms.importVm(scope, { ...vm, ...said, ...(Object.keys(options).length > 0 && { options }) }, parts);
}

/** Version 4's flag; reported where nothing can tell later that the VM does not belong to its template. */
function wantsClone({ scope, parameters, ignore }: Call): boolean {
  if (!parameters.flag('clone')) return false;
  const able = isAble(scope, 'vm.notes.settings');
  if (!able) ignore([{ path: '?clone', why: 'the disks are copies in any case, and a VM always shows its template' }]);
  return able;
}

const networks = new WeakMap<Call, Promise<readonly Network[]>>();

/** Read once per request. */
function networksFor(call: Call): Promise<readonly Network[]> {
  const known = networks.get(call) ?? call.scope.session.inventory.networks();
  networks.set(call, known);
  return known;
}

const templates = new WeakMap<Call, Map<string | undefined, Promise<Ref | undefined>>>();

/** The VM's template with its name. Each is read once per request. */
function templateFor(call: Call, { template }: Vm): Promise<Ref | undefined> {
  const known = templates.get(call) ?? new Map<string | undefined, Promise<Ref | undefined>>();
  templates.set(call, known);
  const named = known.get(template?.id) ?? inventory.withTemplateName(call.scope, template);
  known.set(template?.id, named);
  return named;
}

async function ovfOf(call: Call, vm: Vm): Promise<string> {
  const { scope } = call;
  const { id, description = '' } = vm;
  const [ownDisks, ownNics, all, template] = await Promise.all([
    disks.list(scope, id),
    nics.list(scope, id),
    networksFor(call),
    templateFor(call, vm),
  ]);
  // an OVF names its networks, whose ids differ between clouds
  const named = ownNics.map((nic) => ({
    ...nic,
    network: all.find((network) => network.id === nic.network?.id) ?? nic.network,
  }));
  const configuration = { ...vm, ...(template && { template }), disks: ownDisks, nics: named };
  return ovf(
    { id, description, status: 'ok', createdAt: new Date().toISOString(), configuration },
    inDataCenter(scope).id ?? '',
  );
}

/** docs/reference/ovirt.md, section 10. */
export const vmOperations: readonly Operation[] = [
  vmsAt.list({
    summary: 'The virtual machines; with All-Content including their OVF',
    how: 'Nova servers with details, page by page. ;pmem_vol=true lists only those with persistent memory.',
    searchable: true,
    parameters: ['pmem_vol'],
    verb: ({ scope, parameters }, { hints, order, first }) => {
      const hasPmem = parameters.choice('pmem_vol');
      return vms.list(scope, {
        ...hints,
        ...(order && { order }),
        ...(first !== undefined && hasPmem !== false && { first }),
        ...(hasPmem !== undefined && { hasPmem }),
      });
    },
    // Backup scripts find their VM by a search, and read its OVF there (ovirt-engine-sdk-python, examples/vm_backup.py)
    async content(call, document) {
      const vm = await vms.get(call.scope, document.id ?? '');
      document.initialization = withOvf(document.initialization, await ovfOf(call, vm));
    },
  }),
  vmsAt.get({
    summary: 'One virtual machine',
    how: 'A Nova server with its metadata. next_run: as it will be after its next start.',
    parameters: ['next_run'],
    async verb(call) {
      const { scope, ids, parameters, allContent } = call;
      const vm = await vms.get(scope, ids.vm, { nextRun: parameters.flag('next_run') });
      return allContent ? { ...vm, ovf: await ovfOf(call, vm) } : vm;
    },
  }),
  vmsAt.add({
    summary: 'Create a virtual machine',
    needs: ['vm.create'],
    faults: ['not-found.reference', 'duplicate-name', 'unsupported', 'backend.quota', 'backend.space'],
    how:
      "A Nova server of the template's image, with an inline flavor, in the cluster's host group; " +
      "or with copies of a snapshot's volumes.",
    required: [
      { field: 'cluster.id|name' },
      { field: 'name', unless: [OVF] },
      { field: 'template.id|name', unless: ['snapshots.snapshot.id', OVF] },
    ],
    needsFor: [
      {
        capability: 'vm.create.fromSnapshot',
        subject: propertyOf('Vm', 'sourceSnapshot'),
        when: ({ sourceSnapshot }) => sourceSnapshot !== undefined,
      },
      {
        capability: 'vm.create.blank',
        subject: propertyOf('Vm', 'template'),
        when: ({ template }) => template !== undefined && isBlank(template),
      },
    ],
    parameters: ['clone'],
    verb: (call, said) => {
      if (isHidden(said)) call.ignore([{ path: 'vm.initialization.root_password', why: STARS }]);
      const input = wantsClone(call) ? { ...said, cloned: true } : said;
      return input.ovf === undefined ? vms.add(call.scope, input) : importOvf(call, input, input.ovf);
    },
  }),
  vmsAt.update({
    summary: 'Change the name, description, memory, processors and other properties',
    faults: ['conflict.transition', 'duplicate-name', 'unsupported'],
    how:
      'Name: Nova. Memory, processors, extra specs: a {cloud} resize; changes that a running partition ' +
      'cannot apply, and all changes with next_run, are kept for the next start. Everything else: ' +
      'server metadata.',
    parameters: ['next_run'],
    verb: ({ scope, ids, parameters }, input) =>
      vms.update(scope, ids.vm, input, { nextRun: parameters.flag('next_run') }),
  }),
  vmsAt.remove({
    summary: 'Remove a virtual machine, including its disks unless detach_only is set',
    how: 'The Nova server, then the volumes that were its disks.',
    flags: ['force', 'detach_only'],
    faults: ['conflict', 'conflict.transition'],
    verb: ({ scope, ids }, flags) =>
      vms.remove(scope, ids.vm, { detachOnly: flags.detach_only ?? false, force: flags.force ?? false }),
  }),
  vmsAt.creation(lookAtVm),
];
