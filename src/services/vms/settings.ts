import type { Capability, Vm, VmOptions, VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { readNote } from '../notes/notes.js';

/**
 * The note of all options of a VM that the cloud has no field for, together, so that they take one item of metadata.
 */
export const SETTINGS = 'settings';

/** Defaults, which are not noted. */
const IDLE: VmOptions = {
  type: 'server',
  bootMenu: false,
  biosType: 'cluster_default',
  cpuShares: 0,
  soundcard: false,
  monitors: 1,
  smartcard: false,
  fileTransfer: false,
  copyPaste: false,
  ioThreads: 0,
  ballooning: false,
  usb: false,
  serialConsole: false,
  latestTemplate: false,
  timeZone: 'Etc/GMT',
  storageErrorResume: 'auto_resume',
  virtioScsi: false,
  tpm: false,
  multiQueues: false,
  virtioScsiMultiQueues: 0,
  migrationDowntime: -1,
  bootDevices: ['hd'],
  ssoMethods: [],
};

type Key = 'memoryGuaranteedBytes' | 'memoryMaxBytes' | 'highlyAvailable' | 'priority' | 'affinity' | 'placementHosts';

const capabilityOf: Readonly<Record<Key, Capability>> = {
  memoryGuaranteedBytes: 'vm.bounds',
  memoryMaxBytes: 'vm.bounds',
  priority: 'vm.bounds',
  highlyAvailable: 'vm.ha',
  affinity: 'vm.pin',
  placementHosts: 'vm.placement',
};

/** Properties that a cloud applies at the deployment, but does not report afterwards. */
const FOLLOWED: readonly Key[] = ['placementHosts'];

/** All of the memory, where nothing else is noted. */
const GUARANTEED: Key = 'memoryGuaranteedBytes';

/** The values of a VM without the note. */
const idle: Partial<Record<Key, unknown>> = { highlyAvailable: false, affinity: 'migratable', placementHosts: [] };

/** The noted values; empty where the cloud has fields for all of them. */
export const notedSettings = ({ notes }: VmInput): Pick<Vm, Key | 'options'> =>
  readNote('VmSettings', notes?.[SETTINGS]) ?? {};

/** The properties of `input` that this backend can only note. */
const onlyNoted = (scope: Scope, input: VmInput): Key[] =>
  isAble(scope, 'vm.notes.settings')
    ? (Object.keys(capabilityOf) as Key[]).filter(
        (key) => input[key] !== undefined && !isAble(scope, capabilityOf[key]),
      )
    : [];

/** All noted properties: those, and those that the cloud does not report. */
const noted = (scope: Scope, input: VmInput): Key[] => [
  ...onlyNoted(scope, input),
  ...(isAble(scope, 'vm.notes.settings')
    ? FOLLOWED.filter((key) => input[key] !== undefined && isAble(scope, capabilityOf[key]))
    : []),
];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The note after the change; empty if nothing differs. */
export function settingsNotes(scope: Scope, now: VmInput, input: VmInput): Record<string, string> {
  const before = notedSettings(now);
  const changes = noted(scope, input).filter(
    (key) => !same(input[key], before[key] ?? now[key] ?? (key === GUARANTEED ? now.memoryBytes : idle[key])),
  );
  const options = isAble(scope, 'vm.notes.settings')
    ? changedOptions(before.options ?? {}, input.options ?? {})
    : undefined;
  if (changes.length === 0 && !options) return {};
  const after = {
    ...before,
    ...Object.fromEntries(changes.map((key) => [key, input[key]])),
    ...(options && { options }),
  };
  return { [SETTINGS]: JSON.stringify(after) };
}

/** The options with a client's changes, without those that are idle; undefined when nothing differs. */
function changedOptions(before: VmOptions, requested: VmOptions): VmOptions | undefined {
  const shown = (options: VmOptions): Record<string, unknown> => ({ ...IDLE, ...options });
  const [was, plain, now] = [shown(before), shown({}), shown({ ...before, ...defined(requested) })];
  const names = Object.keys(now);
  if (names.every((name) => same(now[name], was[name]))) return undefined;
  return Object.fromEntries(names.filter((name) => !same(now[name], plain[name])).map((name) => [name, now[name]]));
}

const defined = (options: VmOptions): VmOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** The input for the backend, without what is only noted. */
export function withoutNoted(scope: Scope, input: VmInput): VmInput {
  const gone = new Set<string>([...onlyNoted(scope, input), 'options']);
  return Object.fromEntries(Object.entries(input).filter(([key]) => !gone.has(key)));
}
