import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { packageRoot } from '../src/settings/index.js';
import { ensureBuilt } from './support/gateway-process.js';

/** What cannot be used is told, and the process ends: one that stays looks to systemd like a service that runs. */
it.each(['audit.file', 'transfers.folder'])(
  'serve ends when %s cannot be written to',
  (setting) => {
    ensureBuilt();
    const argv = ['serve', '--port', '0', '--set', 'admin.enabled=false', '--set', `${setting}=/proc/none`];
    const { status, signal, stderr } = spawnSync(process.execPath, [`${packageRoot}dist/cli/main.js`, ...argv], {
      encoding: 'utf8',
      // only reached by a process that stays
      timeout: 60_000,
    });
    expect([status, signal, stderr]).toEqual([
      1,
      null,
      expect.stringContaining(`${setting}: /proc/none cannot be written to: ENOENT`),
    ]);
  },
  90_000,
);
