import { Fault, propertyOf, type Capability, type Entities, type Property } from '../model/index.js';
import type { Scope } from './context.js';

/**
 * What the backend cannot store of a client's document: each property that needs a capability, and what happens to it
 * without. Properties without effect are reported and left out; those that clients rely on are refused. Nothing is
 * dropped silently.
 */
export interface Need<N> {
  readonly property: keyof N & string;
  /** The same, as named to the client. */
  readonly named: Property;
  readonly capability: Capability;
  /** The value that it has anyway: asking for it changes nothing. */
  readonly idle?: unknown;
  readonly refused?: true;
  /** Without it a VM is of no use: a plan leaves the VM where it is. */
  readonly blocks?: true;
  /** Without this capability the property is stored as a note, where the backend has notes. */
  readonly noted?: Capability;
}

const needs = <E extends keyof Entities>(
  entity: E,
  all: readonly Omit<Need<Entities[E]>, 'named'>[],
): readonly Need<Entities[E]>[] => all.map((need) => ({ ...need, named: propertyOf(entity, need.property) }));

export const ofVm = needs('Vm', [
  { property: 'description', capability: 'vm.notes.settings', idle: '' },
  { property: 'comment', capability: 'vm.notes.settings', idle: '' },
  { property: 'osType', capability: 'vm.notes.settings', idle: 'other_ppc64' },
  { property: 'displayType', capability: 'vm.notes.settings', idle: 'vnc' },
  { property: 'cloned', capability: 'vm.notes.settings', idle: false },
  { property: 'deleteProtected', capability: 'vm.protect', idle: false, refused: true },
  { property: 'memoryGuaranteedBytes', capability: 'vm.bounds', noted: 'vm.notes.settings' },
  { property: 'memoryMaxBytes', capability: 'vm.bounds', noted: 'vm.notes.settings' },
  { property: 'highlyAvailable', capability: 'vm.ha', noted: 'vm.notes.settings' },
  { property: 'priority', capability: 'vm.bounds', noted: 'vm.notes.settings' },
  { property: 'affinity', capability: 'vm.pin', idle: 'migratable', noted: 'vm.notes.settings' },
  { property: 'architecture', capability: 'vm.architecture', idle: 'ppc64', refused: true, blocks: true },
  { property: 'placementHosts', capability: 'vm.placement', refused: true },
]);

export const ofDisk = needs('Disk', [
  { property: 'description', capability: 'disk.notes.settings', idle: '' },
  { property: 'interface', capability: 'disk.notes.settings', idle: 'spapr_vscsi' },
  { property: 'wipeAfterDelete', capability: 'disk.notes.settings', idle: false },
  { property: 'propagateErrors', capability: 'disk.notes.settings', idle: false },
  { property: 'readOnly', capability: 'disk.notes', idle: false, refused: true },
]);

/** An inactive disk would only be listed. */
export const ofNewDisk = needs('Disk', [
  ...ofDisk,
  { property: 'active', capability: 'disk.notes', idle: true, refused: true },
]);

export const ofNic = needs('Nic', [
  { property: 'mac', capability: 'nic.mac', refused: true },
  { property: 'linked', capability: 'nic.linked', idle: true, refused: true },
  { property: 'plugged', capability: 'nic.unplugged', idle: true, refused: true },
]);

export const ofTemplate = needs('Template', [
  { property: 'description', capability: 'template.description', idle: '' },
]);

/** All of them, by the entity. */
export const needsByEntity: Readonly<
  Record<string, readonly Pick<Need<Record<string, unknown>>, 'property' | 'capability' | 'refused' | 'noted'>[]>
> = { Vm: ofVm, Disk: ofNewDisk, Nic: ofNic, Template: ofTemplate };

export const isAble = (scope: Scope, capability: Capability): boolean =>
  scope.session.capabilities[capability] === true;

const reason = (scope: Scope, capability: Capability): string => String(scope.session.capabilities[capability]);

/** The part of a request that needs a capability: a property, or a description. */
type Subject = Property | string;

/** Throws `unsupported` if the backend lacks the capability. */
export function requireAble(scope: Scope, capability: Capability, operation: string, subject: Subject): void {
  if (!isAble(scope, capability))
    throw new Fault('unsupported', { operation, subject, backend: scope.backend, why: reason(scope, capability) });
}

/** Reports to the client what the backend cannot store, with the backend's reason. */
export const reportUnable = (scope: Scope, capability: Capability, property: Property): void =>
  scope.report(property, reason(scope, capability));

/**
 * The input without what this backend cannot store. `now`: the entity as the client sees it, so that unchanged values
 * pass. Throws `unsupported`; in strict mode, what is reported is refused, too.
 */
export function fit<N extends object, I extends { readonly [K in keyof N]?: unknown }>(
  scope: Scope,
  needs: readonly Need<N>[],
  operation: string,
  input: I,
  now?: N,
): I {
  const lacking = needs.filter(
    ({ property, capability, noted }) =>
      input[property] !== undefined && !isAble(scope, capability) && !(noted && isAble(scope, noted)),
  );
  if (lacking.length === 0) return input;
  for (const { property, named, capability, idle, refused } of lacking) {
    const same = JSON.stringify(input[property]);
    if (same === JSON.stringify(idle) || (now && same === JSON.stringify(now[property]))) continue;
    if (refused) requireAble(scope, capability, operation, named);
    scope.report(named, reason(scope, capability));
  }
  const gone = new Set<keyof N>(lacking.map(({ property }) => property));
  return Object.fromEntries(Object.entries(input).filter(([key]) => !gone.has(key as keyof N))) as I;
}
