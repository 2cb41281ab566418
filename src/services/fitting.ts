import { Fault, type Capability, type Disk, type Nic, type Template, type Vm } from '../model/index.js';
import type { Scope } from './context.js';

/**
 * What of a client's document this backend can keep nowhere, in one place: each property that needs a capability, and
 * what becomes of it without.
 * What has no effect anyway is reported and left out; what a client would rely on is refused. Nothing is dropped in
 * silence.
 */
export interface Need<N> {
  readonly property: keyof N;
  /** As in the client's document. */
  readonly path: string;
  readonly capability: Capability;
  /** The value that is there anyway, so that to ask for it says nothing. */
  readonly idle?: unknown;
  readonly refused?: true;
  /** Without it the property is kept as a note, where the backend has these. */
  readonly noted?: Capability;
}

export const ofVm: readonly Need<Vm>[] = [
  { property: 'description', path: 'vm.description', capability: 'vm.notes', idle: '' },
  { property: 'comment', path: 'vm.comment', capability: 'vm.notes', idle: '' },
  { property: 'osType', path: 'vm.os.type', capability: 'vm.notes', idle: 'other_ppc64' },
  { property: 'displayType', path: 'vm.display.type', capability: 'vm.notes', idle: 'vnc' },
  { property: 'deleteProtected', path: 'vm.delete_protected', capability: 'vm.notes', idle: false, refused: true },
  {
    property: 'memoryGuaranteedBytes',
    path: 'vm.memory_policy.guaranteed',
    capability: 'vm.bounds',
    noted: 'vm.notes',
  },
  { property: 'memoryMaxBytes', path: 'vm.memory_policy.max', capability: 'vm.bounds', noted: 'vm.notes' },
  { property: 'highlyAvailable', path: 'vm.high_availability.enabled', capability: 'vm.ha', noted: 'vm.notes' },
  { property: 'priority', path: 'vm.high_availability.priority', capability: 'vm.bounds', noted: 'vm.notes' },
  { property: 'placementHosts', path: 'vm.placement_policy.host', capability: 'vm.placement', refused: true },
];

export const ofDisk: readonly Need<Disk>[] = [
  { property: 'description', path: 'disk.description', capability: 'disk.notes', idle: '' },
  { property: 'interface', path: 'disk.interface', capability: 'disk.notes', idle: 'spapr_vscsi' },
  { property: 'wipeAfterDelete', path: 'disk.wipe_after_delete', capability: 'disk.notes', idle: false },
  { property: 'propagateErrors', path: 'disk.propagate_errors', capability: 'disk.notes', idle: false },
  { property: 'readOnly', path: 'disk.read_only', capability: 'disk.notes', idle: false, refused: true },
];

/** A disk that comes inactive would only be listed. */
export const ofNewDisk: readonly Need<Disk>[] = [
  ...ofDisk,
  { property: 'active', path: 'disk.active', capability: 'disk.notes', idle: true, refused: true },
];

export const ofNic: readonly Need<Nic>[] = [
  { property: 'mac', path: 'nic.mac', capability: 'nic.mac', refused: true },
  { property: 'linked', path: 'nic.linked', capability: 'nic.linked', idle: true, refused: true },
  { property: 'plugged', path: 'nic.plugged', capability: 'nic.unplugged', idle: true, refused: true },
];

export const ofTemplate: readonly Need<Template>[] = [
  { property: 'description', path: 'template.description', capability: 'template.update', idle: '' },
];

/** All of them, by the entity. */
export const needsByEntity: Readonly<
  Record<string, readonly Pick<Need<Record<string, unknown>>, 'property' | 'capability' | 'refused' | 'noted'>[]>
> = { Vm: ofVm, Disk: ofNewDisk, Nic: ofNic, Template: ofTemplate };

export const isAble = (scope: Scope, capability: Capability): boolean =>
  scope.session.capabilities[capability] === true;

const reason = (scope: Scope, capability: Capability): string => String(scope.session.capabilities[capability]);

/** Throws `unsupported` when the backend has no means for this. `subject`: what of the request asks for it. */
export function requireAble(scope: Scope, capability: Capability, operation: string, subject: string): void {
  if (!isAble(scope, capability))
    throw new Fault('unsupported', { operation, subject, backend: scope.backend, why: reason(scope, capability) });
}

/** Tells the client what this backend keeps nowhere, with the backend's reason. */
export const reportUnable = (scope: Scope, capability: Capability, path: string): void =>
  scope.report(path, reason(scope, capability));

/**
 * The input without what this backend cannot keep. `now`: the thing as the client sees it, to which a document that
 * comes back whole is equal.
 * Throws `unsupported`; in strict mode, what is reported is refused, too.
 */
export function fit<N extends object>(
  scope: Scope,
  needs: readonly Need<N>[],
  operation: string,
  input: N,
  now?: N,
): N {
  const lacking = needs.filter(
    ({ property, capability, noted }) =>
      input[property] !== undefined && !isAble(scope, capability) && !(noted && isAble(scope, noted)),
  );
  if (lacking.length === 0) return input;
  for (const { property, path, capability, idle, refused } of lacking) {
    const same = JSON.stringify(input[property]);
    if (same === JSON.stringify(idle) || (now && same === JSON.stringify(now[property]))) continue;
    if (refused) requireAble(scope, capability, operation, path);
    scope.report(path, reason(scope, capability));
  }
  const gone = new Set<keyof N>(lacking.map(({ property }) => property));
  return Object.fromEntries(Object.entries(input).filter(([key]) => !gone.has(key as keyof N))) as N;
}
