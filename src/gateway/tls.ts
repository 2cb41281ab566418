import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Settings } from '../settings/index.js';
import { StartError } from './start-error.js';

/** Key and certificate, PEM. */
export interface Pem {
  readonly key: string;
  readonly cert: string;
  readonly passphrase?: string;
}

/** The text of a file that a setting names. @throws StartError */
export async function textOf(setting: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new StartError(`${setting}: ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
}

/**
 * What the settings name for HTTPS; undefined when they name nothing. @throws StartError for files that make no pair.
 */
export async function tlsFiles(tls: Settings['server']['tls']): Promise<Pem | undefined> {
  if (tls?.key === undefined || tls.cert === undefined) return undefined;
  const pem = {
    key: await textOf('server.tls.key', tls.key),
    cert: await textOf('server.tls.cert', tls.cert),
    ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
  };
  try {
    createSecureContext(pem);
  } catch (error) {
    throw new StartError(`server.tls: ${tls.key} and ${tls.cert} cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return pem;
}
