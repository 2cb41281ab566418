import type { RequestRecord } from '../ovirt/index.js';
import type { JobRecord } from '../services/work/journal.js';
import type { Settings } from '../settings/index.js';
import { AuditFile, AuditTrail, standardOutputSink } from '../telemetry/audit.js';
import type { Log } from '../telemetry/index.js';
import { eventOf, eventOfJob, eventOfLogin } from './cadf.js';
import { StartError } from './start-error.js';

/** The audit trail, which may hold clients up. */
export interface Audit {
  /** Whether a request may begin: there is room for its event. */
  readonly admit: (method: string) => boolean | Promise<boolean>;
  readonly onRequest: (record: RequestRecord) => void;
  /** Work has ended that continued after its answer. */
  readonly onJob: (job: JobRecord) => void;
  /** A login to the console. */
  readonly onLogin: (user: string, client: string, accepted: boolean) => void;
  readonly waiting: () => number;
  /** Reopens the file, which may have been moved away. */
  readonly reopen: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Opens the audit log that the settings name. @throws StartError if the file cannot be written. */
export async function startAudit({ file, reads, maxPending }: Settings['audit'], log: Log): Promise<Audit | undefined> {
  if (file === undefined) return undefined;
  const sink = file === '-' ? undefined : new AuditFile(file);
  await sink?.open().catch((error: unknown) => {
    throw new StartError(`audit.file: ${file} cannot be written to: ${(error as Error).message}`, { cause: error });
  });
  const trail = new AuditTrail(sink ?? standardOutputSink, maxPending, log);
  const isTold = ({ method, status }: Pick<RequestRecord, 'method' | 'status'>): boolean =>
    reads || status === 401 || !READS.has(method);
  return {
    admit: (method) => trail.hasRoom || !isTold({ method, status: 200 }) || trail.admit(),
    onRequest(record) {
      if (isTold(record)) trail.add(eventOf(record));
    },
    onJob: (job) => trail.add(eventOfJob(job)),
    onLogin: (user, client, accepted) => trail.add(eventOfLogin(user, client, accepted)),
    waiting: () => trail.waiting,
    reopen: async () => sink?.reopen(),
    close: () => trail.close(),
  };
}
