import type { Capability, Vm } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { readNote } from '../notes.js';

/** What oVirt sets of a VM and some cloud has no field for: kept together, so that it costs one item of metadata. */
export const SETTINGS = 'settings';

type Key = 'memoryGuaranteedBytes' | 'memoryMaxBytes' | 'highlyAvailable' | 'priority';

const capabilityOf: Readonly<Record<Key, Capability>> = {
  memoryGuaranteedBytes: 'vm.bounds',
  memoryMaxBytes: 'vm.bounds',
  priority: 'vm.bounds',
  highlyAvailable: 'vm.ha',
};

/** As noted; empty where the cloud has fields for all of it. */
export const notedSettings = ({ notes }: Vm): Pick<Vm, Key> => readNote('VmSettings', notes?.[SETTINGS]) ?? {};

/** The properties of `input` that this backend can only note. */
function noted(scope: Scope, input: Vm): Key[] {
  if (!isAble(scope, 'vm.notes')) return [];
  return (Object.keys(capabilityOf) as Key[]).filter(
    (key) => input[key] !== undefined && !isAble(scope, capabilityOf[key]),
  );
}

/** The note as the input changes it; empty when nothing differs. */
export function settingsNotes(scope: Scope, now: Vm, input: Vm): Record<string, string> {
  const before = notedSettings(now);
  const changes = noted(scope, input).filter((key) => input[key] !== before[key]);
  if (changes.length === 0) return {};
  return { [SETTINGS]: JSON.stringify({ ...before, ...Object.fromEntries(changes.map((key) => [key, input[key]])) }) };
}

/** The input without what is only noted: what the backend is to be told. */
export function withoutNoted(scope: Scope, input: Vm): Vm {
  const gone = new Set<string>(noted(scope, input));
  return gone.size === 0 ? input : Object.fromEntries(Object.entries(input).filter(([key]) => !gone.has(key)));
}
