import type { NumaNode } from '../../model/index.js';
import * as nodes from '../../services/vms/numanodes.js';
import { collection } from '../declare/collection.js';
import type { Operation } from '../declare/operation.js';
import { declareResource } from '../declare/resource.js';

const at = collection(
  '/vms/{vm:id}/numanodes',
  '{numanode:id}',
  declareResource<NumaNode>({
    entity: 'NUMA node',
    element: 'vm_numa_node',
    list: 'vm_numa_nodes',
    table: 'numaNode',
  }),
);

const HOW = '{hypervisor} places memory by itself and has no call for it: declared nodes are kept in server metadata.';

/** RHEV-M REST guide, 15.6.3. */
export const numaNodeOperations: readonly Operation[] = [
  at.list({
    summary: 'The virtual NUMA nodes of a VM; a single node when none is declared',
    how: HOW,
    support: 'emulated',
    since: '3.4',
    verb: ({ scope, ids }) => nodes.list(scope, ids.vm),
  }),
  at.get({
    summary: 'One virtual NUMA node',
    how: HOW,
    support: 'emulated',
    since: '3.4',
    verb: ({ scope, ids }) => nodes.get(scope, ids.vm, ids.numanode),
  }),
  at.add({
    summary: 'Add a virtual NUMA node',
    how: HOW,
    support: 'emulated',
    since: '3.4',
    needs: ['vm.notes'],
    faults: ['conflict', 'refused'],
    required: [{ field: 'index' }, { field: 'memory' }, { field: 'cpu' }],
    verb: ({ scope, ids }, input) => nodes.add(scope, ids.vm, input),
  }),
  at.update({
    summary: 'Change a virtual NUMA node, including its pinning',
    how: HOW,
    support: 'emulated',
    since: '3.4',
    needs: ['vm.notes'],
    verb: ({ scope, ids }, input) => nodes.update(scope, ids.vm, ids.numanode, input),
  }),
  at.remove({
    summary: 'Remove a virtual NUMA node',
    how: HOW,
    support: 'emulated',
    since: '3.4',
    needs: ['vm.notes'],
    verb: ({ scope, ids }) => nodes.remove(scope, ids.vm, ids.numanode),
  }),
];
