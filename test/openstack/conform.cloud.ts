import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type Gateway } from '../../src/gateway.js';
import type { ConformReport } from '../../src/moving/conform/index.js';
import { loadSettings } from '../../src/settings/index.js';
import { runCli } from '../support/cli.js';
import { CLOUD_FLAGS, cloudLogin, noCloud } from './cloud.js';

/**
 * `conform` against the gateway on a real cloud: a VM is made, changed, run and removed, in both versions at once, for
 * most of it is waiting. A cloud without a host aggregate has no place for tags: they are not offered there.
 */
const login = cloudLogin();
const OPTIONAL = new Set(['tags.add', 'vms.tags', 'tags.delete']);

describe.skipIf(!login)(`conform${login ? '' : `: ${noCloud}`}`, () => {
  let gateway: Gateway;

  beforeAll(async () => {
    const { settings } = loadSettings({
      environment: process.env,
      flags: CLOUD_FLAGS,
    });
    gateway = await startGateway(settings);
  });
  afterAll(() => gateway?.close());

  test.concurrent.each(['3', '4'])(
    'the profile full, version %s: nothing differs, and nothing is left',
    async (api) => {
      const { code, stdout, stderr } = await runCli(
        [
          ...['conform', '--url', `${gateway.url}/ovirt-engine/api`, '--api', api, '--profile', 'full'],
          ...['--format', 'json', '--poll', '250', '--patience', '240'],
        ],
        { environment: { OVIRT_USER: `${login?.user ?? ''}@internal`, OVIRT_PASSWORD: login?.password ?? '' } },
      );
      const report = JSON.parse(stdout) as ConformReport;
      expect(report.checks.filter(({ result }) => result === 'differs')).toEqual([]);
      // of the day, all that has to be there was looked at
      const left = report.checks.filter(({ profile, result }) => profile === 'day' && result !== 'kept');
      expect(left.filter(({ name }) => !OPTIONAL.has(name))).toEqual([]);
      expect(stderr).not.toContain('not removed');
      expect(code).toBe(0);
    },
  );
});
