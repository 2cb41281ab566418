import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { onCloud, startPlace, type Place } from './place.js';
import { available } from './tools.js';
import { certificate } from '../support/certificate.js';

/** Debian's fence_rhevm, as Pacemaker runs it, against the gateway (docs/reference/ovirt.md, sections 1, 3 and 7). */
const here =
  available('fence_rhevm', 'apt-get install fence-agents') && available('openssl', 'apt-get install openssl');

interface Outcome {
  readonly code: number;
  readonly output: string;
}

describe.skipIf(!here)('fence_rhevm', () => {
  let folder: string;
  let plain: Place;
  /** With TLS; on a real cloud undefined. */
  let secure: Place | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fence-'));
    const { key, cert } = certificate(folder, 'localhost', 1);
    [plain, secure] = await Promise.all([
      startPlace(),
      onCloud ? undefined : startPlace({ sets: [`server.tls.key=${key}`, `server.tls.cert=${cert}`] }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([plain?.close(), secure?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const fence = ({ gateway, login }: Place, ...args: string[]): Promise<Outcome> =>
    new Promise((resolve) => {
      const common = [
        '-a',
        '127.0.0.1',
        '-u',
        String(gateway.port),
        '-l',
        user(login),
        '-p',
        password(login),
        '--stonith-status-sleep=0',
        // a client that gives up says nothing of the gateway: a busy machine is slower than its 5 s
        '--power-timeout=60',
        '--shell-timeout=60',
      ];
      execFile('fence_rhevm', [...common, ...args], { cwd: folder }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
      });
    });
  const user = (login: string): string => login.slice(0, login.indexOf(':'));
  const password = (login: string): string => login.slice(login.indexOf(':') + 1);

  type Way = readonly [name: string, place: () => Place, vm: string, options: readonly string[]];

  /** TLS, cookies and paths are the gateway's own, whatever the cloud: on a real one each version is shown once. */
  function ways(): readonly Way[] {
    const everywhere: readonly Way[] = [
      ['version 3 at /api, http', () => plain, 'rhel94-app01', ['--api-path=/api', '--api-version=3']],
      ['the default path, where it finds out by itself that version 4 is spoken', () => plain, 'aix73-db01', []],
    ];
    const own: readonly Way[] = [
      [
        'version 3 at /api, https with a certificate of its own',
        () => secure!,
        'ubuntu2204-web01',
        ['--api-path=/api', '--api-version=3', '--ssl-insecure'],
      ],
      [
        'one session for all that it asks in a run, with --use-cookies',
        () => plain,
        'ubuntu2204-web01',
        ['--api-path=/api', '--api-version=3', '--use-cookies', '--cookie-file=cookie.dat'],
      ],
      ['version 4 at /api, which it finds out by itself', () => plain, 'ibmi75-erp01', ['--api-path=/api']],
      [
        'version 4 when it is named, https',
        () => secure!,
        'aix73-db01',
        ['--api-path=/ovirt-engine/api', '--api-version=4', '--ssl-insecure'],
      ],
      [
        'version 4 at /api, when it is named',
        () => secure!,
        'rhel94-app01',
        ['--api-path=/api', '--api-version=4', '--ssl-insecure'],
      ],
    ];
    return onCloud ? everywhere : [...everywhere, ...own];
  }

  // fence_rhevm sleeps between its looks: side by side, each with a VM of its own
  describe.concurrent('all of its actions', () => {
    it.each(ways())('%s', async (_, testbed, vm, options) => {
      const act = (...args: string[]): Promise<Outcome> => fence(testbed(), ...options, ...args);
      const inState = (state: string) =>
        vi.waitFor(
          async () => {
            expect(await testbed().stateOf(vm)).toBe(state);
          },
          { timeout: 60_000, interval: 200 },
        );
      expect(await act('-o', 'status', '-n', vm)).toEqual({ code: 0, output: 'Status: ON\n' });
      expect(await act('-o', 'status', '-n', 'sles15-hana01')).toEqual({ code: 2, output: 'Status: OFF\n' });
      expect((await act('-o', 'list')).output.split('\n').filter(Boolean).sort()).toEqual([
        'aix73-db01,',
        'ibmi75-erp01,',
        'rhel94-app01,',
        'sles15-hana01,',
        'ubuntu2204-web01,',
      ]);
      expect((await act('-o', 'monitor')).code).toBe(0);
      expect(await act('-o', 'off', '-n', vm)).toEqual({ code: 0, output: 'Success: Powered OFF\n' });
      await inState('stopped');
      expect(await act('-o', 'on', '-n', vm)).toEqual({ code: 0, output: 'Success: Powered ON\n' });
      await inState('active');
      expect(await act('-o', 'reboot', '-n', vm)).toEqual({ code: 0, output: 'Success: Rebooted\n' });
      await inState('active');
    });
  });

  it('fails with its own words for a VM that is not there, and does nothing with a wrong password', async () => {
    const options = ['--api-path=/api', '--api-version=3'];
    const unknown = await fence(plain, ...options, '-o', 'status', '-n', 'nobody');
    expect([unknown.code, unknown.output]).toEqual([1, expect.stringContaining('Can not find VM UUID by its VM name')]);
    expect((await fence(plain, ...options, '-o', 'off', '-n', 'ibmi75-erp01', '-p', 'wrong')).code).toBe(1);
    expect(await plain.stateOf('ibmi75-erp01')).toBe('active');
  });
});
