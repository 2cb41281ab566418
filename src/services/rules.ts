import { required } from '../invariant.js';
import { rules } from '../generated/rules.js';
import { Fault, type Disk, type Vm } from '../model/index.js';
import { cannot, cannotIn, type Cannot, type Rule } from './cannot.js';
import type { Engine, Scope } from './context.js';
import { asVm, workOf } from './vms/shown.js';
import { isBlank } from './vms/wanted.js';

/**
 * How a cloud does what an engine does at once in that state: `resume` the VM first, `wait`, or `follow` running work.
 */
export type Means = 'resume' | 'wait' | 'follow';

interface Refusal {
  readonly in?: readonly string[];
  readonly except?: readonly string[];
  readonly text: string;
  readonly engine?: Engine;
  readonly unless?: 'force';
  readonly words?: 'raw';
}

interface Operation {
  readonly cannot: Cannot;
  readonly lock?: 'exclusive' | 'shared';
  readonly idle?: readonly string[];
  readonly unable?: readonly string[];
  readonly joins?: true;
  readonly built?: true;
  readonly means?: Readonly<Record<string, Means>>;
  readonly refusals: readonly Refusal[];
}

interface Holder {
  readonly work?: string;
  readonly status?: string;
  readonly kind: 'exclusive' | 'shared';
  readonly engine?: Engine;
  readonly text: string;
}

const operations: Readonly<Record<Rule, Operation>> = rules.operations;
const holders: readonly Holder[] = rules.holders;
const texts: Readonly<Record<string, string>> = rules.texts;

const textOf = (name: string): string => required(texts[name], `the text ${name} of schemas/model/rules.json`);

/** States that last until somebody acts: a retry of the request will not succeed by itself. */
const LASTING: ReadonlySet<string> = new Set([
  'down',
  'up',
  'suspended',
  'paused',
  'not_responding',
  'unknown',
  'image_illegal',
]);

export interface Verdict {
  /** Nothing has to be done. */
  readonly idle: boolean;
  /** Absent: the cloud does it at once. */
  readonly means?: Means;
  /** The VM is being deployed: the request becomes part of that, or follows it. */
  readonly joins: boolean;
}

/**
 * Whether the operation is allowed in the VM's state, by the engine's table (schemas/model/rules.json). The only place
 * that looks this up; call it before the cloud. Throws `conflict`, `conflict.transition` in the engine's words,
 * `unsupported` where an engine can and no cloud.
 */
export function may(scope: Scope, rule: Rule, vm: Vm, { force = false }: { readonly force?: boolean } = {}): Verdict {
  const { engine } = scope;
  const operation = operations[rule];
  const { lock } = operation;
  const { status } = asVm(vm);
  const work = workOf(vm);
  const joins = operation.joins === true && work === 'create';
  const fault = (text: string, words?: 'raw'): Fault =>
    refusal(operation, engine, text, { name: vm.name, status, words });

  const held = lock && holders.find((one) => isHeld(one, lock, engine, work, status));
  if (held) throw fault(held.text);
  if (operation.built && work === 'create' && isBlank(vm)) throw fault(textOf('locked'));
  if (!joins) {
    const found = operation.refusals.find(
      (one) =>
        (one.engine ?? engine) === engine &&
        !(one.unless === 'force' && force) &&
        (one.in ? one.in.includes(status) : !one.except?.includes(status)),
    );
    if (found) throw fault(textOf(found.text), found.words);
    if (operation.unable?.includes(status))
      throw new Fault('unsupported', {
        operation: cannotIn(operation.cannot, engine).replace(/^Cannot /, ''),
        subject: `A VM in ${titleOf(status)} status`,
        backend: scope.backend,
        why: 'it is possible only when the VM is down.',
      });
  }
  const means = meansOf(rule, vm);
  return { idle: operation.idle?.includes(status) ?? false, joins, ...(means !== undefined && { means }) };
}

/** How the cloud does it in the state; undefined for at once. */
export const meansOf = (rule: Rule, vm: Vm): Means | undefined => operations[rule].means?.[asVm(vm).status];

/** Whether the cloud can do it only once it has made the VM, though that is shown as down before. */
export const needsBuilt = (rule: Rule): boolean => operations[rule].built === true;

const isHeld = (
  { kind, engine, work, status }: Holder,
  lock: 'exclusive' | 'shared',
  here: Engine,
  now: string | undefined,
  statusNow: string,
): boolean =>
  (engine ?? here) === here &&
  (lock === 'exclusive' || kind === 'exclusive') &&
  (work !== undefined ? work === now : status === statusNow);

function refusal(
  operation: Operation,
  engine: Engine,
  text: string,
  { name = '', status, words }: { readonly name?: string; readonly status: string; readonly words?: 'raw' },
): Fault {
  const values: Readonly<Record<string, string>> = {
    cannot: cannotIn(operation.cannot, engine),
    name,
    status: words === 'raw' ? rawOf(status) : titleOf(status),
  };
  return new Fault(LASTING.has(status) ? 'conflict' : 'conflict.transition', {
    text: text.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? ''),
  });
}

/** Another command holds the entity: the engine's text of a lock. `rule` decides how it begins. */
export const related = (scope: Scope, rule: Rule): Fault =>
  new Fault('conflict.transition', { text: rules.texts.related.replace('{cannot}', cannot(scope, rule)) });

/** A snapshot of the VM is being taken, removed or restored. */
export const snapshotBusy = (scope: Scope, rule: Rule): Fault =>
  new Fault('conflict.transition', { text: rules.texts['snapshot-busy'].replace('{cannot}', cannot(scope, rule)) });

/** These disks are locked by work in progress. */
export const disksLocked = (scope: Scope, rule: Rule, disks: readonly Disk[]): Fault =>
  new Fault('conflict.locked', {
    cannot: cannot(scope, rule),
    disks: disks.map(({ alias, id }) => alias ?? id).join(','),
  });

/** As engines' own enumerations write it. */
const rawOf = (status: string): string =>
  status
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** A status in engines' texts; only these words are not capitalized. */
const titleOf = (status: string): string =>
  status
    .split('_')
    .map((word) => (word === 'for' || word === 'in' ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(' ');
