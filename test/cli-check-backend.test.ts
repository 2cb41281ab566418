import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startPowerVsSimulator } from '../src/simulator/powervs/index.js';
import {
  defaultInventory,
  plainInventory,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../src/simulator/index.js';
import { certificate } from './support/certificate.js';
import { runCli } from './support/cli.js';

/** `check --backend`: what the cloud at hand tells of itself, read and not changed. */
let simulator: Simulator;
afterEach(() => simulator.close());
const open = async (options: SimulatorOptions = {}): Promise<string> => {
  simulator = await startSimulator({ timeScale: 0, seed: 1, ...options });
  return simulator.url;
};
const environment = { OS_USERNAME: 'admin', OS_PASSWORD: 'powervc' };
const changes = (): string[] =>
  simulator.calls
    .filter(({ method, path }) => method !== 'GET' && !path.includes('/auth/tokens'))
    .map(({ method, path }) => `${method} ${path}`);

describe('check --backend powervc', () => {
  it('compares settings that no document confirms with the cloud, and names those that only a change would show', async () => {
    const { code, stdout } = await runCli(
      ['check', '--backend', 'powervc', '--set', `powervc.authUrl=${await open()}`],
      { environment },
    );
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^PowerVC at .*: user admin, project ibm-default\.$/m);
    expect(stdout).toMatch(/^ {4}Nova 2\.93$/m);
    expect(stdout).toMatch(/^ {4}powervc\.microversions\.keepVolumes 2\.85: supported$/m);
    expect(stdout).toMatch(
      /assumed, and not testable without changes: powervc\.\{actions\.restore vm-restore, .*cpuUtilization fraction\}/,
    );
    expect(stdout).toMatch(/^ {4}VMs +5 found$/m);
    expect(changes()).toEqual([]);
  });

  it('says which setting asks for more than Nova has', async () => {
    const { stdout } = await runCli(
      [
        'check',
        '--backend',
        'powervc',
        '--set',
        `powervc.authUrl=${await open()}`,
        '--set',
        'powervc.microversions.attach=2.99',
      ],
      { environment },
    );
    expect(stdout).toContain(
      'powervc.microversions.attach 2.99: NOT supported: these calls will be refused unless the setting is at most 2.93',
    );
  });

  it('names the Cinder that is too old for uploads, where image data are declared', async () => {
    const url = await open({ inventory: { ...defaultInventory, settings: { newest: { volume: '3.59' } } } });
    const sets = ['--set', `powervc.authUrl=${url}`, '--set', 'powervc.imageData=true'];
    const { stdout } = await runCli(['check', '--backend', 'powervc', ...sets], { environment });
    expect(stdout).toMatch(/^ {4}disk\.upload +it requires Cinder API version 3\.68; this cloud has 3\.59\.$/m);
    expect(stdout).not.toContain('disk.download');
  });

  it('fails with the fault of a wrong password', async () => {
    const { code, stderr } = await runCli(
      ['check', '--backend', 'powervc', '--set', `powervc.authUrl=${await open()}`],
      { environment: { ...environment, OS_PASSWORD: 'wrong' } },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('auth.refused');
    expect(stderr).toContain('Check the password of admin, ');
    expect(stderr).toContain('a role in the project ibm-default (powervc.projectsByProfile)');
  });
});

describe('check, wherever', () => {
  it('names the file of a certificate that cannot be used', async () => {
    const url = await open();
    const folder = mkdtempSync(join(tmpdir(), 'check-'));
    certificate(folder, 'own', 10);
    certificate(folder, 'other', 10);
    const codeAndText = async (...sets: string[]): Promise<[number, string]> => {
      const named = sets.flatMap((set) => ['--set', `powervc.${set}`]);
      const { code, stderr } = await runCli(['check', '--powervc', url, ...named], { environment });
      return [code, stderr];
    };
    const file = (name: string): string => join(folder, name);
    const [own, other] = [`certFile=${file('own.pem')}`, `keyFile=${file('other.key')}`];
    const nowhere = await codeAndText(`caFile=${file('nowhere.pem')}`);
    const noCertificate = await codeAndText(`caFile=${file('own.key')}`);
    const noKey = await codeAndText(own);
    const noPair = await codeAndText(own, other);
    const pair = await codeAndText(own, `keyFile=${file('own.key')}`);
    rmSync(folder, { recursive: true });
    expect(nowhere).toEqual([2, expect.stringContaining(`powervc.caFile: ${file('nowhere.pem')} cannot be read`)]);
    expect(noCertificate).toEqual([2, expect.stringContaining('powervc.caFile: ')]);
    expect(noKey).toEqual([2, expect.stringContaining(`${file('own.pem')} does not contain a PEM private key`)]);
    expect(noPair).toEqual([2, expect.stringContaining(`${file('other.key')} does not contain the key of the cert`)]);
    expect(pair).toEqual([0, '']);
  });

  it('--powervc names the cloud, and --json is for machines', async () => {
    const { code, stdout } = await runCli(['check', '--json', '--powervc', await open()], { environment });
    expect(code).toBe(0);
    const reported = JSON.parse(stdout) as {
      errors: string[];
      backend: { url: string; reads: { what: string; ok: boolean }[] };
    };
    expect(reported.errors).toEqual([]);
    expect(reported.backend.url).toBe(simulator.url);
    expect(reported.backend.reads.find(({ what }) => what === 'VMs')).toMatchObject({ found: '5 found', ok: true });
  });

  it('what cannot be reached is named with its address and what to check', async () => {
    await open();
    const { code, stderr } = await runCli(
      ['check', '--powervc', 'http://127.0.0.1:9/v3', '--set', 'backend.retries.times=0'],
      { environment },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('PowerVC at http://127.0.0.1:9/v3: backend.unreachable: ');
    expect(stderr).toContain('Check powervc.authUrl');
    const forMachines = await runCli(
      ['check', '--json', '--powervc', 'http://127.0.0.1:9/v3', '--set', 'backend.retries.times=0'],
      { environment },
    );
    expect(forMachines.code).toBe(1);
    expect(JSON.parse(forMachines.stdout)).toEqual({
      errors: [expect.stringContaining('PowerVC at http://127.0.0.1:9/v3: backend.unreachable: ')],
    });
  });

  it('--backend powervs logs in by an API key', async () => {
    await open();
    const cloud = await startPowerVsSimulator({ timeScale: 0, seed: 1 });
    const sets = [`powervs.crn=${cloud.crn}`, `powervs.url=${cloud.url}`, `powervs.iamUrl=${cloud.url}`];
    const flags = ['check', '--backend', 'powervs', ...sets.flatMap((set) => ['--set', set])];
    const good = await runCli(flags, { environment: { IBMCLOUD_API_KEY: 'powervc' } });
    const wrong = await runCli(flags, { environment: { IBMCLOUD_API_KEY: 'other' } });
    const none = await runCli(flags);
    await cloud.close();
    expect(good.code, good.stderr).toBe(0);
    expect(good.stdout).toMatch(/^Power Virtual Server at http.*: user /m);
    expect(good.stdout).toMatch(/^ {4}VMs +4 found$/m);
    expect([wrong.code, none.code]).toEqual([1, 2]);
    expect(none.stderr).toContain('IBMCLOUD_API_KEY');
  });
});

describe('check --backend openstack', () => {
  it('logs in with an application credential, in its project', async () => {
    const { id: user_id, roles } = plainInventory.users![0]!;
    const [project_id = ''] = Object.keys(roles);
    const applicationCredentials = [{ id: 'ac1', secret: 'sesame', user_id, project_id }];
    const OS_AUTH_URL = await open({ inventory: { ...plainInventory, applicationCredentials } });
    const as = { OS_AUTH_URL, OS_APPLICATION_CREDENTIAL_ID: 'ac1', OS_APPLICATION_CREDENTIAL_SECRET: 'sesame' };
    const { code, stdout } = await runCli(['check', '--backend', 'openstack'], { environment: as });
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/user admin, project ibm-default/);
    const wrong = await runCli(['check', '--backend', 'openstack'], {
      environment: { ...as, OS_APPLICATION_CREDENTIAL_SECRET: 'other' },
    });
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('Check the id and the secret of the application credential'),
    ]);
  });

  it('logs in with domains given by their ids', async () => {
    const OS_AUTH_URL = await open({ inventory: plainInventory });
    const named = { ...environment, OS_AUTH_URL, OS_PROJECT_NAME: 'ibm-default' };
    const codeWith = async (OS_USER_DOMAIN_ID: string, OS_PROJECT_DOMAIN_ID: string): Promise<number> =>
      (
        await runCli(['check', '--backend', 'openstack'], {
          environment: { ...named, OS_USER_DOMAIN_ID, OS_PROJECT_DOMAIN_ID },
        })
      ).code;
    expect(await codeWith('default', 'default')).toBe(0);
    expect(await codeWith('other', 'default')).toBe(1);
    expect(await codeWith('default', 'other')).toBe(1);
  });

  it('names what clouds.yaml says about the login that is not used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'check-'));
    const OS_CLIENT_CONFIG_FILE = join(folder, 'clouds.yaml');
    writeFileSync(OS_CLIENT_CONFIG_FILE, 'clouds: { one: { auth: { auth_url: "http://127.0.0.1:9", user_id: u } } }');
    const { code, stderr } = await runCli(['check', '--backend', 'openstack'], {
      environment: { OS_CLOUD: 'one', OS_CLIENT_CONFIG_FILE },
    });
    rmSync(folder, { recursive: true });
    expect([code, stderr]).toEqual([2, expect.stringContaining('check does not log in by user_id')]);
  });

  it('says that no project is named', async () => {
    const { code, stderr } = await runCli(['check', '--backend', 'openstack'], {
      environment: { ...environment, OS_AUTH_URL: await open({ inventory: plainInventory }) },
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining('needs a project: set OS_PROJECT_NAME')]);
  });

  it('reports versions, extensions, group types and the role of the login', async () => {
    const groupTypes = [
      {
        id: '97000000-0000-4000-8000-000000000002',
        name: 'consistent',
        group_specs: { consistent_group_snapshot_enabled: '<is> True' },
      },
    ];
    const OS_AUTH_URL = await open({ inventory: { ...plainInventory, groupTypes } });
    const { code, stdout } = await runCli(['check', '--backend', 'openstack'], {
      environment: { ...environment, OS_AUTH_URL, OS_PROJECT_NAME: 'ibm-default' },
    });
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('consistent snapshots of several disks: group type consistent');
    expect(stdout).toContain('This login is an administrator.');
    expect(changes()).toEqual([]);
  });

  it('names what an old cloud cannot do, with both versions', async () => {
    const newest = { compute: '2.79', volume: '3.59' };
    const OS_AUTH_URL = await open({
      inventory: { ...plainInventory, settings: { ...plainInventory.settings, newest } },
    });
    const { code, stdout } = await runCli(['check', '--backend', 'openstack'], {
      environment: { ...environment, OS_AUTH_URL, OS_PROJECT_NAME: 'ibm-default' },
    });
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^ {4}Nova 2\.79$/m);
    expect(stdout).toMatch(/^ {4}disk\.upload +it requires Cinder API version 3\.68; this cloud has 3\.59\.$/m);
    expect(stdout).not.toContain('disk.download');
  });

  it('shows a viewer what cannot be read', async () => {
    const OS_AUTH_URL = await open({ inventory: plainInventory });
    const { code, stdout } = await runCli(['check', '--backend', 'openstack'], {
      environment: { OS_USERNAME: 'viewer', OS_PASSWORD: 'powervc', OS_AUTH_URL, OS_PROJECT_NAME: 'ibm-default' },
    });
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('This login is not an administrator: ');
    expect(stdout).toContain('only the hosts of its own servers are listed');
    expect(stdout).toMatch(/^ +hosts +2 found$/m);
  });
});
