import type { Clock } from './clock.js';
import type { FaultRules } from './faults.js';
import type { Task } from './world/types.js';

/** What a kind of work does when it is due, and what it leaves behind when a fault rule makes it fail. */
export interface WorkKind<W> {
  /** Believable duration, seconds; multiplied by the time scale. */
  readonly seconds: number;
  readonly done: (world: W, task: Task) => void;
  readonly failed: (world: W, task: Task, message: string) => void;
}

/**
 * Work that takes time. There is no timer: due tasks run at the next request, in order, each as if at its own time.
 * With a time scale of 0 a task is due at once.
 */
export class WorkQueue<W> {
  #tasks: Task[] = [];
  readonly #clock: Clock;
  readonly #faults: FaultRules;
  readonly #kinds: ReadonlyMap<string, WorkKind<W>>;
  readonly #scale: number;

  constructor(clock: Clock, faults: FaultRules, kinds: Readonly<Record<string, WorkKind<W>>>, scale: number) {
    this.#clock = clock;
    this.#faults = faults;
    this.#kinds = new Map(Object.entries(kinds));
    this.#scale = scale;
  }

  get tasks(): readonly Task[] {
    return this.#tasks;
  }

  replace(tasks: readonly Task[]): void {
    for (const { kind } of tasks) this.#kind(kind);
    this.#tasks = tasks.map((task) => ({ ...task, args: { ...task.args } }));
  }

  /** Begins work on the record `id`. `factor` stretches the kind's duration. */
  begin(kind: string, id: string, args: Record<string, string> = {}, factor = 1): void {
    this.#tasks.push({
      kind,
      id,
      args,
      due: this.#clock.now() + this.#kind(kind).seconds * factor * this.#scale * 1000,
    });
  }

  /** Forgets all work on the record. */
  cancel(id: string): void {
    this.#tasks = this.#tasks.filter((task) => task.id !== id);
  }

  /** Whether work of the kind is running on the record. */
  busy(kind: string, id: string): boolean {
    return this.#tasks.some((task) => task.kind === kind && task.id === id);
  }

  /** Does everything that is due. */
  settle(world: W): void {
    for (let task = this.#due(); task !== undefined; task = this.#due()) {
      const current = task;
      this.#tasks.splice(this.#tasks.indexOf(current), 1);
      const kind = this.#kind(current.kind);
      const failure = this.#faults.failure(current.kind, current.id);
      this.#clock.at(current.due, () => {
        if (failure === undefined) kind.done(world, current);
        else kind.failed(world, current, failure);
      });
    }
  }

  #due(): Task | undefined {
    const now = this.#clock.now();
    let first: Task | undefined;
    for (const task of this.#tasks) if (task.due <= now && (first === undefined || task.due < first.due)) first = task;
    return first;
  }

  #kind(name: string): WorkKind<W> {
    const kind = this.#kinds.get(name);
    if (kind === undefined) throw new TypeError(`There is no work of kind ${name}.`);
    return kind;
  }
}
