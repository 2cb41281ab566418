import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { callsOf } from '../src/gateway/clouds.js';
import { powerVcSettings } from '../src/backends/powervc/settings.js';
import { loadSettings, printSettings, SettingsError, settingsList, type Sources } from '../src/settings/index.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function yaml(text: string): string {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, text);
  return file;
}

function problemsOf(sources: Sources): readonly string[] {
  try {
    loadSettings(sources);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('precedence', () => {
  it('starts from the defaults of the schema', () => {
    const { settings, origins } = loadSettings();
    expect(settings.server).toMatchObject({ host: '127.0.0.1', port: 8080 });
    expect(settings.protocol).toMatchObject({ deleteStatus: 200, strict: false });
    expect(settings.backend.kind).toBeUndefined();
    expect(origins.get('server.port')).toBe('default');
    expect(origins.has('backend.kind')).toBe(false);
  });

  it('lets each later source win: file, environment, flags, --set', () => {
    const file = yaml('server:\n  host: 10.0.0.1\n  port: 1001\n  maxBodyBytes: 2048\nlog: { level: debug }\n');
    const environment = { PORT: '1002', HOST: '10.0.0.2', OVIRT_GATEWAY_LOG_LEVEL: 'warn' };
    const { settings, origins } = loadSettings({
      file,
      environment,
      flags: { 'server.port': '1003' },
      sets: ['log.level=error'],
    });
    expect(settings.server).toMatchObject({ host: '10.0.0.2', port: 1003, maxBodyBytes: 2048 });
    expect(settings.log.level).toBe('error');
    expect(
      ['server.maxBodyBytes', 'server.host', 'server.port', 'log.level', 'log.format'].map((key) => origins.get(key)),
    ).toEqual([`${file}:4`, 'environment HOST', '--port', '--set', 'default']);
  });

  it('prefers the short name of a variable, and takes an empty one as not set', () => {
    expect(loadSettings({ environment: { PORT: '1', OVIRT_GATEWAY_SERVER_PORT: '2' } }).settings.server.port).toBe(1);
    expect(loadSettings({ environment: { PORT: '', OVIRT_GATEWAY_SERVER_PORT: '2' } }).settings.server.port).toBe(2);
  });

  it('reads the file that OVIRT_GATEWAY_CONFIG names', () => {
    const file = yaml('server: { port: 77 }');
    expect(loadSettings({ environment: { OVIRT_GATEWAY_CONFIG: file } }).settings.server.port).toBe(77);
  });

  it.each(['', '# nothing\n', 'server:\n'])('takes %j as a file without settings', (text) => {
    expect(loadSettings({ file: yaml(text) }).settings.server.port).toBe(8080);
  });

  it('reads a map from a variable, and replaces the whole default', () => {
    const { settings } = loadSettings({
      environment: { OVIRT_GATEWAY_POWERVC_PROJECTS_BY_PROFILE: '{"lab": {"domain": "Default", "project": "lab"}}' },
    });
    expect(settings.powervc.projectsByProfile).toEqual({ lab: { domain: 'Default', project: 'lab' } });
    expect(problemsOf({ file: yaml('powervc:\n  projectsByProfile: { lab: { project: lab, domains: x } }') })).toEqual([
      expect.stringMatching(/gateway\.yaml:2: powervc\.projectsByProfile\.lab must have required property 'domain'$/),
      expect.stringMatching(/gateway\.yaml:2: powervc\.projectsByProfile\.lab must not contain domains$/),
    ]);
  });

  it.each([
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['10.1.2.3', ['10.1.2.3']],
    ['["10.0.0.0/8","::1"]', ['10.0.0.0/8', '::1']],
  ])('reads a list from a variable: %s', (text, list) => {
    const { settings } = loadSettings({ environment: { OVIRT_GATEWAY_SERVER_TRUSTED_PROXIES: text } });
    expect(settings.server.trustedProxies).toEqual(list);
  });

  it('leaves what Kubernetes sets for a service of our name alone', () => {
    expect(
      problemsOf({
        environment: {
          OVIRT_GATEWAY_SERVICE_HOST: '10.1.1.1',
          OVIRT_GATEWAY_PORT: 'tcp://10.1.1.1:8080',
          OVIRT_GATEWAY_PORT_8080_TCP_ADDR: '10.1.1.1',
        },
      }),
    ).toEqual([]);
  });
});

describe('errors name source, setting and what is wrong', () => {
  it('of a file, with its line', () => {
    const file = yaml('server:\n  prot: 1\n  port: high\nnothing: 1\nlog:\n  level: loud\nbackend: 3\n');
    expect(problemsOf({ file })).toEqual([
      `${file}:2: server.prot is not a setting; did you mean server.port?`,
      `${file}:4: nothing is not a setting`,
      `${file}:7: backend must contain settings by name`,
      `${file}:3: server.port must be a whole number; it is "high"`,
      `${file}:6: log.level must be one of error, warn, info, debug, silent; it is "loud"`,
    ]);
  });

  it('of a file that is none', () => {
    expect(problemsOf({ file: join(folder, 'absent.yaml') })[0]).toMatch(/absent\.yaml: cannot be read: ENOENT/);
    expect(problemsOf({ file: yaml('a: [1\nb: 2') })[0]).toMatch(/gateway\.yaml:\d+: not YAML: /);
    expect(problemsOf({ file: yaml('- 1') })[0]).toMatch(/gateway\.yaml: the file must contain settings by name/);
  });

  it('of the environment', () => {
    expect(
      problemsOf({
        environment: { PORT: 'abc', OVIRT_GATEWAY_SERVER_MAX_BODY_BYTE: '1', OVIRT_GATEWAY_PROTOCOL_STRICT: 'yes' },
      }),
    ).toEqual([
      'environment: OVIRT_GATEWAY_SERVER_MAX_BODY_BYTE is not a setting; did you mean OVIRT_GATEWAY_SERVER_MAX_BODY_BYTES?',
      'environment PORT: server.port must be a whole number; it is "abc"',
      'environment OVIRT_GATEWAY_PROTOCOL_STRICT: protocol.strict must be true or false; it is "yes"',
    ]);
  });

  it('of the command line', () => {
    expect(
      problemsOf({
        flags: { 'server.port': '70000' },
        sets: ['x', 'server.hosts=1', 'powervc.authUrl=https://user:pass@host/v3'],
      }),
    ).toEqual([
      '--set x: not of the form key=value',
      '--set: server.hosts is not a setting; did you mean server.host?',
      '--port: server.port must be at most 65535; it is 70000',
      expect.stringMatching(/^--set: powervc\.authUrl must be an http or https URL without credentials/),
    ]);
  });

  it('of a URL that cannot be parsed, without showing the password of a proxy', () => {
    expect(
      problemsOf({
        sets: ['powervc.authUrl=https://keystone:port/v3', 'transfers.url=http://a:1:2'],
        environment: { HTTPS_PROXY: 'http://user:hunter2@proxy:port' },
      }),
    ).toEqual([
      expect.stringMatching(/^--set: powervc\.authUrl must be an http or https URL .*; it is "https:..keystone:port/),
      'environment HTTPS_PROXY: proxy.https must be an http or https URL',
      expect.stringMatching(/^--set: transfers\.url must be an http or https URL/),
    ]);
  });

  it('of settings that do not go together', () => {
    expect(problemsOf({ sets: ['backend.kind=powervc', 'operations.pollMs=60000'] })).toEqual([
      expect.stringMatching(
        /^--set: backend\.kind is powervc, and powervc\.authUrl is not given: set it to Keystone's/,
      ),
      '--set: operations.pollMs must not be more than operations.pollMaxMs, 5000',
    ]);
    expect(problemsOf({ sets: ['server.tls.key=/k.pem'] })).toEqual([
      '--set: server.tls.key is set without server.tls.cert: set both',
    ]);
    // the option beside it has nothing to do with it
    expect(problemsOf({ flags: { 'admin.port': '9' }, sets: ['admin.user=op'] })).toEqual([
      '--set: admin.user is set without admin.password: set both',
    ]);
  });

  it('without the value of a secret', () => {
    const problems = problemsOf({ file: yaml('server: { tls: { passphrase: [hunter2] } }') });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter2');
  });
});

describe('a secret in a file', () => {
  const read = (environment: Record<string, string>) => loadSettings({ environment }).settings.sessions.secret;
  const secret = 's'.repeat(40);

  it('is read without the line break at its end', () => {
    expect(read({ OVIRT_GATEWAY_SESSIONS_SECRET_FILE: yaml(`${secret}\n`) })).toBe(secret);
  });

  it('is refused beside the same secret in a variable', () => {
    const environment = { OVIRT_GATEWAY_SESSIONS_SECRET: secret, OVIRT_GATEWAY_SESSIONS_SECRET_FILE: yaml(secret) };
    expect(problemsOf({ environment })).toEqual([
      'environment OVIRT_GATEWAY_SESSIONS_SECRET_FILE: OVIRT_GATEWAY_SESSIONS_SECRET is set, too; set one of the two',
    ]);
  });

  it('is refused as bytes that are no text', () => {
    const file = yaml('');
    writeFileSync(file, Buffer.alloc(40, 0xff));
    expect(problemsOf({ environment: { OVIRT_GATEWAY_SESSIONS_SECRET_FILE: file } })).toEqual([
      expect.stringContaining(`${file} does not contain text in UTF-8`),
    ]);
  });

  it.each([
    ['a line each', `${secret}\n${'0'.repeat(40)}\n`],
    ['commas', `${secret}, ${'0'.repeat(40)}`],
    ['JSON', JSON.stringify([secret, '0'.repeat(40)])],
    ['YAML', `- ${secret}\n- "${'0'.repeat(40)}"\n`],
  ])('lists several: %s', (_, text) => {
    const environment = { OVIRT_GATEWAY_SESSIONS_FORMER_SECRETS_FILE: yaml(text) };
    expect(loadSettings({ environment }).settings.sessions.formerSecrets).toEqual([secret, '0'.repeat(40)]);
  });

  it('lists none when the file is empty', () => {
    const environment = { OVIRT_GATEWAY_SESSIONS_FORMER_SECRETS_FILE: yaml('') };
    expect(loadSettings({ environment }).settings.sessions.formerSecrets).toEqual([]);
  });

  it('is named when the file cannot be read, and only secrets have files', () => {
    expect(problemsOf({ environment: { OS_PASSWORD_FILE: '/nowhere/at/all' } })).toEqual([
      expect.stringContaining('environment OS_PASSWORD_FILE: /nowhere/at/all cannot be read: ENOENT'),
    ]);
    expect(problemsOf({ environment: { OVIRT_GATEWAY_SERVER_PORT_FILE: 'x' } })).toEqual([
      expect.stringContaining('OVIRT_GATEWAY_SERVER_PORT_FILE is not a setting'),
    ]);
  });
});

describe('printSettings', () => {
  it('prints YAML that is a settings file again, with origins and without secrets', () => {
    const sources = {
      environment: { PORT: '9' },
      sets: ['server.tls.key=k', 'server.tls.cert=c', 'server.tls.passphrase=hunter2'],
    };
    const effective = loadSettings(sources);
    const text = printSettings(effective);
    expect(text).toContain('port: 9 # environment PORT');
    expect(text).toContain('host: 127.0.0.1 # default');
    expect(text).toContain('# server.tls.passphrase (from --set): OVIRT_GATEWAY_SERVER_TLS_PASSPHRASE or ');
    expect(text).not.toContain('hunter2');
    const { passphrase: _passphrase, ...tls } = effective.settings.server.tls;
    expect(parse(text)).toEqual({ ...effective.settings, server: { ...effective.settings.server, tls } });
    expect(loadSettings({ file: yaml(text) }).settings.server.port).toBe(9);
  });
});

describe('a setting that was renamed', () => {
  it('is taken by its former name from each source, with a warning', () => {
    const file = yaml('powervc:\n  timeouts:\n    connectMs: 1000\n  pageSize: 5\n');
    const environment = { OVIRT_GATEWAY_POWERVS_QUEUE: '7' };
    const { settings, origins, warnings } = loadSettings({ file, environment, sets: ['powervc.retries.times=1'] });
    expect(settings.backend).toMatchObject({
      timeouts: { connectMs: 1000 },
      pageSize: 5,
      queue: 7,
      retries: { times: 1 },
    });
    expect(origins.get('backend.pageSize')).toBe(`${file}:4`);
    expect(warnings).toEqual([
      `${file}:3: powervc.timeouts.connectMs is named backend.timeouts.connectMs now; the former name still works`,
      `${file}:4: powervc.pageSize is named backend.pageSize now; the former name still works`,
      'environment OVIRT_GATEWAY_POWERVS_QUEUE: OVIRT_GATEWAY_POWERVS_QUEUE is named OVIRT_GATEWAY_BACKEND_QUEUE now; the former name still works',
      '--set: powervc.retries.times is named backend.retries.times now; the former name still works',
    ]);
  });

  it('has the value of its present name where a source gives both', () => {
    const file = yaml('backend:\n  pageSize: 6\npowervc:\n  pageSize: 5\n');
    expect(loadSettings({ file }).settings.backend.pageSize).toBe(6);
    const environment = { OVIRT_GATEWAY_BACKEND_QUEUE: '8', OVIRT_GATEWAY_POWERVC_QUEUE: '7' };
    expect(loadSettings({ environment }).settings.backend.queue).toBe(8);
    expect(loadSettings({ environment }).warnings).toEqual([]);
  });

  it('has a former name that is nobody else’s', () => {
    const names = settingsList.flatMap(({ key, former }) => [key, ...former]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the schema', () => {
  it('is a schema', () => {
    const ajv = new Ajv2020({ keywords: ['x-env', 'x-flags', 'x-secret', 'x-error', 'x-live', 'x-former'] });
    expect(ajv.validateSchema(JSON.parse(readFileSync('schemas/settings.json', 'utf8')) as object)).toBe(true);
  });

  it('has the defaults that the backend declares', () => {
    const authUrl = 'https://powervc.example.com:5000/v3';
    const { powervc, backend } = loadSettings({ sets: [`powervc.authUrl=${authUrl}`] }).settings;
    expect({ ...powervc, ...callsOf(backend) }).toEqual(powerVcSettings(authUrl));
  });

  it.each(settingsList.map((setting) => [setting.key, setting] as const))(
    '%s is described, and its names are its own',
    (_, setting) => {
      expect(setting.description).toMatch(/^\S.*[.]$/s);
      expect(settingsList.filter((other) => other.env.some((name) => setting.env.includes(name)))).toEqual([setting]);
    },
  );
});
