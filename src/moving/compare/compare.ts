import type { PartSummary, VmSummary } from './summary.js';

/** One difference of a VM: `memory`, `disk root: size`. `a` or `b` is absent if that side has no value. */
export interface Difference {
  readonly what: string;
  readonly a?: string;
  readonly b?: string;
}

export interface ComparedVm {
  readonly name: string;
  readonly result: 'same' | 'differs' | 'missing' | 'new';
  readonly differences: readonly Difference[];
}

export interface Comparison {
  readonly counts: Readonly<Record<ComparedVm['result'], number>>;
  /** How many VMs differ in each field: the part after the last colon. */
  readonly fields: Readonly<Record<string, number>>;
  readonly vms: readonly ComparedVm[];
}

type Fields = Readonly<Record<string, string>>;
type Ignored = (field: string) => boolean;

function fieldDifferences(a: Fields, b: Fields, prefix: string, ignored: Ignored): Difference[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names
    .filter((name) => !ignored(name) && a[name] !== b[name])
    .map((name) => {
      const [ours, theirs] = [a[name], b[name]];
      return {
        what: `${prefix}${name}`,
        ...(ours !== undefined && { a: ours }),
        ...(theirs !== undefined && { b: theirs }),
      };
    });
}

/** Pairs parts by name; those without a name are paired in order. */
function partDifferences(
  kind: string,
  a: readonly PartSummary[],
  b: readonly PartSummary[],
  ignored: Ignored,
): Difference[] {
  const rest = [...b];
  const pairs = a.map((part) => {
    const at = rest.findIndex(({ key }) => key === part.key);
    return [part, at < 0 ? undefined : rest.splice(at, 1)[0]] as const;
  });
  return [
    ...pairs.flatMap(([part, other]) =>
      other === undefined
        ? [{ what: kind, a: part.name }]
        : fieldDifferences(part.fields, other.fields, `${kind} ${part.name}: `, ignored),
    ),
    ...rest.map(({ name }) => ({ what: kind, b: name })),
  ];
}

function compared(name: string, a: VmSummary | undefined, b: VmSummary | undefined, ignored: Ignored): ComparedVm {
  if (!a) return { name, result: 'new', differences: [] };
  if (!b) return { name, result: 'missing', differences: [] };
  const differences = [
    ...fieldDifferences(a.fields, b.fields, '', ignored),
    ...(ignored('disk') ? [] : partDifferences('disk', a.disks, b.disks, ignored)),
    ...(ignored('nic') ? [] : partDifferences('nic', a.nics, b.nics, ignored)),
  ];
  return { name, result: differences.length === 0 ? 'same' : 'differs', differences };
}

const fieldOf = ({ what }: Difference): string =>
  what.split(' ')[0] + (what.includes(': ') ? ` ${what.slice(what.lastIndexOf(': ') + 2)}` : '');

/** What is missing on side B, what is new there, and what differs. VMs with the same name are paired in order. */
export function compare(
  a: ReadonlyMap<string, readonly VmSummary[]>,
  b: ReadonlyMap<string, readonly VmSummary[]>,
  ignore: readonly string[] = [],
): Comparison {
  const ignored: Ignored = (field) => ignore.includes(field);
  const vms = [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((name) => {
    const [ours, theirs] = [a.get(name) ?? [], b.get(name) ?? []];
    return Array.from({ length: Math.max(ours.length, theirs.length) }, (_, at) =>
      compared(name, ours[at], theirs[at], ignored),
    );
  });
  const fields = new Map<string, number>();
  for (const { differences } of vms)
    for (const field of new Set(differences.map(fieldOf))) fields.set(field, (fields.get(field) ?? 0) + 1);
  const of = (result: ComparedVm['result']): number => vms.filter((vm) => vm.result === result).length;
  return {
    counts: { same: of('same'), differs: of('differs'), missing: of('missing'), new: of('new') },
    fields: Object.fromEntries([...fields].sort(([, many], [, more]) => more - many)),
    vms,
  };
}

const sideText = (value: string | undefined): string => value ?? '-';

/** The comparison as plain text. Equal VMs are only counted. */
export function comparisonText({ counts, fields, vms }: Comparison): string {
  const lines = vms.flatMap(({ name, result, differences }) => {
    if (result === 'same') return [];
    if (result === 'missing') return [`${name}: missing in B`];
    if (result === 'new') return [`${name}: only in B`];
    return [`${name}:`, ...differences.map(({ what, a, b }) => `  ${what}: ${sideText(a)} -> ${sideText(b)}`)];
  });
  const sums = Object.entries(fields).map(([field, count]) => `${String(count).padStart(6)}  ${field}`);
  return [
    `${counts.same} the same, ${counts.differs} differ, ${counts.missing} missing in B, ${counts.new} only in B`,
    ...(sums.length > 0 ? ['', 'VMs that differ in', ...sums] : []),
    ...(lines.length > 0 ? ['', ...lines] : []),
    '',
  ].join('\n');
}
