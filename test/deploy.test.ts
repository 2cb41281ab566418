import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot, settingsList } from '../src/settings/index.js';
import { createMetrics } from '../src/telemetry/index.js';

const rulesFile = `${packageRoot}deploy/prometheus/alerts.yaml`;
const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: { alert: string; expr: string }[] }[] };

it('alert rules ask for metrics that the gateway has', async () => {
  const metrics = createMetrics(
    { version: '1', backend: 'powervc', simulated: false },
    {
      sessions: () => 0,
      jobs: () => ({ running: 0, finished: 0, failed: 0 }),
      services: () => [],
      loads: () => [],
      certificateEndsAt: () => undefined,
      auditWaiting: () => undefined,
    },
  );
  const { body } = await metrics.text();
  const names = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const asked = groups.flatMap(({ rules }) =>
    rules.flatMap(({ expr }) => expr.match(/\b(ovirt_gateway|nodejs)_\w+/g) ?? []),
  );
  expect(asked.length).toBeGreaterThan(4);
  expect(asked.filter((name) => !names.has(name.replace(/_bucket$/, '')))).toEqual([]);
});

const promtool = spawnSync('promtool', ['--version']).status === 0;
it.skipIf(!promtool)(`alert rules are valid${promtool ? '' : ' (skipped: promtool is not installed)'}`, () => {
  const { status, stderr } = spawnSync('promtool', ['check', 'rules', rulesFile], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
});

it("the systemd unit sets variables of the gateway's own", () => {
  const unit = readFileSync(`${packageRoot}deploy/systemd/ovirt-powervc-gateway.service`, 'utf8');
  const known = settingsList.flatMap(({ env, secret }) =>
    secret ? [...env, ...env.map((name) => `${name}_FILE`)] : env,
  );
  const given = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name!);
  expect(given.length).toBeGreaterThan(1);
  expect(given.filter((name) => name !== 'NODE_ENV' && !known.includes(name))).toEqual([]);
});
