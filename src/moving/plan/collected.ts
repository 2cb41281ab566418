import type { Lost } from '../../mapping/mapped.js';
import { type MappingKind, mappingKinds, type Mapping, type Used } from './mapping.js';
import type { PlanPlace, Reason } from './model.js';

const withoutIndexes = (path: string): string => path.replace(/\.\d+(?=\.|$)/g, '');

/** Collects distinct reasons and counts the VMs that have each. */
export class Reasons {
  readonly #found = new Map<string, { path: string; why: string; refused: boolean; vms: number; at: number }>();

  /** Adds the reasons of one VM. Returns their numbers. */
  of(lost: readonly Lost[]): number[] {
    const numbers = new Set<number>();
    for (const { path, why, refused } of lost) {
      const short = withoutIndexes(path);
      const key = `${short} ${why}`;
      const reason = this.#found.get(key) ?? { path: short, why, refused, vms: 0, at: this.#found.size };
      this.#found.set(key, reason);
      if (!numbers.has(reason.at)) reason.vms += 1;
      numbers.add(reason.at);
    }
    return [...numbers];
  }

  /** The reasons in the order of the plan, and the new number of each. */
  sorted(): { reasons: Reason[]; renumbered: Map<number, number> } {
    const all = [...this.#found.values()].sort(
      (a, b) => Number(b.refused) - Number(a.refused) || b.vms - a.vms || a.path.localeCompare(b.path),
    );
    return {
      reasons: all.map(({ path, why, refused, vms }) => ({ path, why, refused, vms })),
      renumbered: new Map(all.map(({ at }, index) => [at, index])),
    };
  }
}

/** How often each name is used, by kind. */
export class Places {
  readonly #uses = new Map<MappingKind, Map<string, number>>(mappingKinds.map((kind) => [kind, new Map()]));

  constructor(private readonly mapping: Mapping) {}

  use(kind: MappingKind, name: string | undefined): PlanPlace | undefined {
    if (name === undefined) return undefined;
    const uses = this.#uses.get(kind);
    uses?.set(name, (uses.get(name) ?? 0) + 1);
    const to = this.mapping[kind][name] ?? undefined;
    return { from: name, ...(to !== undefined && { to }) };
  }

  used(kind: MappingKind): Used[] {
    return [...(this.#uses.get(kind) ?? [])]
      .sort(([a, many], [b, more]) => more - many || a.localeCompare(b))
      .map(([name, uses]) => {
        const to = this.mapping[kind][name] ?? undefined;
        return { name, uses, ...(to !== undefined && { to }) };
      });
  }
}
