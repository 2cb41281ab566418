import { Fault, type Ref, type Vm, type VmInput, worded } from '../../model/index.js';
import { resolveHosts } from '../../services/references.js';
import { asksSetup, hasHad, isHidden } from '../../services/vms/cloudinit.js';
import type { ActionDocument } from '../declare/action.js';
import type { Call } from '../declare/operation.js';
import { STARS } from './vms.js';

/** Options for a single start of a VM. */
export interface RunOnce {
  readonly file?: string;
  /** Whether a VM was sent. */
  readonly once: boolean;
  /** The guest initialization for this start, its first. */
  readonly setup?: { readonly requested: VmInput; readonly subject: string };
}

/**
 * How each run-once option of `start` is handled (docs/reference/ovirt.md, section 10): by path in the action document,
 * which covers everything below it; the longest path counts. `refuse`: without it the VM would differ from what the
 * client relies on. `report`: ignoring it changes nothing that matters.
 */
type Verdict = { readonly refuse: string } | { readonly report: string } | 'taken';

const BOOT = 'a VM boots from its boot disk';
const INITIALIZATION = '{cloud} passes data to cloud-init only when it deploys a VM, not at a later start';

const verdicts: Readonly<Record<string, Verdict>> = {
  pause: { refuse: 'a VM cannot be started paused' },
  use_cloud_init: { refuse: INITIALIZATION },
  use_sysprep: { refuse: 'guests are initialized by cloud-init' },
  'vm.id': 'taken',
  'vm.href': 'taken',
  'vm.name': 'taken',
  'vm.cdroms.cdrom.file': 'taken',
  'vm.os.boot': { refuse: BOOT },
  'vm.os.kernel': { refuse: BOOT },
  'vm.os.initrd': { refuse: BOOT },
  'vm.os.cmdline': { refuse: BOOT },
  'vm.os.type': { report: 'the operating system is a property of the VM, not of a start' },
  'vm.stateless': { refuse: 'the disks of a VM always keep their changes' },
  'vm.initialization': { refuse: INITIALIZATION },
  'vm.payloads': { refuse: INITIALIZATION },
  'vm.placement_policy.host': { refuse: 'a VM starts on its current host; migrate it when it is running' },
  'vm.placement_policy.hosts': { refuse: 'a VM starts on its current host; migrate it when it is running' },
  'vm.placement_policy.affinity': { report: 'a VM starts on its current host' },
  'vm.floppies': { refuse: 'VMs have no floppy drive' },
  'vm.display': { report: 'the cloud determines the console of a VM' },
  vm: { report: 'run once cannot change this property' },
};

/** Version 3 repeats `boot`, version 4 lists devices in it. */
const BOOT_DEVICE = /^vm\.os\.boot\.(?:dev|devices)$/;

/** Options that change nothing, because the VM starts that way anyway. */
const isVoid = (path: string, value: unknown): boolean =>
  value === undefined || value === '' || value === false || (path === 'vm.display.type' && value === 'vnc');

const verdictOn = (path: string): Verdict | undefined => {
  const known = Object.keys(verdicts)
    .filter((one) => path === one || path.startsWith(`${one}.`))
    .sort((a, b) => b.length - a.length);
  return known[0] === undefined ? undefined : verdicts[known[0]];
};

/** Every value in the document with its path; array indexes are left out. */
function* leaves(value: unknown, path: string): Generator<{ readonly path: string; readonly value: unknown }> {
  if (Array.isArray(value)) for (const item of value) yield* leaves(item, path);
  else if (typeof value === 'object' && value !== null)
    for (const [key, held] of Object.entries(value)) yield* leaves(held, path === '' ? key : `${path}.${key}`);
  else yield { path, value };
}

const isSetup = (path: string): boolean => path === 'use_cloud_init' || path.startsWith('vm.initialization');

/** The guest initialization in an action's VM. */
function initializationIn({ base, version }: Call, vm: ActionDocument['vm']): VmInput {
  if (vm?.initialization === undefined) return {};
  const { value } = version.binding('vm').in({ initialization: vm.initialization }, { base });
  return value;
}

/** The hosts in an action's VM: version 3 has one, version 4 a list. */
function hostsIn(vm: ActionDocument['vm']): Ref[] {
  const { host, hosts } = (vm?.['placement_policy'] ?? {}) as {
    readonly host?: Ref;
    readonly hosts?: { readonly host?: readonly Ref[] };
  };
  return [...(host ? [host] : []), ...(hosts?.host ?? [])].filter(({ id, name }) => (id ?? name) !== undefined);
}

/**
 * Reads the run-once options: unsupported ones are refused by name, those without effect are reported. The host that
 * the VM is on, and the initialization with which its guest was deployed, count as no option. `look` returns the VM.
 * Throws `unsupported`, `vm.initializations`, `not-found.reference` for an unknown host.
 */
export async function runOnce(call: Call, action: ActionDocument, look: () => Promise<Vm>): Promise<RunOnce> {
  const { pause, use_cloud_init, use_sysprep, vm } = action;
  if (use_cloud_init && use_sysprep) throw new Fault('vm.initializations');
  const given = [...leaves({ pause, use_cloud_init, use_sysprep, vm }, '')];
  const fromDisk = given.find(({ path }) => BOOT_DEVICE.test(path))?.value === 'hd';
  const overrides = given.filter(({ path, value }) => !isVoid(path, value) && !(fromDisk && BOOT_DEVICE.test(path)));
  const looks = overrides.some(({ path }) => path.startsWith('vm.placement_policy.host') || isSetup(path));
  const known = looks ? await look() : undefined;
  const placed = known?.host;
  const setup = initializationIn(call, vm);
  const isHad = known !== undefined && hasHad(known, setup);
  const subject = `action.${overrides.find(({ path }) => isSetup(path))?.path ?? 'use_cloud_init'}`;
  // Whether this is the VM's first start is checked where it is started
  const isNew = !isHad && asksSetup(setup) && call.able('vm.initialize');
  const isHere = ({ path, value }: { readonly path: string; readonly value: unknown }): boolean =>
    path.startsWith('vm.placement_policy.host') &&
    placed !== undefined &&
    (value === placed.id || value === placed.name || path.endsWith('.href'));
  if (overrides.some((one) => one.path.startsWith('vm.placement_policy.host') && !isHere(one)))
    await resolveHosts(call.scope, hostsIn(vm));
  for (const one of overrides) {
    const verdict = verdictOn(one.path);
    if (verdict === undefined || verdict === 'taken' || isHere(one) || ((isHad || isNew) && isSetup(one.path)))
      continue;
    if ('refuse' in verdict)
      throw new Fault('unsupported', {
        operation: 'run VM',
        subject: `action.${one.path}`,
        backend: call.scope.backend,
        why: worded(verdict.refuse, call.scope.words),
      });
    call.ignore([{ path: `action.${one.path}`, why: verdict.report }]);
  }
  if (isNew && isHidden(setup)) call.ignore([{ path: 'action.vm.initialization.root_password', why: STARS }]);
  const file = vm?.cdroms?.cdrom?.[0]?.file;
  const name = file?.id ?? file?.name;
  return {
    // Engines run once whenever a VM is sent, whatever it contains (RunVmOnce in BackendVmResource.java)
    once: vm !== undefined,
    ...(name !== undefined && name !== '' && { file: name }),
    ...(isNew && { setup: { requested: setup, subject } }),
  };
}
