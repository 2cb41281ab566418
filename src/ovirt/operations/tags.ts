import type { Tag } from '../../model/index.js';
import * as tags from '../../services/tags/tags.js';
import { collection } from '../declare/collection.js';
import type { Operation } from '../declare/operation.js';
import { declareResource } from '../declare/resource.js';

const resource = declareResource<Tag>({
  entity: 'tag',
  element: 'tag',
  list: 'tags',
  table: 'tag',
});

const all = collection('/tags', '{tag:id}', resource);
const ofHost = collection('/hosts/{host:id}/tags', '{tag:id}', resource);
const ofVm = collection('/vms/{vm:id}/tags', '{tag:id}', resource);

const TREE =
  'The tag tree is in the metadata of a host group, which every project can read and only an administrator can change.';
const BORNE = 'Server metadata.';
const ON_HOST =
  'The tags of hosts are with the tag tree, in the metadata of a host group, which only an administrator can change.';

/** docs/reference/ovirt.md, section 2: the tree, with the root tag. */
export const tagOperations: readonly Operation[] = [
  all.list({
    summary: 'All tags, the root tag first',
    how: TREE,
    support: 'emulated',
    verb: ({ scope }) => tags.list(scope),
  }),
  all.get({ summary: 'One tag', how: TREE, support: 'emulated', verb: ({ scope, ids }) => tags.get(scope, ids.tag) }),
  all.add({
    summary: 'Add a tag, under the root tag or another tag',
    how: TREE,
    support: 'emulated',
    required: [{ field: 'name' }],
    faults: ['duplicate-name', 'not-found.reference', 'backend.forbidden'],
    verb: ({ scope }, input) => tags.add(scope, input),
  }),
  all.update({
    summary: 'Change the name, description or parent of a tag',
    how: TREE,
    support: 'emulated',
    faults: ['conflict', 'duplicate-name', 'not-found.reference', 'backend.forbidden'],
    verb: ({ scope, ids }, input) => tags.update(scope, ids.tag, input),
  }),
  all.remove({
    summary: 'Remove a tag and its children',
    how: `${TREE} It is first removed from the VMs of the project.`,
    support: 'emulated',
    faults: ['conflict', 'backend.forbidden'],
    verb: ({ scope, ids }) => tags.remove(scope, ids.tag),
  }),
];

/** docs/reference/ovirt.md, section 11. */
export const vmTagOperations: readonly Operation[] = [
  ofVm.list({
    summary: 'The tags of a VM',
    how: BORNE,
    support: 'emulated',
    verb: ({ scope, ids }) => tags.listOf(scope, ids.vm),
  }),
  ofVm.get({
    summary: 'One tag of a VM',
    how: BORNE,
    support: 'emulated',
    verb: ({ scope, ids }) => tags.getOf(scope, ids.vm, ids.tag),
  }),
  ofVm.add({
    summary: 'Assign a tag to a VM, by id or by name',
    how: BORNE,
    support: 'emulated',
    required: [{ field: 'id|name' }],
    faults: ['not-found.reference', 'conflict'],
    verb: ({ scope, ids }, { id, name }) =>
      tags.assign(scope, ids.vm, { ...(id !== undefined && { id }), ...(name !== undefined && { name }) }),
  }),
  ofVm.remove({
    summary: 'Remove a tag from a VM',
    how: BORNE,
    support: 'emulated',
    verb: ({ scope, ids }) => tags.unassign(scope, ids.vm, ids.tag),
  }),
];

/** As those of a VM. */
export const hostTagOperations: readonly Operation[] = [
  ofHost.list({
    summary: 'The tags of a host',
    how: ON_HOST,
    support: 'emulated',
    verb: ({ scope, ids }) => tags.listOfHost(scope, ids.host),
  }),
  ofHost.get({
    summary: 'One tag of a host',
    how: ON_HOST,
    support: 'emulated',
    verb: ({ scope, ids }) => tags.getOfHost(scope, ids.host, ids.tag),
  }),
  ofHost.add({
    summary: 'Assign a tag to a host, by id or by name',
    how: ON_HOST,
    support: 'emulated',
    required: [{ field: 'id|name' }],
    faults: ['not-found.reference', 'conflict', 'backend.forbidden'],
    verb: ({ scope, ids }, { id, name }) =>
      tags.assignToHost(scope, ids.host, { ...(id !== undefined && { id }), ...(name !== undefined && { name }) }),
  }),
  ofHost.remove({
    summary: 'Remove a tag from a host',
    how: ON_HOST,
    support: 'emulated',
    faults: ['backend.forbidden'],
    verb: ({ scope, ids }) => tags.unassignFromHost(scope, ids.host, ids.tag),
  }),
];
