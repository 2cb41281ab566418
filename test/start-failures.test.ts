import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
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

it('several processes on a taken port end with one line, and none is said to be restarted', async () => {
  ensureBuilt();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const sets = ['admin.enabled=false', 'powervc.authUrl=http://127.0.0.1:9/v3', 'log.level=warn'];
  const argv = ['serve', '--port', String(port), '--workers', '2', ...sets.flatMap((set) => ['--set', set])];
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${packageRoot}dist/cli/main.js`, ...argv], {
    encoding: 'utf8',
    // only reached by a process that stays
    timeout: 60_000,
  });
  other.close();
  expect([status, stdout, stderr]).toEqual([
    1,
    '',
    `ovirt-powervc-gateway: cannot listen on 127.0.0.1:${port}: the port is in use; choose another with --port\n`,
  ]);
}, 90_000);
