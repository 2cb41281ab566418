import {
  Fault,
  needed,
  propertyOf,
  type AffinityLabel,
  type AffinityLabelInput,
  type Host,
  type NotesPatch,
  type Ref,
  type Vm,
} from '../../model/index.js';
import type { KeptLabel } from '../../generated/notes/notes.js';
import type { Scope } from '../context.js';
import { host, hosts } from '../inventory/inventory.js';
import { missingReference, resolve } from '../references.js';
import { freeId, recordsIn } from '../notes/shared-records.js';
import { asVm } from '../vms/index.js';
import { unlessGone } from '../work/wait.js';
import { namedVm } from '../vms/named.js';

/**
 * Affinity labels, stored like tags: labels and their hosts in the notes that all projects share, a VM's labels in its
 * own, each under its own key, so that concurrent writers do not overwrite each other. An id is derived from the
 * label's first name. A label does not affect placement, as in engines since 4.4 (docs/reference/v4-wire.md, section
 * 8).
 */
const LABEL = 'label.';
const LABEL_HOST = 'labelhost.';
const noteOf = (id: string): string => `${LABEL}${id}`;
const hostNoteOf = (id: string, hostId: string): string => `${LABEL_HOST}${id}.${hostId}`;

/** Without their VMs; by name. One call. */
async function keptLabels(scope: Scope): Promise<(AffinityLabel & { readonly hostIds: string[] })[]> {
  const notes = await scope.session.shared.read();
  const members = Object.keys(notes)
    .filter((key) => key.startsWith(LABEL_HOST))
    .map((key) => key.slice(LABEL_HOST.length).split('.'));
  const labels = recordsIn(scope, notes, { prefix: LABEL, kind: 'KeptLabel', resource: 'affinity labels' });
  return labels
    .map((label) => ({
      ...label,
      hostIds: members.flatMap(([of, hostId]) => (of === label.id && hostId !== undefined ? [hostId] : [])),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function* labelledVms(scope: Scope): AsyncGenerator<Vm> {
  for await (const page of scope.session.vms.list())
    for (const vm of page) if (Object.keys(vm.notes ?? {}).some((key) => key.startsWith(LABEL))) yield vm;
}

const hasLabel = ({ notes = {} }: Vm, id: string): boolean => notes[noteOf(id)] !== undefined;

function pick<T extends { readonly id: string }>(all: readonly T[], id: string): T {
  const found = all.find((label) => label.id === id);
  if (!found) throw new Fault('not-found', { what: 'AffinityLabel', id });
  return found;
}

/** One call, and one for each page of VMs where there are labels. */
export async function list(scope: Scope): Promise<AffinityLabel[]> {
  const labels = await keptLabels(scope);
  if (labels.length === 0) return [];
  const known = new Set((await hosts(scope)).map(({ id }) => id));
  const vms: Vm[] = [];
  for await (const vm of labelledVms(scope)) vms.push(vm);
  return labels.map((label) => ({
    ...label,
    hostIds: label.hostIds.filter((id) => known.has(id)),
    vmIds: vms.filter((vm) => hasLabel(vm, label.id)).map(({ id }) => id),
  }));
}

export const get = async (scope: Scope, id: string): Promise<AffinityLabel> => pick(await list(scope), id);

const write = (scope: Scope, id: string, { name, description, comment }: KeptLabel): Promise<void> =>
  scope.session.shared.note({
    [noteOf(id)]: JSON.stringify({
      name,
      ...(description !== undefined && { description }),
      ...(comment !== undefined && { comment }),
    }),
  });

function checkName(labels: readonly AffinityLabel[], name: string, verb: string): void {
  if (labels.some((label) => label.name === name)) throw new Fault('duplicate-name', { verb, what: 'Affinity Label' });
}

/** With the VMs and hosts that get it. Throws `duplicate-name`, `not-found.reference`, `backend.forbidden`. */
export async function add(scope: Scope, input: AffinityLabelInput): Promise<AffinityLabel> {
  const name = needed(input.name, propertyOf('AffinityLabel', 'name'), 'add');
  const labels = await keptLabels(scope);
  checkName(labels, name, 'add');
  await checkMembers(scope, input);
  const id = freeId('affinitylabel', name, labels);
  await write(scope, id, { ...input, name });
  await setMembers(scope, { id, name }, input);
  return get(scope, id);
}

/** Lists of members, where given, replace the present ones. */
export async function update(scope: Scope, id: string, input: AffinityLabelInput): Promise<AffinityLabel> {
  const labels = await list(scope);
  const now = pick(labels, id);
  const name = input.name ?? now.name;
  if (name !== now.name) checkName(labels, name, 'update');
  await checkMembers(scope, input);
  await write(scope, id, { ...now, ...input, name });
  await setMembers(scope, { ...now, name }, input);
  return get(scope, id);
}

/** Checks before anything is written: a label is made with all of its members, or not at all. */
async function checkMembers(scope: Scope, { vmIds = [], hostIds = [] }: AffinityLabelInput): Promise<void> {
  for (const id of vmIds) if (!(await unlessGone(scope.session.vms.get(id)))) throw missingReference('VM', { id });
  const known = hostIds.length === 0 ? [] : await hosts(scope);
  for (const id of hostIds) if (!known.some((one) => one.id === id)) throw missingReference('Host', { id });
}

async function setMembers(
  scope: Scope,
  { id, name, vmIds: nowVms = [], hostIds: nowHosts = [] }: AffinityLabel,
  { vmIds, hostIds }: AffinityLabelInput,
): Promise<void> {
  for (const vmId of vmIds ?? []) if (!nowVms.includes(vmId)) await assignTo(scope, vmId, { id, name });
  for (const vmId of nowVms) if (vmIds && !vmIds.includes(vmId)) await unassign(scope, vmId, id);
  for (const hostId of hostIds ?? []) if (!nowHosts.includes(hostId)) await assignToHost(scope, hostId, { id });
  for (const hostId of nowHosts) if (hostIds && !hostIds.includes(hostId)) await unassignHost(scope, hostId, id);
}

/** The project's VMs lose it first, so that an interrupted removal can be repeated. */
export async function remove(scope: Scope, id: string): Promise<void> {
  const { name, hostIds } = pick(await keptLabels(scope), id);
  scope.concerns?.({ what: name });
  for await (const vm of labelledVms(scope))
    if (hasLabel(vm, id)) await unlessGone(scope.session.vms.note(vm.id, { [noteOf(id)]: null }));
  const gone: NotesPatch = Object.fromEntries(
    [noteOf(id), ...hostIds.map((one) => hostNoteOf(id, one))].map((key) => [key, null]),
  );
  await scope.session.shared.note(gone);
}

/** The VMs that have a label. */
export async function vmsOf(scope: Scope, id: string): Promise<Vm[]> {
  pick(await keptLabels(scope), id);
  const found: Vm[] = [];
  for await (const vm of labelledVms(scope)) if (hasLabel(vm, id)) found.push(asVm(vm));
  return found;
}

export async function vmOf(scope: Scope, id: string, vmId: string): Promise<Vm> {
  pick(await keptLabels(scope), id);
  const vm = await unlessGone(scope.session.vms.get(vmId));
  if (!vm || !hasLabel(vm, id)) throw new Fault('not-found', { what: 'VM', id: vmId });
  return asVm(vm);
}

export async function hostsOf(scope: Scope, id: string): Promise<Host[]> {
  const { hostIds } = pick(await keptLabels(scope), id);
  return (await hosts(scope)).filter((one) => hostIds.includes(one.id));
}

export async function hostOf(scope: Scope, id: string, hostId: string): Promise<Host> {
  const found = (await hostsOf(scope, id)).find((one) => one.id === hostId);
  if (!found) throw new Fault('not-found', { what: 'Host', id: hostId });
  return found;
}

/** Labels with their hosts, but without their VMs: finding these means listing all VMs. */
async function withHosts(scope: Scope, which: (label: { readonly id: string }) => boolean): Promise<AffinityLabel[]> {
  const labels = (await keptLabels(scope)).filter(which);
  const known = new Set(labels.some(({ hostIds }) => hostIds.length) ? (await hosts(scope)).map(({ id }) => id) : []);
  return labels.map((label) => ({ ...label, hostIds: label.hostIds.filter((id) => known.has(id)) }));
}

/** The labels of a VM, without their VMs: two calls, however many VMs there are. */
export async function ofVm(scope: Scope, vmId: string): Promise<AffinityLabel[]> {
  const vm = await namedVm(scope, vmId);
  return withHosts(scope, ({ id }) => hasLabel(vm, id));
}

/** The same for a host. */
export async function ofHost(scope: Scope, hostId: string): Promise<AffinityLabel[]> {
  await host(scope, hostId);
  return (await withHosts(scope, () => true)).filter(({ hostIds }) => hostIds?.includes(hostId));
}

export const oneOfVm = async (scope: Scope, vmId: string, id: string): Promise<AffinityLabel> =>
  pick(await ofVm(scope, vmId), id);

export const oneOfHost = async (scope: Scope, hostId: string, id: string): Promise<AffinityLabel> =>
  pick(await ofHost(scope, hostId), id);

/** Gives a VM an existing label, by id or by name. Idempotent. Throws `not-found.reference`. */
export async function assign(scope: Scope, vmId: string, ref: Ref): Promise<AffinityLabel> {
  await namedVm(scope, vmId);
  const { id, name } = resolve('AffinityLabel', ref, await keptLabels(scope));
  await assignTo(scope, vmId, { id, name });
  return pick(await withHosts(scope, () => true), id);
}

/** The same with the label in the request's path, and the VM in its body. */
export async function take(scope: Scope, id: string, vmId: string): Promise<Vm> {
  const { name } = pick(await keptLabels(scope), id);
  await assignTo(scope, vmId, { id, name });
  return asVm(await namedVm(scope, vmId));
}

async function assignTo(scope: Scope, vmId: string, { id, name }: { id: string; name: string }): Promise<void> {
  const vm = await unlessGone(scope.session.vms.get(vmId));
  if (!vm) throw missingReference('VM', { id: vmId });
  if (!hasLabel(vm, id)) await scope.session.vms.note(vmId, { [noteOf(id)]: name });
}

/** Throws `not-found` if the VM does not have it. */
export async function unassign(scope: Scope, vmId: string, id: string): Promise<void> {
  if (!hasLabel(await namedVm(scope, vmId), id)) throw new Fault('not-found', { what: 'AffinityLabel', id });
  await scope.session.vms.note(vmId, { [noteOf(id)]: null });
}

/** Throws `not-found.reference`, `backend.forbidden` for a user who may not write shared notes. */
export async function assignHost(scope: Scope, hostId: string, ref: Ref): Promise<AffinityLabel> {
  await host(scope, hostId);
  const { id } = resolve('AffinityLabel', ref, await keptLabels(scope));
  await assignToHost(scope, hostId, { id });
  return pick(await withHosts(scope, () => true), id);
}

export async function takeHost(scope: Scope, id: string, hostId: string): Promise<Host> {
  pick(await keptLabels(scope), id);
  await assignToHost(scope, hostId, { id });
  return hostOf(scope, id, hostId);
}

async function assignToHost(scope: Scope, hostId: string, { id }: { id: string }): Promise<void> {
  if (!(await hosts(scope)).some((one) => one.id === hostId)) throw missingReference('Host', { id: hostId });
  await scope.session.shared.note({ [hostNoteOf(id, hostId)]: '1' });
}

export async function unassignHost(scope: Scope, hostId: string, id: string): Promise<void> {
  await hostOf(scope, id, hostId);
  await scope.session.shared.note({ [hostNoteOf(id, hostId)]: null });
}
