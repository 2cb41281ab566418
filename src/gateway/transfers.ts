import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { Transfers } from '../services/transfers/transfers.js';
import type { Settings } from '../settings/index.js';
import type { Log } from '../telemetry/index.js';
import { createDataHandler } from '../transfers/http.js';
import { Spool } from '../transfers/spool.js';

/** How often the time of idle transfers is looked at, milliseconds. */
const TICK_MS = 2000;

export interface RunningTransfers {
  readonly transfers: Transfers;
  /** Whether a request is for the bytes of a transfer. */
  readonly handles: (url: string | undefined) => boolean;
  readonly before: RequestHandler;
  stop(): Promise<void>;
}

/** Image transfers, as the settings want them: undefined when they are off. */
export function startTransfers(
  { transfers: settings, server }: Settings,
  isSimulated: boolean,
  log: Log,
): RunningTransfers | undefined {
  if (!settings.enabled) return undefined;
  const folder = settings.folder || folderOf(isSimulated);
  const limits = {
    maxBytes: settings.maxBytes,
    maxTransfers: settings.maxTransfers,
    keepMs: settings.keepSeconds * 1000,
    ...(settings.url !== undefined && { url: settings.url }),
  };
  const spool = new Spool(folder, limits, (message, fields) => log.warn(message, fields));
  const transfers = new Transfers(spool);
  const data = createDataHandler(transfers, spool, { stallMs: server.writeTimeoutMs }, log);
  const timer = setInterval(() => {
    transfers
      .tick()
      .catch((error: unknown) => log.error('image transfers could not be checked', { error: String(error) }));
  }, TICK_MS).unref();
  return {
    transfers,
    handles: data.handles,
    before(request, response, next) {
      if (data.handles(request.url)) data.handle(request, response).catch(next);
      else next();
    },
    async stop() {
      clearInterval(timer);
      if (isSimulated && settings.folder === '') await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A simulated cloud ends with the process, and what was spooled for it with it. */
const folderOf = (isSimulated: boolean): string =>
  join(tmpdir(), `ovirt-powervc-gateway-${isSimulated ? randomUUID() : (process.getuid?.() ?? 'transfers')}`);
