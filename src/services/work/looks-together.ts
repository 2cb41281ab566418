import type { Disk } from '../../model/index.js';

interface Waiting {
  readonly id: string;
  readonly resolve: (disk: Disk | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks at several volumes that each are worked on, with one list for all: it is read when each of them has taken its
 * step and waits for the next look. The first look is at what was listed before.
 */
export class LooksTogether {
  readonly #first: Map<string, Disk>;
  /** Volumes with a step in progress. */
  readonly #busy: Set<string>;
  #waiting: Waiting[] = [];

  constructor(
    private readonly list: () => Promise<readonly Disk[]>,
    seen: readonly Disk[],
  ) {
    this.#first = new Map(seen.map((disk) => [disk.id, disk]));
    this.#busy = new Set(this.#first.keys());
  }

  /** The volume; undefined if the list has it no longer. Throws what the list throws. */
  at(id: string): Promise<Disk | undefined> {
    const first = this.#first.get(id);
    if (this.#first.delete(id)) return Promise.resolve(first);
    this.#busy.delete(id);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject });
      this.#lookIfAllWait();
    });
  }

  /** Nobody looks at the volume any more. */
  end(id: string): void {
    this.#busy.delete(id);
    this.#lookIfAllWait();
  }

  #lookIfAllWait(): void {
    if (this.#busy.size > 0 || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { id } of waiting) this.#busy.add(id);
    this.list().then(
      (found) => {
        for (const { id, resolve } of waiting) resolve(found.find((disk) => disk.id === id));
      },
      (error: unknown) => {
        for (const { reject } of waiting) reject(error);
      },
    );
  }
}
