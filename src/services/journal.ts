import { nameId, type Ref } from '../model/index.js';

/** Something that this gateway was asked to do, and how it went. Instants are epoch milliseconds. */
export interface JobRecord {
  /** Of its job. */
  readonly id: string;
  /** Name of the operation: `vms.start`. */
  readonly operation: string;
  /** For a person: `start VM`. */
  readonly title: string;
  readonly correlationId: string;
  /** Id of the project it was done in: others do not see it. */
  readonly project: string;
  readonly user: Ref;
  /** As a person logs in: `admin@internal`. */
  readonly login?: string;
  readonly vm?: Ref;
  /** Name of what was added, changed or removed, when that is no VM. */
  readonly what?: string;
  /** It went on after its answer. */
  readonly follows?: true;
  readonly beganAt: number;
  readonly endedAt?: number;
  /** What went wrong, in the words that the client was told. */
  readonly failure?: string;
}

/** What another process that serves the same address has begun, changed, or not begun after all. */
export type JobNews = { readonly job: JobRecord } | { readonly forgotten: string };

/** A job under way. */
export interface RunningJob {
  readonly id: string;
  /** What it turns out to be about. */
  concerns(object: Pick<JobRecord, 'vm' | 'what'>): void;
  /** It goes on after the answer, until this is settled. */
  follow(finished: Promise<unknown>): void;
  /** The answer is there. A job that is followed ends with what it follows. */
  answered(failure?: string): void;
  /** Nothing was begun, so that there is nothing to remember: engines make no job of what they refuse. */
  refused(): void;
}

/** Names of VMs that are remembered. */
const MOST_NAMES = 10_000;

/**
 * What this process has under way and did last, for jobs and events: at most `limit` records, the oldest forgotten
 * first. It is a memory aid and no record: what PowerVC did, PowerVC remembers (DESIGN, decision 3).
 */
export class Journal {
  readonly #records = new Map<string, JobRecord>();
  readonly #names = new Map<string, string>();
  #count = 0;
  #tell: (news: JobNews) => void = () => undefined;

  /** Told of each job that ends, when it went on after its answer. */
  onEnd: ((job: JobRecord) => void) | undefined;

  constructor(private readonly limit = 1000) {}

  /** `tell` is called with everything that happens here, for the journals of other processes. */
  share(tell: (news: JobNews) => void): void {
    this.#tell = tell;
  }

  /** What another process' journal has told. */
  learn(news: JobNews): void {
    if ('job' in news) this.#keep(news.job);
    else this.#records.delete(news.forgotten);
  }

  #keep(job: JobRecord): void {
    this.#records.set(job.id, job);
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= this.limit) break;
      this.#records.delete(oldest);
    }
  }

  #set(given: JobRecord): void {
    const name = given.vm?.name ?? this.#names.get(given.vm?.id ?? '');
    const job = given.vm && name !== undefined ? { ...given, vm: { ...given.vm, name } } : given;
    this.#keep(job);
    this.#tell({ job });
  }

  /** A VM was looked at: what is told of it later names it, though it may be gone by then. */
  named({ id, name }: Ref): void {
    if (id === undefined || name === undefined) return;
    this.#names.delete(id);
    this.#names.set(id, name);
    for (const oldest of this.#names.keys()) {
      if (this.#names.size <= MOST_NAMES) break;
      this.#names.delete(oldest);
    }
  }

  begin(job: Omit<JobRecord, 'id' | 'beganAt' | 'endedAt' | 'failure'>): RunningJob {
    const beganAt = Date.now();
    const id = nameId('job', job.correlationId, job.operation, String(beganAt), String((this.#count += 1)));
    this.#set({ ...job, id, beganAt });
    const end = (failure?: string): void => {
      const begun = this.#records.get(id);
      const record = {
        ...(begun ?? { ...job, id, beganAt }),
        endedAt: Date.now(),
        ...(failure !== undefined && { failure }),
      };
      if (begun) this.#set(record);
      if (followed) this.onEnd?.(record);
    };
    const change = (more: Partial<JobRecord>): void => {
      const begun = this.#records.get(id);
      if (begun) this.#set({ ...begun, ...more });
    };
    let followed = false;
    return {
      id,
      concerns: change,
      follow(finished) {
        followed = true;
        change({ follows: true });
        finished.then(
          () => end(),
          (error: unknown) => end(error instanceof Error ? error.message : String(error)),
        );
      },
      refused: () => {
        this.#records.delete(id);
        this.#tell({ forgotten: id });
      },
      answered(failure) {
        if (!followed || failure !== undefined) end(failure);
      },
    };
  }

  /** Those of a project, in the order in which they began. */
  of(project: string): JobRecord[] {
    return [...this.#records.values()].filter((job) => job.project === project);
  }

  /** Those of every project, the newest first: for whoever runs the gateway. */
  all(): JobRecord[] {
    return [...this.#records.values()].reverse();
  }

  /** How many there are of each state. */
  states(): Record<'running' | 'finished' | 'failed', number> {
    const states = { running: 0, finished: 0, failed: 0 };
    for (const { endedAt, failure } of this.#records.values())
      states[failure !== undefined ? 'failed' : endedAt === undefined ? 'running' : 'finished'] += 1;
    return states;
  }

  get(project: string, id: string): JobRecord | undefined {
    const job = this.#records.get(id);
    return job?.project === project ? job : undefined;
  }
}
