/** Requests of clients, and their answers. */
export class Ledger {
  readonly #all: Thing[] = [];
  requests = 0;
  unanswered = 0;

  saw(answer: object | undefined): void {
    this.requests += 1;
    if (!answer) this.unanswered += 1;
  }

  thing(kind: Kind, name: string): Thing {
    const created = new Thing(kind, name);
    this.#all.push(created);
    return created;
  }

  get things(): number {
    return this.#all.length;
  }

  /** Differences from the answers, a line each. `count`: how many of the name exist. */
  wrong(count: (kind: Kind, name: string) => number): string[] {
    return this.#all.flatMap((thing) => {
      const found = count(thing.kind, thing.name);
      const { least, most } = thing.bounds;
      return found < least || found > most
        ? [`${thing.kind} ${thing.name}: ${found}, and clients were told ${least} to ${most}`]
        : [];
    });
  }
}

export type Kind = 'VM' | 'disk' | 'NIC';

export class Thing {
  #made: 'yes' | 'perhaps' | 'no' = 'no';
  #removed: 'yes' | 'perhaps' | 'no' = 'no';

  constructor(
    readonly kind: Kind,
    readonly name: string,
  ) {}

  /** The answer to its creation; without one, or with an error of the gateway's or the cloud's, it may be there. */
  asked(answer: { readonly status: number } | undefined): void {
    if (answer && answer.status < 300) this.#made = 'yes';
    else if (!answer || answer.status >= 500) this.#made = 'perhaps';
  }

  removed(how: 'yes' | 'perhaps' | 'no'): void {
    this.#removed = how;
  }

  /** How many there may be. */
  get bounds(): { readonly least: number; readonly most: number } {
    if (this.#removed === 'yes') return { least: 0, most: 0 };
    return {
      least: this.#made === 'yes' && this.#removed === 'no' ? 1 : 0,
      most: this.#made === 'no' ? 0 : 1,
    };
  }
}
