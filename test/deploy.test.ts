import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot, settingsList } from '../src/settings/index.js';
import { createMetrics } from '../src/telemetry/index.js';

const rulesFile = `${packageRoot}deploy/prometheus/alerts.yaml`;
const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: { alert: string; expr: string }[] }[] };

/** Names of the gateway's metrics that a text asks for. */
const asksFor = (text: string): string[] => text.match(/\b(ovirt_gateway|nodejs|process)_\w+/g) ?? [];

async function exposed(): Promise<string> {
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
  metrics.request('vms.list', 200, 1);
  metrics.backendCall('compute', 'GET', 200, 1);
  metrics.ignored('disk.format');
  return (await metrics.text()).body;
}

const names = async (): Promise<Set<string>> =>
  new Set([...(await exposed()).matchAll(/^# TYPE (\S+)/gm)].flatMap(([, name]) => name ?? []));

it('alert rules ask for metrics that the gateway has', async () => {
  const has = await names();
  const requested = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => asksFor(expr)));
  expect(requested.length).toBeGreaterThan(4);
  expect(requested.filter((name) => !has.has(name.replace(/_bucket$/, '')))).toEqual([]);
});

it('the dashboard asks for metrics that the gateway has, in panels that do not overlap', async () => {
  const { panels } = JSON.parse(readFileSync(`${packageRoot}deploy/grafana/ovirt-powervc-gateway.json`, 'utf8')) as {
    panels: { id: number; gridPos: { x: number; y: number; w: number; h: number }; targets: { expr: string }[] }[];
  };
  const has = await names();
  const requested = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => asksFor(expr)));
  expect(requested.length).toBeGreaterThan(15);
  expect(requested.filter((name) => !has.has(name.replace(/_bucket$/, '')))).toEqual([]);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});

const promtool = spawnSync('promtool', ['--version']).status === 0;
it.skipIf(!promtool)(
  `the dashboard's queries are PromQL${promtool ? '' : ' (skipped: promtool is not installed)'}`,
  () => {
    const { panels } = JSON.parse(readFileSync(`${packageRoot}deploy/grafana/ovirt-powervc-gateway.json`, 'utf8')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const rules = panels.flatMap(({ targets }, panel) =>
      targets.map(({ expr }, at) => ({
        record: `panel:p${panel}_${at}`,
        expr: expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$(job|instance)/g, '.*'),
      })),
    );
    const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    const file = join(folder, 'rules.yaml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(status, stderr).toBe(0);
  },
);

it.skipIf(!promtool)(`alert rules are valid${promtool ? '' : ' (skipped: promtool is not installed)'}`, () => {
  const { status, stderr } = spawnSync('promtool', ['check', 'rules', rulesFile], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
});

it.skipIf(!promtool)(
  `metrics keep to Prometheus' conventions${promtool ? '' : ' (skipped: promtool is not installed)'}`,
  async () => {
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      encoding: 'utf8',
      input: await exposed(),
    });
    expect([status, stderr]).toEqual([0, '']);
  },
);

it("the systemd unit sets variables of the gateway's own, and of Node.js", () => {
  const unit = readFileSync(`${packageRoot}deploy/systemd/ovirt-powervc-gateway.service`, 'utf8');
  const known = settingsList.flatMap(({ env, secret }) =>
    secret ? [...env, ...env.map((name) => `${name}_FILE`)] : env,
  );
  const given = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name!);
  expect(given.length).toBeGreaterThan(1);
  expect(given.filter((name) => !known.includes(name))).toEqual(['NODE_ENV', 'NODE_OPTIONS']);
});
