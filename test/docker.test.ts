import { existsSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run } from '../src/cli/program.js';
import { packageRoot, settingsList, type Settings } from '../src/settings/index.js';

interface Service {
  build?: string;
  image: string;
  command: string[];
  environment?: Record<string, string>;
  ports?: string[];
  depends_on?: Record<string, unknown>;
  healthcheck?: { test: string[] };
}

const { services } = parse(readFileSync(`${packageRoot}docker-compose.yml`, 'utf8')) as {
  services: Record<string, Service>;
};
const dockerfile = readFileSync(`${packageRoot}Dockerfile`, 'utf8')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line));
const instructions = (name: string): string[] =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length).trim());
const imageEnvironment = Object.fromEntries(instructions('ENV').map((line) => line.split('=', 2) as [string, string]));

/** The settings that the command would run with in its container. */
async function settingsIn(command: readonly string[], environment: Record<string, string>): Promise<Settings> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const code = await run([...command, '--print-config'], {
    stdout,
    stderr,
    stdin: new PassThrough(),
    environment,
    untilStopped: () => new Promise(() => undefined),
    stop: () => undefined,
    onHangUp: () => undefined,
  });
  expect(String(stderr.read() ?? '')).toBe('');
  expect(code).toBe(0);
  return parse(String(stdout.read())) as Settings;
}

const of = (service: Service): Promise<Settings> =>
  settingsIn(service.command, { ...imageEnvironment, ...service.environment });

describe('docker-compose.yml', () => {
  it.each(Object.entries(services))("%s: its command and its variables are the gateway's own", async (_, service) => {
    expect(service.image).toBe('ovirt-powervc-gateway');
    expect(existsSync(`${packageRoot}${service.build}/Dockerfile`)).toBe(true);
    const known = new Set(settingsList.flatMap((setting) => setting.env));
    expect(Object.keys(service.environment ?? {}).filter((name) => !known.has(name))).toEqual([]);
    await of(service);
  });

  it('has the gateway reach the simulator where it listens', async () => {
    const [gateway, simulator] = [await of(services['gateway']!), await of(services['simulator']!)];
    const url = new URL(gateway.powervc.authUrl!);
    expect([url.hostname, Number(url.port)]).toEqual(['simulator', simulator.simulator.port]);
    expect(simulator.simulator.host).toBe('0.0.0.0');
    expect(services['simulator']!.healthcheck!.test.join(' ')).toContain(`http://127.0.0.1:${url.port}${url.pathname}`);
    expect(Object.keys(services['gateway']!.depends_on ?? {})).toEqual(['simulator']);
  });

  it('publishes the port that the gateway listens on, to this machine alone', async () => {
    const { server } = await of(services['gateway']!);
    expect(server.host).toBe('0.0.0.0');
    expect(services['gateway']!.ports).toEqual([`127.0.0.1:8080:${server.port}`]);
  });
});

describe('Dockerfile', () => {
  it('runs the built command, not as root, on the port it exposes', async () => {
    const { bin } = JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as { bin: Record<string, string> };
    const [, entry] = JSON.parse(instructions('ENTRYPOINT')[0]!) as string[];
    expect(entry).toBe(bin['ovirt-powervc-gateway']);
    expect(instructions('USER')).toEqual(['node']);
    const { server } = await settingsIn(JSON.parse(instructions('CMD')[0]!) as string[], imageEnvironment);
    expect(server).toMatchObject({ host: '0.0.0.0', port: Number(instructions('EXPOSE')[0]) });
  });

  it('copies what is there', () => {
    const sources = instructions('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(/\s+/).slice(0, -1));
    expect(sources.filter((source) => !existsSync(packageRoot + source))).toEqual([]);
    const ignored = readFileSync(`${packageRoot}.dockerignore`, 'utf8').split('\n');
    expect(sources.filter((source) => ignored.includes(source))).toEqual([]);
  });
});
