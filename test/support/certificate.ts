import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface CertificateFiles {
  readonly key: string;
  readonly cert: string;
}

const KEYS = { ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'], rsa: ['rsa:2048'] } as const;

export interface CertificateOptions {
  /** Kind of the key; `ec`, which is made at once, by default. */
  readonly key?: keyof typeof KEYS;
  /** Passphrase of the key; none by default. */
  readonly passphrase?: string;
}

/** Makes `name.key` and `name.pem` in the folder: a certificate for CN=name that signs itself. */
export function certificate(
  folder: string,
  name: string,
  days: number,
  { key = 'ec', passphrase }: CertificateOptions = {},
): CertificateFiles {
  const files = { key: join(folder, `${name}.key`), cert: join(folder, `${name}.pem`) };
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', ...KEYS[key]],
      ...(passphrase === undefined ? ['-noenc'] : ['-passout', `pass:${passphrase}`]),
      ...['-days', String(days), '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', files.key, '-out', files.cert],
    ],
    { stdio: 'pipe' },
  );
  return files;
}
