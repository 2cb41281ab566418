import { Fault, type Ref, type Snapshot, type Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { dispensable } from '../dispensable.js';
import * as inventory from '../inventory/inventory.js';
import { cannot } from '../cannot.js';
import { may, snapshotBusy } from '../rules.js';
import { withNotes } from './notes.js';
import { activeId, active, asSnapshot, inOrder } from './shown.js';
import { isBusy, resume } from './resume.js';
import { namedVm } from '../vms/named.js';
import { settledVm } from '../vms/settled.js';

interface ReadOptions {
  readonly content?: boolean;
}

/** Two calls, with content four more. The active one first, as engines list it, then by date. */
export async function list(scope: Scope, vmId: string, { content = false }: ReadOptions = {}): Promise<Snapshot[]> {
  const vm = await namedVm(scope, vmId);
  const existing = await withNotes(scope, vmId, content);
  resume(scope, vm, existing);
  const ordered = inOrder(existing);
  const regular = ordered.map((snapshot, index) => asSnapshot(snapshot, vm, ordered[index - 1], content));
  const all = [await active(scope, vm, ordered.at(-1), content), ...regular];
  return content ? withTemplateNames(scope, await withNetworkNames(scope, all)) : all;
}

/** A configuration elsewhere knows networks by name alone: their ids differ. One call where there is a NIC. */
async function withNetworkNames(scope: Scope, all: readonly Snapshot[]): Promise<Snapshot[]> {
  if (all.every(({ configuration }) => !configuration?.nics?.length)) return [...all];
  const networks = (await dispensable(scope, 'networks', () => scope.session.inventory.networks())) ?? [];
  const names = new Map(networks.map(({ id, name }) => [id, name]));
  const named = <N extends { readonly network?: Ref }>(nic: N): N => {
    const name = nic.network?.name ?? names.get(nic.network?.id ?? '');
    return name === undefined ? nic : { ...nic, network: { ...nic.network, name } };
  };
  return all.map(({ configuration, ...snapshot }) => ({
    ...snapshot,
    ...(configuration && { configuration: { ...configuration, nics: (configuration.nics ?? []).map(named) } }),
  }));
}

/** An OVF tells the name of the VM's template, too. One call for each template. */
async function withTemplateNames(scope: Scope, all: readonly Snapshot[]): Promise<Snapshot[]> {
  const named = new Map<string | undefined, Promise<Ref | undefined>>();
  return Promise.all(
    all.map(async (snapshot) => {
      const { configuration } = snapshot;
      if (!configuration) return snapshot;
      const { template } = configuration;
      const once =
        named.get(template?.id) ?? dispensable(scope, 'templates', () => inventory.withTemplateName(scope, template));
      named.set(template?.id, once);
      return { ...snapshot, configuration: { ...configuration, template: (await once) ?? template } };
    }),
  );
}

/** As many. Throws `not-found`. */
export async function get(scope: Scope, vmId: string, id: string, options: ReadOptions = {}): Promise<Snapshot> {
  const found = (await list(scope, vmId, options)).find((snapshot) => snapshot.id === id);
  if (!found) throw new Fault('not-found', { what: 'Snapshot', id });
  return found;
}

/** The snapshot and its VM, if the rules allow the operation. Throws `conflict`, `conflict.transition`, `not-found`. */
export async function regular(
  scope: Scope,
  vmId: string,
  id: string,
  rule: 'snapshot.remove' | 'snapshot.restore',
): Promise<{ readonly vm: Vm; readonly snapshot: Snapshot }> {
  const vm = await settledVm(scope, vmId, rule);
  may(scope, rule, vm);
  if (id === activeId(vmId)) throw ofActive(scope, rule);
  const existing = await scope.session.snapshots.list(vmId);
  resume(scope, vm, existing);
  const snapshot = existing.find((candidate) => candidate.id === id);
  if (!snapshot) throw new Fault('not-found', { what: 'Snapshot', id });
  if (isBusy(vm, existing)) throw snapshotBusy(scope, rule);
  return { vm, snapshot };
}

/** The active one can be neither restored nor removed. */
function ofActive(scope: Scope, rule: 'snapshot.remove' | 'snapshot.restore'): Fault {
  if (rule === 'snapshot.restore') return new Fault('refused', { text: 'Cannot preview Active VM snapshot.' });
  const type =
    scope.engine === '3.6'
      ? 'The Snapshot type is ACTIVE while the operation is supported for the following type(s): REGULAR.'
      : 'The operation is only allowed for regular snapshots.';
  return new Fault('conflict', { text: `${cannot(scope, rule)}. ${type}` });
}
