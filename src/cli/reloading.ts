import { statSync, unwatchFile, watchFile } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { StartError, type Gateway } from '../gateway.js';
import { settingsList, SettingsError, type Effective, type Settings } from '../settings/index.js';
import type { Log } from '../telemetry/index.js';

/** How a running gateway reloads its settings. */
export interface Reloading {
  readonly gateway: Pick<Gateway, 'reload' | 'certificateFiles'>;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the gateway was started with. */
  readonly first: Effective;
  /** Reads the settings anew. Throws `SettingsError`. */
  readonly read: () => Effective;
}

const valueAt = (settings: Settings, key: string): string =>
  JSON.stringify(
    key.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], settings),
  ) ?? '';

/** Files that are watched: the settings file, own certificates, and secrets in files. */
function filesOf({ settings, origins }: Effective, environment: Reloading['environment']): string[] {
  const { server, admin } = settings;
  const { key, cert } = server.tls;
  const sources = [...origins.values()].flatMap((origin) => {
    const variable = /^environment (\w+_FILE)$/.exec(origin)?.[1];
    const file = variable === undefined ? /^(.+):\d+$/.exec(origin)?.[1] : environment[variable];
    return file === undefined ? [] : [file];
  });
  const named = [key, cert, admin.tls?.key, admin.tls?.cert, admin.tls?.clientCa].filter((file) => file !== undefined);
  return [...new Set([...named, ...sources])];
}

/** What tells one content of a file from the next: a renewed certificate may be as long as the old one. */
function stateOf(file: string): string {
  const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size} ${ino}`;
}

/**
 * Reloads settings on request, or when one of their files changes, one reload at a time. Invalid settings are logged,
 * and the gateway continues with the old ones.
 */
export class Reloader {
  #inForce: Effective;
  #watched: readonly string[] = [];
  /** The files of the settings in force, as they were when they were read. */
  #states = new Map<string, string>();
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: Reloading) {
    this.#inForce = parts.first;
    this.#states = this.#statesNow();
    this.#watch();
  }

  /** Reloads, after a running reload. `why` is for the log. Resolves when it is done; never rejects. */
  reload(why: string): Promise<void> {
    this.#running = this.#running.then(() => this.#once(why));
    return this.#running;
  }

  /** Stops watching files. */
  stop(): void {
    for (const file of this.#watched) unwatchFile(file, this.#onChange);
    this.#watched = [];
  }

  readonly #onChange = (): void => {
    this.#running = this.#running.then(() =>
      // key and certificate change together: the reload for one has read the other
      isDeepStrictEqual(this.#statesNow(), this.#states) ? undefined : this.#once('a file changed'),
    );
    this.#running.catch((error: unknown) => this.parts.log.error('settings could not be reloaded', { error }));
  };

  async #once(why: string): Promise<void> {
    const { gateway, log, read } = this.parts;
    try {
      // first: a file that changes while it is read is read again
      const before = this.#statesNow();
      const next = read();
      await gateway.reload(next.settings);
      const changed = settingsList.filter(
        ({ key }) => valueAt(next.settings, key) !== valueAt(this.#inForce.settings, key),
      );
      this.#inForce = next;
      const states = new Map([...this.#statesNow()].map(([file, state]) => [file, before.get(file) ?? state]));
      const files = [...states].filter(([file, state]) => this.#states.get(file) !== state).map(([file]) => file);
      this.#states = states;
      log.info('certificates and secrets reloaded', {
        why,
        changed: keysOf(changed.filter(({ live }) => live)),
        files,
      });
      const later = keysOf(changed.filter(({ live }) => !live));
      if (later.length > 0) log.warn('changed settings take effect at the next start', { settings: later });
      this.stop();
      this.#watch();
    } catch (error) {
      if (!(error instanceof SettingsError || error instanceof StartError)) throw error;
      log.error('settings could not be reloaded; the current ones stay in use', { why, problem: error.message });
    }
  }

  #statesNow(): Map<string, string> {
    const { gateway, environment } = this.parts;
    const files = [...filesOf(this.#inForce, environment), ...gateway.certificateFiles()];
    return new Map(files.map((file) => [file, stateOf(file)]));
  }

  #watch(): void {
    const { reloadMs } = this.#inForce.settings.server;
    if (reloadMs === 0) return;
    this.#watched = [...this.#states.keys()];
    // polls, because the kernel's watches miss what containers do: switching a symbolic link
    for (const file of this.#watched) watchFile(file, { interval: reloadMs, persistent: false }, this.#onChange);
  }
}

const keysOf = (settings: readonly { readonly key: string }[]): string[] => settings.map(({ key }) => key);
