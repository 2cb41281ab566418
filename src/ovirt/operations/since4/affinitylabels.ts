import { type AffinityLabel, type Host, type Ref, needed, propertyOf, type Vm } from '../../../model/index.js';
import * as labels from '../../../services/tags/affinitylabels.js';
import { collection } from '../../declare/collection.js';
import type { Call, Operation } from '../../declare/operation.js';
import type { Document } from '../../version/document.js';
import { declareResource } from '../../declare/resource.js';
import { hostResource } from '../resources.js';
import { vmResource } from '../vms.js';

const addressed = (members: unknown, base: string): void => {
  for (const one of (members as readonly Document[] | undefined) ?? []) one.href = `${base}/${one.id ?? ''}`;
};

const resource = declareResource<AffinityLabel>({
  entity: 'affinity label',
  element: 'affinity_label',
  list: 'affinity_labels',
  table: 'affinityLabel',
  finish({ vms, hosts }, _, { base }) {
    addressed((vms as { vm?: unknown } | undefined)?.vm, `${base}/vms`);
    addressed((hosts as { host?: unknown } | undefined)?.host, `${base}/hosts`);
  },
});

/** Members keep their own addresses: links lead to the VM, not to a path below the label. */
function atHome(document: Document, { base, version }: Call, path: string): void {
  const { linksTo, actionsAt } = version.relations(path);
  const href = `${base}${path.slice(0, path.lastIndexOf('/'))}/${document.id ?? ''}`;
  document.href = href;
  if (actionsAt) document.actions = { link: actionsAt.with(href) };
  if (linksTo) document.link = linksTo.with(href);
}

const memberVm = declareResource<Vm>({
  ...vmResource,
  finish(document, vm, call, href) {
    vmResource.finish?.(document, vm, call, href);
    atHome(document, call, '/vms/{vm:id}');
  },
});
const memberHost = declareResource<Host>({
  ...hostResource,
  finish: (document, _, call) => atHome(document, call, '/hosts/{host:id}'),
});

const all = collection('/affinitylabels', '{affinitylabel:id}', resource);
const vms = collection('/affinitylabels/{affinitylabel:id}/vms', '{vm:id}', memberVm);
const hosts = collection('/affinitylabels/{affinitylabel:id}/hosts', '{host:id}', memberHost);
const ofVm = collection('/vms/{vm:id}/affinitylabels', '{affinitylabel:id}', resource);
const ofHost = collection('/hosts/{host:id}/affinitylabels', '{affinitylabel:id}', resource);

const LABELS =
  'Labels and their hosts: metadata of a host group, which only an administrator can change. ' +
  'Labels of a VM: its own metadata. A label by itself places no VMs, as in engines since 4.4.';
const facts = { how: LABELS, support: 'emulated' } as const;
const refOf = ({ id, name }: Ref): Ref => ({ ...(id !== undefined && { id }), ...(name !== undefined && { name }) });

export const affinityLabelOperations: readonly Operation[] = [
  all.list({ ...facts, summary: 'The affinity labels', verb: ({ scope }) => labels.list(scope) }),
  all.get({
    ...facts,
    summary: 'One affinity label',
    verb: ({ scope, ids }) => labels.get(scope, ids.affinitylabel),
  }),
  all.add({
    ...facts,
    summary: 'Add an affinity label, with its VMs and hosts',
    required: [{ field: 'name' }],
    faults: ['duplicate-name', 'not-found.reference', 'backend.forbidden', 'unsupported'],
    verb: ({ scope }, input) => labels.add(scope, input),
  }),
  all.update({
    ...facts,
    summary: 'Change the name of an affinity label, or its members',
    faults: ['duplicate-name', 'not-found.reference', 'backend.forbidden'],
    verb: ({ scope, ids }, input) => labels.update(scope, ids.affinitylabel, input),
  }),
  all.remove({
    ...facts,
    summary: 'Remove an affinity label',
    faults: ['backend.forbidden'],
    verb: ({ scope, ids }) => labels.remove(scope, ids.affinitylabel),
  }),
  vms.list({
    ...facts,
    summary: 'The VMs with a label',
    verb: ({ scope, ids }) => labels.vmsOf(scope, ids.affinitylabel),
  }),
  vms.get({
    ...facts,
    summary: 'One VM with a label',
    verb: ({ scope, ids }) => labels.vmOf(scope, ids.affinitylabel, ids.vm),
  }),
  vms.add({
    ...facts,
    summary: 'Add a label to a VM',
    required: [{ field: 'id' }],
    faults: ['not-found.reference'],
    verb: ({ scope, ids }, { id }) => labels.take(scope, ids.affinitylabel, needed(id, propertyOf('Vm', 'id'), 'add')),
  }),
  vms.remove({
    ...facts,
    summary: 'Remove a label from a VM',
    verb: ({ scope, ids }) => labels.unassign(scope, ids.vm, ids.affinitylabel),
  }),
  hosts.list({
    ...facts,
    summary: 'The hosts with a label',
    verb: ({ scope, ids }) => labels.hostsOf(scope, ids.affinitylabel),
  }),
  hosts.get({
    ...facts,
    summary: 'One host with a label',
    verb: ({ scope, ids }) => labels.hostOf(scope, ids.affinitylabel, ids.host),
  }),
  hosts.add({
    ...facts,
    summary: 'Add a label to a host',
    required: [{ field: 'id' }],
    faults: ['not-found.reference', 'backend.forbidden'],
    verb: ({ scope, ids }, { id }) =>
      labels.takeHost(scope, ids.affinitylabel, needed(id, propertyOf('Host', 'id'), 'add')),
  }),
  hosts.remove({
    ...facts,
    summary: 'Remove a label from a host',
    faults: ['backend.forbidden'],
    verb: ({ scope, ids }) => labels.unassignHost(scope, ids.host, ids.affinitylabel),
  }),
  ofVm.list({ ...facts, summary: 'The labels of a VM', verb: ({ scope, ids }) => labels.ofVm(scope, ids.vm) }),
  ofVm.get({
    ...facts,
    summary: 'One label of a VM',
    verb: ({ scope, ids }) => labels.oneOfVm(scope, ids.vm, ids.affinitylabel),
  }),
  ofVm.add({
    ...facts,
    summary: 'Add a label to a VM, by id or by name',
    required: [{ field: 'id|name' }],
    faults: ['not-found.reference'],
    verb: ({ scope, ids }, input) => labels.assign(scope, ids.vm, refOf(input)),
  }),
  ofVm.remove({
    ...facts,
    summary: 'Remove a label from a VM',
    verb: ({ scope, ids }) => labels.unassign(scope, ids.vm, ids.affinitylabel),
  }),
  ofHost.list({ ...facts, summary: 'The labels of a host', verb: ({ scope, ids }) => labels.ofHost(scope, ids.host) }),
  ofHost.get({
    ...facts,
    summary: 'One label of a host',
    verb: ({ scope, ids }) => labels.oneOfHost(scope, ids.host, ids.affinitylabel),
  }),
  ofHost.add({
    ...facts,
    summary: 'Add a label to a host, by id or by name',
    required: [{ field: 'id|name' }],
    faults: ['not-found.reference', 'backend.forbidden'],
    verb: ({ scope, ids }, input) => labels.assignHost(scope, ids.host, refOf(input)),
  }),
  ofHost.remove({
    ...facts,
    summary: 'Remove a label from a host',
    faults: ['backend.forbidden'],
    verb: ({ scope, ids }) => labels.unassignHost(scope, ids.host, ids.affinitylabel),
  }),
];
