import { nameId, type Ref } from '../../model/index.js';

/** An operation of this gateway, and its outcome. Instants are epoch milliseconds. */
export interface JobRecord {
  /** Of its job. */
  readonly id: string;
  /** Name of the operation: `vms.start`. */
  readonly operation: string;
  /** The operation whose events it has, where flags or the document make it another: `vms.disks.detach`. */
  readonly as?: string;
  /** In words: `start VM`. */
  readonly title: string;
  readonly correlationId: string;
  /** Id of its project: others do not see it. */
  readonly project: string;
  readonly user: Ref;
  /** The user as in a login: `admin@internal`. */
  readonly login?: string;
  readonly vm?: Ref;
  /** Name of what was added, changed or removed, if that is not a VM. */
  readonly what?: string;
  /** Whether it continued after the answer. */
  readonly follows?: true;
  /** Whether it was answered once it had begun, and nobody waits for its end. */
  readonly prompt?: true;
  /** When the end of such work was first seen. */
  readonly seenAt?: number;
  readonly beganAt: number;
  readonly endedAt?: number;
  /** What went wrong, in the words of the client's fault. */
  readonly failure?: string;
}

/** News from another process of the same address: a job that it began or changed, or one that it refused. */
export type JobNews = { readonly job: JobRecord } | { readonly forgotten: string };

/** A job under way. */
export interface RunningJob {
  readonly id: string;
  /** Sets the entity that it is about. */
  concerns(object: Pick<JobRecord, 'vm' | 'what' | 'as' | 'prompt'>): void;
  /** Keeps the job running after the answer, until the promise settles. */
  follow(finished: Promise<unknown>): void;
  /** The request has been answered, which ends the job unless it follows a promise. */
  answered(failure?: string): void;
  /** Nothing was begun, so the job is dropped: engines have no job for what they refuse. */
  refused(): void;
}

/** The most VM names that are kept. */
const MOST_NAMES = 10_000;

/**
 * The running and recent jobs of this process, for jobs and events: at most `limit` records, the oldest dropped first.
 * It is a convenience, not a system of record: PowerVC itself records what it did.
 */
export class Journal {
  readonly #records = new Map<string, JobRecord>();
  readonly #names = new Map<string, string>();
  #count = 0;
  #tell: (news: JobNews) => void = () => undefined;

  /** Called at the end of each job that continued after its answer. */
  onEnd: ((job: JobRecord) => void) | undefined;

  constructor(private readonly limit = 1000) {}

  /** `tell` is called with all news of this journal, for the journals of other processes. */
  share(tell: (news: JobNews) => void): void {
    this.#tell = tell;
  }

  /** Takes in news of another process's journal. */
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

  /** Remembers the name of a VM: later events name it, even if it is gone by then. */
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

  /** The end of prompt work has been seen now, and how it ended. */
  saw({ id }: Pick<JobRecord, 'id'>, how: Pick<JobRecord, 'failure' | 'as'>): void {
    const job = this.#records.get(id);
    if (job?.prompt && job.seenAt === undefined) this.#set({ ...job, ...how, seenAt: Date.now() });
  }

  /** The records of a project, in the order in which they began. */
  of(project: string): JobRecord[] {
    return [...this.#records.values()].filter((job) => job.project === project);
  }

  /** The records of every project, the newest first: for operators. */
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
