import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/settings/index.js';
import { runCli, start } from './support/cli.js';

describe('help', () => {
  it('lists the commands, examples and exit codes', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const text of [
      'serve',
      'simulate',
      'translate [options] [file]',
      'check',
      'Examples:',
      'Exit codes: 0',
      '--version',
    ])
      expect(stdout).toContain(text);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130);
  });

  it.each(['serve', 'simulate', 'translate', 'check'])('of %s lists its options', async (command) => {
    const { code, stdout } = await runCli([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--config <file>');
    expect(stdout).toContain('--set <key=value>');
  });

  it('gives the version', async () => {
    const { code, stdout } = await runCli(['--version']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});

describe('a wrong command line ends with 2 and says what is wrong', () => {
  it.each([
    [['--bogus'], "unknown option '--bogus'"],
    [['frobnicate'], 'unknown command frobnicate; the commands are serve, '],
    [['serve', 'twice', 'over'], 'too many arguments'],
    [['--port', 'x'], '--port: server.port must be a whole number; it is "x"'],
    [['--set', 'server.prot=1'], '--set: server.prot is not a setting; did you mean server.port?'],
    [['--config', '/nowhere.yaml'], '/nowhere.yaml: cannot be read'],
    [['check', '--schemas', '/nowhere'], '/nowhere: there is no such folder'],
    [['translate', '/nowhere.txt'], '/nowhere.txt cannot be read'],
  ])('%j', async (argv, text) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect(stderr).toContain(text);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('a bad variable too', async () => {
    const { code, stderr } = await runCli([], { environment: { PORT: 'http' } });
    expect([code, stderr]).toEqual([
      2,
      'The settings are wrong:\n  environment PORT: server.port must be a whole number; it is "http"\n',
    ]);
  });
});

it('--print-config shows the settings in force and ends', async () => {
  const { code, stdout } = await runCli(['--print-config', '--port', '1234', '--strict'], {
    environment: { HOST: '::1' },
  });
  expect(code).toBe(0);
  expect(stdout).toContain('port: 1234 # --port');
  expect(stdout).toContain('host: ::1 # environment HOST');
  expect(stdout).toContain('strict: true # --strict');
});

describe.each([
  [{ NODE_ENV: 'production' }, 'no cloud is configured, and NODE_ENV is production'],
  [{ OS_CLOUD: 'prod' }, 'OS_CLOUD names a cloud, but no backend was chosen'],
])('serve with %o', (environment, why) => {
  it('does not serve a simulator unasked, and says what to set', async () => {
    const { code, stdout, stderr } = await runCli(['serve'], { environment });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(why);
    expect(stderr).toContain('--backend simulator');
  });
});

it('serve does not serve a simulator unasked beside a clouds.yaml that names a cloud', async () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  try {
    mkdirSync(join(home, '.config/openstack'), { recursive: true });
    const file = join(home, '.config/openstack/clouds.yaml');
    writeFileSync(file, 'clouds:\n  production:\n    auth: { auth_url: https://cloud.example.com/v3 }\n');
    const { code, stdout, stderr } = await runCli(['serve'], { environment: { HOME: home } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${file} names a cloud, but no backend was chosen`);
  } finally {
    rmSync(home, { recursive: true });
  }
});

describe('serve on the simulator', () => {
  it('says where, the login and three commands, which work when pasted', async () => {
    const running = start(['--port', '0', '--time-scale', '0', '--log-level', 'silent']);
    await running.until(/listens on http:\/\/127\.0\.0\.1:\d+\/api[\s\S]*?(curl.*\n[\s\S]*){3}/);
    expect(running.stdout()).toContain('Log in as admin@internal with the password powervc');
    const commands = running
      .stdout()
      .split('\n')
      .filter((line) => line.startsWith('curl '));
    expect(commands).toHaveLength(3);
    const answers: string[] = [];
    for (const command of commands) answers.push((await promisify(execFile)('bash', ['-c', command])).stdout);
    expect(answers[0]).toMatch(/<vms>[\s\S]*<vm href="\/api\/vms\//);
    expect(answers[1]).toMatch(/<disk href=[\s\S]*<provisioned_size>8589934592<\/provisioned_size>/);
    expect(answers[2]).toMatch(/<action>[\s\S]*<state>complete<\/state>/);
    running.stop();
    expect(await running.code).toBe(0);
    expect(running.stderr()).toBe('');
  });

  it('says in one line that the port is taken, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => {
      other.once('listening', resolve);
    });
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runCli(['--port', String(port)]);
    other.close();
    expect([code, stderr]).toEqual([
      1,
      `ovirt-powervc-gateway: cannot listen on 127.0.0.1:${port}: the port is in use; choose another with --port\n`,
    ]);
  });

  it('ends in order on SIGTERM', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', '--port', '0'], {
      cwd: packageRoot,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/curl/.test(output)) resolve();
      });
      child.once('exit', () => reject(new Error(`it ended before it listened:\n${output}`)));
    });
    const ended = new Promise((resolve) => {
      child.once('exit', (...how) => resolve(how));
    });
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

describe('simulate', () => {
  it('runs a PowerVC for a gateway', async () => {
    const simulator = start(['simulate', '--port', '0', '--time-scale', '0']);
    const [, authUrl] = await simulator.until(/--powervc (\S+)/);
    const gateway = start(['--port', '0', '--powervc', authUrl!, '--log-level', 'silent']);
    const [, api] = await gateway.until(/listens on (\S+), in front of PowerVC at /);
    const answer = await fetch(`${api}/vms`, {
      headers: { authorization: `Basic ${btoa('admin@internal:powervc')}`, accept: 'application/json' },
    });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { vm: unknown[] }).vm.length).toBeGreaterThan(0);
    gateway.stop();
    expect(await gateway.code).toBe(0);
    simulator.stop();
    expect(await simulator.code).toBe(0);
  });
});
