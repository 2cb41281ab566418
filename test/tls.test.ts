import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, TLSSocket, type ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli, start, type Running } from './support/cli.js';
import { certificate } from './support/certificate.js';

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
  certificate(folder, 'one', 400);
  certificate(folder, 'two', 10);
  certificate(folder, 'client', 10);
});
afterAll(() => rmSync(folder, { recursive: true }));

let running: Running;
afterEach(async () => {
  running.stop();
  await running.code;
});

async function serve(...sets: string[]): Promise<number> {
  writeFileSync(file('key.pem'), readFileSync(file('one.key')));
  writeFileSync(file('cert.pem'), readFileSync(file('one.pem')));
  running = start(
    [
      'serve',
      '--backend',
      'simulator',
      ...[
        'server.port=0',
        'admin.port=0',
        `server.tls.key=${file('key.pem')}`,
        `server.tls.cert=${file('cert.pem')}`,
        ...sets,
      ].flatMap((set) => ['--set', set]),
    ],
    {
      environment: {
        OVIRT_GATEWAY_SESSIONS_SECRET_FILE: secret('a'),
        ...(sets.includes('admin.user=op') && { OVIRT_GATEWAY_ADMIN_PASSWORD: 'sesame-sesame' }),
      },
    },
  );
  return Number((await running.until(/listens on https:\/\/127\.0\.0\.1:(\d+)/))[1]);
}

/** Changes a file until the gateway tells of it: what changes before it has looked for the first time is no change. */
async function changing(write: (n: number) => unknown, reported: RegExp): Promise<void> {
  for (let n = 0; !reported.test(running.stdout()); n++) {
    write(n);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function secret(letter: string): string {
  writeFileSync(file('secret'), letter.repeat(40));
  return file('secret');
}

async function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
  } finally {
    socket.end();
  }
  return socket;
}

interface Got {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const get = (url: string, headers: Record<string, string> = {}, options: ConnectionOptions = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    request(url, { rejectUnauthorized: false, agent: false, headers, ...options }, (answer) => {
      answer.resume().on('end', () => resolve({ status: answer.statusCode, headers: answer.headers }));
    })
      .on('error', reject)
      .end();
  });

const basic = `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`;

describe('HTTPS', () => {
  it('is TLS 1.2 with forward secrecy and authenticated encryption, or 1.3', async () => {
    const port = await serve();
    for (const [version, suite] of [
      ['TLSv1.3', /^TLS_/],
      ['TLSv1.2', /^ECDHE-.*(GCM|POLY1305)/],
    ] as const) {
      const socket = await handshake(port, { minVersion: version, maxVersion: version });
      expect(socket.getCipher().name).toMatch(suite);
    }
    for (const refused of [
      { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' },
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-SHA256' },
    ] as const)
      await expect(handshake(port, refused), JSON.stringify(refused)).rejects.toThrow();
  });

  it('is served with commands to paste that trust its certificate', async () => {
    const port = await serve();
    const [, command = ''] = /^(curl .*\/vms)$/m.exec(running.stdout()) ?? [];
    expect(command).toContain(`--cacert '${file('cert.pem')}'`);
    const { stdout } = await promisify(execFile)('sh', ['-c', command]);
    expect(stdout).toContain(`<vms>`);
    expect(command).toContain(`https://127.0.0.1:${port}/api/vms`);
  });

  it('can be 1.3 only, sends HSTS, and warns of a certificate that expires soon', async () => {
    const port = await serve('server.tls.minVersion=TLSv1.3', 'server.tls.warnDays=500');
    await expect(handshake(port, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
    const { headers } = await get(`https://127.0.0.1:${port}/api`);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    await running.until(/the certificate expires soon.*days=399/);
  });
});

describe('what changes in files', () => {
  it('is read at SIGHUP: certificate and session secrets, and a broken one changes nothing', async () => {
    const port = await serve('server.reloadMs=0');
    const subject = async (): Promise<string> =>
      new X509Certificate((await handshake(port, {})).getPeerX509Certificate()?.raw ?? Buffer.alloc(0)).subject;
    const login = await get(`https://127.0.0.1:${port}/api`, { authorization: basic, prefer: 'persistent-auth' });
    const cookie = { cookie: String(login.headers['set-cookie']).split(';')[0]!, prefer: 'persistent-auth' };
    expect((await get(`https://127.0.0.1:${port}/api`, cookie)).status).toBe(200);
    expect(await subject()).toBe('CN=one');

    writeFileSync(file('cert.pem'), readFileSync(file('two.pem')));
    secret('b');
    await running.hangUp();
    await running.until(/settings could not be reloaded/);
    expect(await subject()).toBe('CN=one');
    expect((await get(`https://127.0.0.1:${port}/api`, cookie)).status).toBe(200);

    writeFileSync(file('key.pem'), readFileSync(file('two.key')));
    await running.hangUp();
    await running.until(/changed=\["sessions.secret"\] files=\[".*\/key.pem",".*\/cert.pem",".*\/secret"\]/);
    expect(await subject()).toBe('CN=two');
    await running.until(/the certificate expires soon.*days=9/);
    expect((await get(`https://127.0.0.1:${port}/api`, cookie)).status).toBe(401);
  });

  it('is read when a file changes', async () => {
    await serve('server.reloadMs=20');
    await changing(
      (n) => secret(n % 2 === 0 ? 'c' : 'd'),
      /certificates and secrets reloaded.*changed=\["sessions\.secret"\]/,
    );
  });
});

describe('certificates on the way to the cloud', () => {
  /** A cloud that asks for a client certificate, and says 401 to everybody; names of who asked. */
  const requested: unknown[] = [];
  const cloud = createServer({ requestCert: true, rejectUnauthorized: false }, (incoming, response) => {
    requested.push(incoming.socket instanceof TLSSocket ? incoming.socket.getPeerCertificate().subject?.CN : undefined);
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error": {"message": "no"}}');
  });
  const copy = (from: string, to: string): void => writeFileSync(file(to), readFileSync(file(from)));
  const served = (name: string): void =>
    cloud.setSecureContext({ key: readFileSync(file(`${name}.key`)), cert: readFileSync(file(`${name}.pem`)) });
  beforeAll(async () => {
    served('one');
    cloud.listen(0, '127.0.0.1');
    await once(cloud, 'listening');
  });
  afterAll(() => {
    cloud.closeAllConnections();
    cloud.close();
  });

  const serveCloud = (...sets: string[]): Promise<number> =>
    serve(
      'backend.kind=openstack',
      `openstack.authUrl=https://127.0.0.1:${(cloud.address() as AddressInfo).port}/v3`,
      'openstack.project=p',
      `openstack.caFile=${file('ca')}`,
      ...sets,
    );

  it('are read again when their files change', async () => {
    copy('one.pem', 'ca');
    await serveCloud('server.reloadMs=20');
    await changing(
      (n) => writeFileSync(file('ca'), `${readFileSync(file('two.pem'), 'utf8')}${'\n'.repeat(n)}`),
      /certificates and secrets reloaded.*a file changed.*changed=\[\] files=\[".*\/ca"\]/,
    );
  });

  it('are read again at SIGHUP; broken ones change nothing', async () => {
    requested.length = 0;
    copy('one.pem', 'ca');
    copy('client.pem', 'client-cert');
    copy('client.key', 'client-key');
    const port = await serveCloud(
      'server.reloadMs=0',
      `openstack.certFile=${file('client-cert')}`,
      `openstack.keyFile=${file('client-key')}`,
      'backend.retries.times=0',
    );
    const logIn = async (): Promise<number | undefined> =>
      (await get(`https://127.0.0.1:${port}/api`, { authorization: basic })).status;
    expect(await logIn()).toBe(401);
    // the probe of the start asks, too
    expect(new Set(requested)).toEqual(new Set(['client']));

    // the cloud gets another certificate: its old connections go
    served('two');
    cloud.closeAllConnections();
    expect(await logIn()).toBe(503);
    writeFileSync(file('ca'), '-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n');
    await running.hangUp();
    await running.until(/could not be reloaded.*openstack: the certificates for the cloud cannot be used/);
    copy('two.pem', 'ca');
    await running.hangUp();
    expect(await logIn()).toBe(401);

    copy('two.pem', 'client-cert');
    copy('two.key', 'client-key');
    await running.hangUp();
    requested.length = 0;
    expect(await logIn()).toBe(401);
    expect(new Set(requested)).toEqual(new Set(['two']));
  });
});

const withClientCa = (): string[] => [
  `admin.tls.key=${file('one.key')}`,
  `admin.tls.cert=${file('one.pem')}`,
  `admin.tls.clientCa=${file('client.pem')}`,
];

it('report shows a client certificate to a console that requires one, and says so if it has none', async () => {
  await serve(...withClientCa(), 'admin.user=op');
  const [, url = ''] = await running.until(/is at (https:\S+)/);
  const report = (...more: string[]): ReturnType<typeof runCli> =>
    runCli(['report', '--url', url, '--user', 'op', '--ca-file', file('one.pem'), ...more], {
      environment: { CONSOLE_PASSWORD: 'sesame-sesame' },
    });
  const without = await report();
  expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('--cert-file and --key-file')]);
  const half = await report('--cert-file', file('client.pem'));
  expect([half.code, half.stderr]).toEqual([2, expect.stringContaining('must be given together')]);
  const mixed = await report('--cert-file', file('client.pem'), '--key-file', file('one.key'));
  expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringContaining('cannot be used')]);
  const whole = await report('--cert-file', file('client.pem'), '--key-file', file('client.key'));
  expect([whole.code, whole.stdout, whole.stderr]).toEqual([0, expect.stringContaining('Nothing'), '']);
});

it('the console requires a certificate of its authorities when configured, and warns of its own', async () => {
  await serve(...withClientCa(), 'server.tls.warnDays=500');
  const [, url = ''] = await running.until(/is at (https:\S+)/);
  await expect(get(url)).rejects.toThrow();
  const own = { key: readFileSync(file('client.key')), cert: readFileSync(file('client.pem')) };
  const { status, headers } = await get(url, {}, own);
  expect(status).toBe(401);
  expect(headers['strict-transport-security']).toBe('max-age=31536000');
  await running.until(/the certificate expires soon.*one\.pem/);
});
