import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { ask, cookieOf, LOGIN } from './entry-point.js';
import { certificate } from '../support/certificate.js';

/** docs/reference/ovirt.md, section 1: entry points and version choice. */
let testbed: Testbed;
let url: string;
beforeAll(async () => {
  testbed = await startTestbed();
  url = testbed.gateways[0]!.url;
});
afterAll(() => testbed.close());

const ERROR_PAGE = /^<html><head><title>Error<\/title>/;

describe('entry points', () => {
  it.each([
    ['/api', '/api'],
    ['/api/', '/api'],
    ['/ovirt-engine/api', '/ovirt-engine/api'],
    ['/ovirt-engine/api/', '/ovirt-engine/api'],
    ['/ovirt-engine/api/v3', '/ovirt-engine/api/v3'],
    ['/ovirt-engine/api/v3/', '/ovirt-engine/api/v3'],
  ])(
    '%s answers 200 without a redirect, and its hrefs are paths of the entry point that was used',
    async (path, base) => {
      const { status, text } = await ask(url + path, { headers: LOGIN });
      expect(status).toBe(200);
      const hrefs = [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);
      expect(hrefs.length).toBeGreaterThan(10);
      expect(hrefs.filter((href) => !href.startsWith(`${base}/`))).toEqual([]);
    },
  );

  it.each(['/api/clusters/', '/ovirt-engine/api/vms/?search=', '/ovirt-engine/api/v3/vms/'])(
    '%s: a trailing slash works everywhere (rbovirt, fence_rhevm)',
    async (path) => {
      expect((await ask(url + path, { headers: LOGIN })).status).toBe(200);
    },
  );

  it('/api/v3 is not an entry point of any engine and is answered 404', async () => {
    expect((await ask(`${url}/api/v3/vms`, { headers: LOGIN })).status).toBe(404);
  });

  it('what is not below /ovirt-engine/api/v3 is a 404, with one login', async () => {
    const { status, text } = await ask(`${url}/ovirt-engine/api/v3/nothing`, { headers: LOGIN });
    expect(status).toBe(404);
    expect(text).toContain('<fault>');
  });
});

describe('the version', () => {
  it.each([
    ['/ovirt-engine/api', '5'],
    ['/ovirt-engine/api/', 'x'],
    ['/ovirt-engine/api/v9/', undefined],
    ['/ovirt-engine/api/v5/vms', '3'],
    ['/api', '5'],
    ['/api/vms', 'x'],
  ])('%s with Version: %s is the 400 page that fence_rhevm knows by its title', async (path, version) => {
    const { status, text, headers } = await ask(url + path, {
      headers: { ...LOGIN, ...(version !== undefined && { Version: version }) },
    });
    expect(status).toBe(400);
    expect(headers['content-type']).toContain('text/html');
    expect(text).toMatch(ERROR_PAGE);
  });

  const speaks = async (path: string, version: string | undefined): Promise<string> => {
    const { status, text } = await ask(url + path, {
      headers: { ...LOGIN, ...(version !== undefined && { Version: version }) },
    });
    expect(status).toBe(200);
    expect(text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8" standalone="yes"\?>\n<(?:api|vms)\b/);
    return /<status>\w+<|<blank_template/.test(text) ? '4' : '3';
  };

  it.each([
    ['/api', '3', '3'],
    ['/api/vms', undefined, '3'],
    ['/api/vms', ' 4 ', '4'],
    ['/ovirt-engine/api', '3', '3'],
    ['/ovirt-engine/api', undefined, '4'],
    ['/ovirt-engine/api/vms', '4', '4'],
    ['/ovirt-engine/api/v3', '4', '3'],
    ['/ovirt-engine/api/v4/vms', '3', '4'],
  ])('%s with Version: %s speaks version %s: path, header, default', async (path, version, spoken) => {
    expect(await speaks(path, version)).toBe(spoken);
  });

  it('a login is required before the version is checked', async () => {
    const { status, headers } = await ask(`${url}/ovirt-engine/api`, { headers: { Version: '5' } });
    expect([status, headers['www-authenticate']]).toEqual([401, 'Basic realm="RESTAPI"']);
  });
});

describe('neighbours that a client may probe', () => {
  const probes = [
    '/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA',
    '/ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY',
    '/ca.crt',
    '/engine.ssh.key.txt',
    '/rhevm.ssh.key.txt',
  ];

  it('/ovirt-engine/services/health shows that the process is alive', async () => {
    expect((await ask(`${url}/ovirt-engine/services/health`)).text).toBe('DB Up!Welcome to Health Status!');
  });

  it.each(probes)("%s is a 404 in the client's form without TLS", async (path) => {
    const xml = await ask(url + path);
    expect([xml.status, xml.text.includes('<fault>')]).toEqual([404, true]);
    const json = await ask(url + path, { headers: { accept: 'application/json' } });
    expect(Object.keys(JSON.parse(json.text) as object)).toEqual(['reason', 'detail']);
  });

  describe('with TLS', () => {
    let folder: string;
    let safe: Testbed;
    let ca: Buffer;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'doors-'));
      const { key, cert } = certificate(folder, 'localhost', 1, { key: 'rsa' });
      ca = readFileSync(cert);
      safe = await startTestbed({ sets: [`server.tls.key=${key}`, `server.tls.cert=${cert}`] });
    });
    afterAll(async () => {
      await safe.close();
      rmSync(folder, { recursive: true });
    });
    const get = (path: string, headers = {}) => ask(safe.gateways[0]!.url + path, { ca, headers });

    it("the API is there, full URLs say https, and the session's cookie is Secure", async () => {
      const answer = await get('/api', { ...LOGIN, prefer: 'persistent-auth' });
      expect(answer.status).toBe(200);
      expect(answer.headers['link']).toMatch(/^<https:\/\/127\.0\.0\.1:\d+\/api\//);
      expect(cookieOf(answer).attributes).toBe('; Path=/api; HttpOnly; Secure');
    });

    it("the authority's certificate is what the client needs to trust us", async () => {
      const [service, plain] = [await get(probes[0]!), await get('/ca.crt')];
      expect(service.text).toBe(plain.text);
      expect(new X509Certificate(service.text).fingerprint256).toBe(new X509Certificate(ca).fingerprint256);
      expect(service.headers['content-type']).toBe('application/x-x509-ca-cert');
    });

    it("the engine's key is in OpenSSH's form, the same that ssh-keygen makes of it", async () => {
      const texts = await Promise.all(
        probes
          .slice(1)
          .filter((path) => path !== '/ca.crt')
          .map(async (path) => (await get(path)).text),
      );
      expect(new Set(texts).size).toBe(1);
      const [type, base64 = ''] = texts[0]!.split(' ');
      expect(type).toBe('ssh-rsa');
      const bytes = Buffer.from(base64, 'base64');
      const modulus = Buffer.from(new X509Certificate(ca).publicKey.export({ format: 'jwk' }).n!, 'base64url');
      // type, exponent 65537, and the modulus with a zero before it
      expect(bytes.toString('hex')).toBe(
        `00000007${Buffer.from('ssh-rsa').toString('hex')}0000000301000100000101 00${modulus.toString('hex')}`.replace(
          ' ',
          '',
        ),
      );
    });

    it('another resource or format is a 404', async () => {
      for (const query of ['', '?resource=x', '?resource=ca-certificate&format=PKCS12', '?resource=constructor'])
        expect((await get(`/ovirt-engine/services/pki-resource${query}`)).status).toBe(404);
    });
  });
});
