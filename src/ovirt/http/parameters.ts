import { Fault } from '../../model/index.js';

/**
 * The parameters of a request. In version 3 they are matrix parameters on any path segment (`/vms;max=5`), in version 4
 * query parameters; both are accepted, the query wins (docs/reference/ovirt.md, section 5). Names are case-sensitive.
 */
export class Parameters {
  /** Version 4 accepts more spellings of booleans, and ignores malformed ones (docs/reference/ovirt.md, section 4). */
  loose = false;

  constructor(
    private readonly matrix: ReadonlyMap<string, string>,
    private readonly query: ReadonlyMap<string, string>,
  ) {}

  text(name: string): string | undefined {
    return this.query.get(name) ?? this.matrix.get(name);
  }

  /**
   * Absent is false; the bare name is true; true and false in any case. Else Fault `request.value`, in the engine's
   * words.
   */
  flag(name: string): boolean {
    return this.choice(name) ?? false;
  }

  /** As `flag`, but undefined when absent. */
  choice(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value === '' || value === 'true') return true;
    if (value === 'false') return false;
    if (this.loose) return TRUE.has(value) || (FALSE.has(value) ? false : undefined);
    throw this.#illegal(name);
  }

  /** A whole number. Else Fault `request.value`. */
  integer(name: string): number | undefined {
    return this.#whole(name, /^[+-]?\d{1,10}$/);
  }

  /** A whole number that may be a long one: the id of an event. Else Fault `request.value`. */
  long(name: string): number | undefined {
    return this.#whole(name, /^[+-]?\d{1,15}$|^[+-]?[0-8]\d{15}$/);
  }

  #whole(name: string, form: RegExp): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!form.test(value)) {
      if (this.loose) return undefined;
      throw this.#illegal(name);
    }
    return Number(value);
  }

  names(): string[] {
    if (this.matrix.size === 0 && this.query.size === 0) return [];
    return [...new Set([...this.matrix.keys(), ...this.query.keys()])];
  }

  #illegal(name: string): Fault {
    return new Fault('request.value', {
      text: `Illegal value '${(this.text(name) ?? '').slice(0, 100)}' for matrix param ${name}`,
    });
  }
}

const TRUE: ReadonlySet<string> = new Set(['t', 'y', 'yes', '1']);
const FALSE: ReadonlySet<string> = new Set(['f', 'n', 'no', '0']);
