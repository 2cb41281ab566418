import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { CertificateFiles } from '../model/index.js';
import type { Settings } from '../settings/index.js';
import { StartError } from './start-error.js';

/** Key and certificate, PEM, and the versions and ciphers of TLS. */
export interface Tls extends SecureContextOptions {
  readonly key: string;
  readonly cert: string;
  /** Whether clients must present a certificate of `ca`. */
  readonly requestCert?: boolean;
  readonly rejectUnauthorized?: boolean;
}

/** The text of a file that a setting names. @throws StartError */
async function textOf(setting: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new StartError(`${setting}: ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
}

interface Files {
  readonly key?: string;
  readonly cert?: string;
  readonly passphrase?: string;
  readonly clientCa?: string;
}

/** What `make` returns. @throws StartError with the message, and why it cannot be made */
function tried<T>(message: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new StartError(`${message}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Checks the certificates on the way to the cloud, of a group of settings: a connection would only fail later, and not
 * name the file.
 * @throws StartError that names the setting and the file
 */
export async function assertCloudCertificates(
  group: string,
  { caFile, certFile, keyFile }: CertificateFiles,
): Promise<void> {
  const read = async (setting: string, file: string): Promise<X509Certificate> => {
    const pem = await textOf(`${group}.${setting}`, file);
    return tried(`${group}.${setting}: ${file} does not contain a PEM certificate`, () => new X509Certificate(pem));
  };
  if (caFile !== undefined) await read('caFile', caFile);
  if (certFile === undefined) return;
  const certificate = await read('certFile', certFile);
  const setting = keyFile === undefined ? 'certFile' : 'keyFile';
  const file = keyFile ?? certFile;
  const key = await textOf(`${group}.${setting}`, file);
  const privateKey = tried(`${group}.${setting}: ${file} does not contain a PEM private key without a passphrase`, () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw new StartError(`${group}.${setting}: ${file} does not contain the key of the certificate ${certFile}`);
}

/** What is wrong with key, certificate or ciphers, by its own setting. @throws StartError */
function assertUsable(group: string, files: { readonly key: string; readonly cert: string }, tls: Tls): void {
  const { key, cert, passphrase, ciphers } = tls;
  const certificate = tried(
    `${group}.cert: ${files.cert} does not contain a PEM certificate`,
    () => new X509Certificate(cert),
  );
  const wrongKey = `${group}.key: ${files.key} does not contain a PEM private key, or ${group}.passphrase is wrong`;
  const privateKey = tried(wrongKey, () => createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) }));
  if (!certificate.checkPrivateKey(privateKey))
    throw new StartError(`${group}.key: ${files.key} is not the key of the certificate ${files.cert}`);
  tried(`${group}: cannot be used with the ciphers ${String(ciphers)}`, () => createSecureContext(tls));
}

/**
 * Key and certificate of a group of settings; undefined if it names none. @throws StartError for files that are no
 * pair, and for unknown ciphers
 */
async function tlsOf(
  group: string,
  { key, cert, passphrase, clientCa }: Files,
  { minVersion, ciphers }: { readonly minVersion: 'TLSv1.2' | 'TLSv1.3'; readonly ciphers: string },
): Promise<Tls | undefined> {
  if (key === undefined || cert === undefined) return undefined;
  const tls: Tls = {
    key: await textOf(`${group}.key`, key),
    cert: await textOf(`${group}.cert`, cert),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(clientCa === undefined
      ? {}
      : { ca: await textOf(`${group}.clientCa`, clientCa), requestCert: true, rejectUnauthorized: true }),
    minVersion,
    ciphers,
    honorCipherOrder: true,
  };
  assertUsable(group, { key, cert }, tls);
  return tls;
}

/** HTTPS of the API. @throws StartError */
export const apiTls = ({ server: { tls } }: Settings): Promise<Tls | undefined> => tlsOf('server.tls', tls, tls);

/** HTTPS of the console. @throws StartError */
export const consoleTls = ({ admin, server: { tls } }: Settings): Promise<Tls | undefined> =>
  tlsOf('admin.tls', admin.tls ?? {}, tls);

/** Strict-Transport-Security (RFC 6797) of answers over HTTPS; none for 0 seconds. */
export const hstsOf = ({ server: { tls } }: Settings): Readonly<Record<string, string>> =>
  tls.hstsSeconds === 0 ? {} : { 'Strict-Transport-Security': `max-age=${tls.hstsSeconds}` };
