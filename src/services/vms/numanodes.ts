import { Fault, needed, nameId, propertyOf, type NumaNode, type Vm, type NumaNodeInput } from '../../model/index.js';
import { warnOf } from '../notes/bad-notes.js';
import type { Scope } from '../context.js';
import { readNote } from '../notes/notes.js';
import { MIB } from '../../units.js';
import { namedVm } from './named.js';

/**
 * PowerVM places memory by itself and has no API for virtual NUMA nodes (docs/reference/power.md, 4.3). The nodes that
 * a client declares are stored in the VM's note `numa` and returned; they do not affect placement. A VM without
 * declared nodes has one node with all its memory and processors.
 */
const NOTE = 'numa';

const nodeId = (vmId: string, index: number): string => nameId('numanode', vmId, String(index));

const declared = (scope: Scope, vm: Vm): NumaNode[] =>
  (readNote('NumaNodes', vm.notes?.[NOTE], warnOf(scope, `VM ${vm.id}`, NOTE)) ?? []).map(({ index = 0, ...node }) => ({
    ...node,
    index,
    id: node.id ?? nodeId(vm.id, index),
  }));

function whole(vm: Vm): NumaNode {
  const processors = (vm.sockets ?? 1) * (vm.cores ?? 1) * (vm.threads ?? 1);
  return {
    id: nameId('numanode', vm.id, 'whole'),
    index: 0,
    memoryMib: Math.floor((vm.memoryBytes ?? 0) / MIB),
    cores: Array.from({ length: processors }, (_, core) => core),
    pins: [],
  };
}

const nodesOf = (scope: Scope, vm: Vm): NumaNode[] => {
  const nodes = declared(scope, vm);
  return (nodes.length ? nodes : [whole(vm)]).map((node) => ({ ...node, vm: { id: vm.id } }));
};

function pick(nodes: readonly NumaNode[], id: string): NumaNode {
  const found = nodes.find((node) => node.id === id);
  if (!found) throw new Fault('not-found', { what: 'VirtualNumaNode', id });
  return found;
}

/** One call. */
export const list = async (scope: Scope, vmId: string): Promise<NumaNode[]> =>
  nodesOf(scope, await namedVm(scope, vmId));

/** One call. Throws `not-found`. */
export const get = async (scope: Scope, vmId: string, id: string): Promise<NumaNode> =>
  pick(await list(scope, vmId), id);

/** Throws `conflict` for an index that is taken. */
export async function add(scope: Scope, vmId: string, input: NumaNodeInput): Promise<NumaNode> {
  const index = needed(input.index, propertyOf('NumaNode', 'index'), 'add');
  const vm = await namedVm(scope, vmId);
  const nodes = declared(scope, vm);
  checkIndex(nodes, index);
  const node: NumaNode = {
    id: nodeId(vmId, index),
    index,
    memoryMib: input.memoryMib,
    cores: input.cores ?? [],
    pins: input.pins ?? [],
  };
  await keep(scope, vmId, [...nodes, node]);
  return { ...node, vm: { id: vmId } };
}

function checkIndex(nodes: readonly NumaNode[], index: number): void {
  if (index < 0) throw new Fault('request.value', { text: `${index} is not an index of a virtual NUMA node.` });
  if (nodes.some((node) => node.index === index))
    throw new Fault('conflict', { text: `NUMA node with index ${index} exists at least twice.` });
}

/** Changes what the client sent of it. The node that represents the whole VM becomes a declared one. */
export async function update(scope: Scope, vmId: string, id: string, input: NumaNodeInput): Promise<NumaNode> {
  const vm = await namedVm(scope, vmId);
  const { vm: _, ...node } = pick(nodesOf(scope, vm), id);
  const others = declared(scope, vm).filter((other) => other.id !== id);
  if (input.index !== undefined && input.index !== node.index) checkIndex(others, input.index);
  const { index = node.index, memoryMib = node.memoryMib, cores = node.cores, pins = node.pins } = input;
  const changed: NumaNode = { id, index, memoryMib, cores, pins };
  await keep(scope, vmId, [...others, changed]);
  return { ...changed, vm: { id: vmId } };
}

/** Throws `conflict` for the node that represents the whole VM, which was not declared. */
export async function remove(scope: Scope, vmId: string, id: string): Promise<void> {
  const vm = await namedVm(scope, vmId);
  pick(nodesOf(scope, vm), id);
  const nodes = declared(scope, vm);
  if (!nodes.some((node) => node.id === id))
    throw new Fault('conflict', {
      text: 'Cannot remove VM NUMA Node. It represents the whole VM, because no virtual NUMA node is declared.',
    });
  await keep(
    scope,
    vmId,
    nodes.filter((node) => node.id !== id),
  );
}

const keep = (scope: Scope, vmId: string, nodes: readonly NumaNode[]): Promise<void> =>
  scope.session.vms.note(vmId, {
    [NOTE]: nodes.length ? JSON.stringify([...nodes].sort((a, b) => a.index - b.index)) : null,
  });
