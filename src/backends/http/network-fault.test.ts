import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createRawServer, type AddressInfo, type Server as RawServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { certificate } from '../../../test/support/certificate.js';
import { networkFault } from './network-fault.js';

let server: Server | RawServer | undefined;
afterEach(() => server?.close());

/** The fault of a POST to that server. */
async function faultOf(scheme: 'http' | 'https', listening: Server | RawServer): Promise<unknown> {
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const cause = await request(`${scheme}://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }).catch(
    (error: unknown) => error,
  );
  return networkFault('Nova', 'POST', cause);
}

describe('a POST', () => {
  it('was not carried out if the service speaks no TLS, and the client can repeat it', async () => {
    expect(await faultOf('https', createServer())).toMatchObject({
      code: 'backend.unreachable',
      detail: expect.stringContaining('it does not speak TLS') as unknown,
    });
  });

  it('was not carried out if the two have no version of TLS in common', async () => {
    expect(await faultOf('https', createTlsServer({ maxVersion: 'TLSv1.1' }))).toMatchObject({
      code: 'backend.unreachable',
    });
  });

  it('was not carried out if the gateway does not accept the certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'network-fault-'));
    const { key, cert } = certificate(folder, 'nova', 1);
    const files = { key: readFileSync(key), cert: readFileSync(cert) };
    rmSync(folder, { recursive: true });
    expect(await faultOf('https', createTlsServer(files))).toMatchObject({
      code: 'backend.unreachable',
      detail: expect.stringContaining('certificate is not accepted') as unknown,
    });
  });

  it('may have been carried out if the connection ends without an answer', async () => {
    const deaf = createRawServer((socket) => socket.once('data', () => socket.destroy()));
    expect(await faultOf('http', deaf)).toMatchObject({
      code: 'backend.lost',
      detail: expect.stringMatching(/carried out: [^.]+\. Check before you repeat it\.\]$/) as unknown,
    });
  });
});
