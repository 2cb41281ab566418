import { createHash, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWritableFolder } from '../folders.js';
import { isFault, type Backend } from '../model/index.js';
import { type Front, Seal } from '../ovirt/index.js';
import type { Scope } from '../services/context.js';
import { Transfers } from '../services/transfers/transfers.js';
import type { Work } from '../services/work/work.js';
import type { Settings } from '../settings/index.js';
import type { Log } from '../telemetry/index.js';
import { createDataHandler } from '../transfers/http.js';
import { Spool } from '../transfers/spool.js';
import { StartError } from './start-error.js';

/** How often transfers are checked for inactivity, milliseconds. */
const TICK_MS = 2000;

export interface RunningTransfers {
  readonly transfers: Transfers;
  /** Whether a request is for the bytes of a transfer. */
  readonly handles: (url: string | undefined) => boolean;
  readonly front: Front;
  stop(): Promise<void>;
}

/** What work on transfers needs when there is no request. */
export interface TransferParts {
  readonly backend: Backend;
  readonly work: Work;
  readonly log: Log;
  readonly isSimulated: boolean;
  /** Secrets that logins are sealed with: the first seals, all open. Without one, other processes cannot open them. */
  readonly secrets: () => readonly string[];
}

/** Makes sure that uploads can be kept in the folder of the settings. @throws StartError */
export async function assertTransfersFolder({ transfers: { enabled, folder } }: Settings): Promise<void> {
  if (!enabled || folder === '') return;
  await makeWritableFolder(folder, 0o700).catch((error: unknown) => {
    throw new StartError(`transfers.folder: ${folder} cannot be written to: ${(error as Error).message}`, {
      cause: error,
    });
  });
}

/** Image transfers according to the settings; undefined if they are off. */
export function startTransfers(
  all: Settings,
  { backend, work, log, isSimulated, secrets }: TransferParts,
): RunningTransfers | undefined {
  const { transfers: settings, server, operations } = all;
  if (!settings.enabled) return undefined;
  const folder = settings.folder || defaultFolder(all, isSimulated);
  const limits = {
    maxBytes: settings.maxBytes,
    maxTransfers: settings.maxTransfers,
    keepMs: settings.keepSeconds * 1000,
    ...(settings.url !== undefined && { url: settings.url }),
  };
  const sealOf = sealing();
  const spool = new Spool(folder, limits, (message, fields) => log.warn(message, fields));
  const transfers = new Transfers(spool, {
    close: (session) => sealOf(secrets()).close({ login: session.export() }),
    async open(sealed) {
      const value = await sealOf(secrets()).open(sealed);
      return isLogin(value) ? scopeOf(value.login) : undefined;
    },
  });
  const data = createDataHandler(transfers, spool, { stallMs: server.writeTimeoutMs }, log);
  /** The scope of background work; undefined for a login that has ended. */
  function scopeOf(login: string): Scope | undefined {
    try {
      const session = backend.resume(login);
      return {
        session,
        backend: backend.name,
        words: backend.words,
        hasPmem: backend.capabilities.pmem === true,
        engine: '4.5',
        work: work.within(session),
        settings: operations,
        transfers,
        log,
        late: new Set(),
        report: () => undefined,
      };
    } catch (error) {
      if (isFault(error, 'auth.refused')) return undefined;
      throw error;
    }
  }

  const timer = setInterval(() => {
    transfers
      .tick()
      .catch((error: unknown) => log.error('image transfers could not be checked', { error: String(error) }));
  }, TICK_MS).unref();
  return {
    transfers,
    handles: data.handles,
    front: (request, response) =>
      data.handles(request.url) ? data.handle(request, response).then(() => true) : undefined,
    async stop() {
      clearInterval(timer);
      if (isSimulated && settings.folder === '') await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns a new seal when the secrets change. */
function sealing(): (secrets: readonly string[]) => Seal {
  let last: { readonly secrets: readonly string[]; readonly seal: Seal } | undefined;
  return (secrets) => {
    if (last?.secrets !== secrets) last = { secrets, seal: new Seal(secrets, 'ovirt image transfer') };
    return last.seal;
  };
}

const isLogin = (value: unknown): value is { readonly login: string } =>
  typeof value === 'object' && value !== null && 'login' in value && typeof value.login === 'string';

/**
 * Where transfers are kept unless a setting says so: a folder for each user of the machine and each cloud, so that
 * gateways in front of two clouds do not carry on each other's. Those of a simulated cloud end with the process.
 */
export function defaultFolder(
  { backend: { kind }, powervc, openstack, powervs }: Settings,
  isSimulated: boolean,
): string {
  if (isSimulated) return join(tmpdir(), `ovirt-powervc-gateway-${randomUUID()}`);
  const cloud = [kind, powervc.authUrl, openstack.authUrl, openstack.cloud, powervs.crn].join(' ');
  const key = createHash('sha256').update(cloud).digest('hex').slice(0, 12);
  return join(tmpdir(), `ovirt-powervc-gateway-${process.getuid?.() ?? 'transfers'}-${key}`);
}
