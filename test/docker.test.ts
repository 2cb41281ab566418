import { existsSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run } from '../src/cli/program.js';
import { packageRoot, settingsList, type Settings } from '../src/settings/index.js';

interface Service {
  build?: string;
  restart?: string;
  secrets?: string[];
  stop_grace_period?: string;
  image: string;
  command: string[];
  environment?: Record<string, string>;
  ports?: string[];
  depends_on?: Record<string, unknown>;
  healthcheck?: { test: string[] };
}

const { services, secrets } = parse(readFileSync(`${packageRoot}docker-compose.yml`, 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  secrets: Record<string, unknown>;
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
    endsWithin: () => undefined,
    onHangUp: () => undefined,
  });
  expect(String(stderr.read() ?? '')).toBe('');
  expect(code).toBe(0);
  return parse(String(stdout.read())) as Settings;
}

const of = (service: Service): Promise<Settings> =>
  settingsIn(service.command, {
    ...imageEnvironment,
    ...Object.fromEntries(Object.entries(service.environment ?? {}).filter(([name]) => !name.endsWith('_FILE'))),
  });

describe('docker-compose.yml', () => {
  it.each(Object.entries(services))("%s: its command and its variables are the gateway's own", async (_, service) => {
    expect(service.image).toBe('ovirt-powervc-gateway');
    const known = new Set(
      settingsList.flatMap(({ env, secret }) => (secret ? [...env, ...env.map((name) => `${name}_FILE`)] : env)),
    );
    expect(service.restart).toBe('unless-stopped');
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

  it('builds one image, and gives the gateway the secrets that it names', () => {
    expect(Object.values(services).flatMap(({ build }) => build ?? [])).toEqual(['.']);
    const files = Object.values(services['gateway']?.environment ?? {}).filter((value) =>
      /^\/run\/secrets\//.test(value),
    );
    expect(files.map((file) => file.replace('/run/secrets/', '')).sort()).toEqual(services['gateway']?.secrets?.sort());
    expect(Object.keys(secrets).sort()).toEqual(services['gateway']?.secrets);
  });

  it('lets a gateway drain and end before it is killed', async () => {
    const service = services['gateway'];
    if (!service) throw new Error('there is no gateway');
    const { server } = await of(service);
    const seconds = Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1]);
    expect(seconds * 1000).toBeGreaterThan(server.drainMs + server.shutdownMs);
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
    const entry = (JSON.parse(instructions('ENTRYPOINT')[0]!) as string[]).at(-1);
    expect(entry).toBe(bin['ovirt-powervc-gateway']);
    expect(instructions('USER')).toEqual(['node']);
    const { server } = await settingsIn(JSON.parse(instructions('CMD')[0]!) as string[], imageEnvironment);
    expect(server).toMatchObject({ host: '0.0.0.0', port: Number(instructions('EXPOSE')[0]) });
  });

  it('is based on an image that is pinned by digest', () => {
    expect(instructions('ARG')[0]).toMatch(/^NODE_IMAGE=node:\d+-slim@sha256:[0-9a-f]{64}$/);
    expect(new Set(instructions('FROM').map((line) => line.split(' ')[0]))).toEqual(new Set(['${NODE_IMAGE}']));
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
