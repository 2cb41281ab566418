import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes `name.key` and `name.pem` in the folder: a certificate for CN=name that signs itself. */
export function certificate(folder: string, name: string, days: number): void {
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'],
      ...['-days', String(days), '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)],
    ],
    { stdio: 'pipe' },
  );
}
