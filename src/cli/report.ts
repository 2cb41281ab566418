import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type ConnectionOptions } from 'node:tls';
import { Agent, request } from 'undici';
import { upTo } from '../text.js';
import type { Unmet } from '../console/observed.js';
import { CommandError, EXIT, type Io } from './io.js';
import { settingsFor, type Given } from './options.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** `what`: the setting or option that names the file. @throws CommandError if it cannot be read */
function textOf(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${what}: ${file} cannot be read: ${(error as Error).message}`, EXIT.usage, {
      cause: error,
    });
  }
}

/** Whom to trust, and the client's own certificate. @throws CommandError */
function tlsOf(given: Given, consoleCert: string | undefined): ConnectionOptions {
  const [caFile, certFile, keyFile] = [text(given['caFile']), text(given['certFile']), text(given['keyFile'])];
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new CommandError('--cert-file and --key-file must be given together', EXIT.usage);
  const tls: ConnectionOptions = {};
  if (caFile !== undefined) tls.ca = textOf('--ca-file', caFile);
  // the console's own certificate, which no authority may have signed
  else if (consoleCert !== undefined) tls.ca = [...rootCertificates, textOf('admin.tls.cert', consoleCert)];
  if (certFile !== undefined && keyFile !== undefined) {
    tls.cert = textOf('--cert-file', certFile);
    tls.key = textOf('--key-file', keyFile);
    try {
      createSecureContext({ cert: tls.cert, key: tls.key });
    } catch (error) {
      throw new CommandError(`${certFile} and ${keyFile} cannot be used: ${(error as Error).message}`, EXIT.usage, {
        cause: error,
      });
    }
  }
  return tls;
}

/** A server of TLS 1.3 that requires a certificate ends the connection; only its alert, or nothing, tells why. */
const wantsCertificate = (error: unknown): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'].includes(
    String((error as NodeJS.ErrnoException).code),
  );

/** Logs in to the console and gives its session cookie. @throws CommandError */
async function cookieOf(url: string, user: string, password: string, dispatcher: Agent): Promise<string> {
  const { statusCode, headers, body } = await request(`${url}/login`, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ user, password }).toString(),
  });
  await body.dump();
  if (statusCode !== 303)
    throw new CommandError(`${url} is not the console of a gateway: its login answers ${statusCode}.`, EXIT.failed);
  const [cookie] = [headers['set-cookie'] ?? []].flat();
  if (cookie === undefined) throw new CommandError(`${url} refused the login.`, EXIT.failed);
  return upTo(cookie, ';');
}

/** The console's URL: one without a path is that of its address. @throws CommandError */
function consoleAt(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new CommandError(`--url must be an http or https URL; it is "${given}"`, EXIT.usage);
  return `${url.origin}${url.pathname === '/' ? '/console' : url.pathname.replace(/\/+$/, '')}`;
}

const line = ({ count, kind, client, operation, subject, reason }: Unmet): string =>
  `${String(count).padStart(6)}  ${kind.padEnd(7)}  ${client}  ${operation}  ${subject}  ${reason}`;

/**
 * `report`: prints what clients of a running gateway requested but did not get, by client, operation and field, with
 * reasons. Returns the exit code.
 */
export async function report(given: Given, io: Io): Promise<number> {
  const { admin } = settingsFor('report', given, io).settings;
  const { cert } = admin.tls ?? {};
  const host = admin.host.includes(':') ? `[${admin.host}]` : admin.host;
  const own = `${cert === undefined ? 'http' : 'https'}://${host}:${admin.port}`;
  const url = consoleAt(text(given['url']) ?? own);
  const user = text(given['user']) ?? admin.user;
  const file = text(given['passwordFile']) ?? io.environment['CONSOLE_PASSWORD_FILE'];
  const password =
    (file ? textOf('the password', file).replace(/\r?\n$/, '') : io.environment['CONSOLE_PASSWORD']) ?? admin.password;
  if (user === undefined || password === undefined)
    throw new CommandError(
      'a login is required: --user with --password-file or the variable CONSOLE_PASSWORD, or admin.user and ' +
        'admin.password',
      EXIT.usage,
    );
  const format = text(given['format']) ?? 'text';
  const tls = tlsOf(given, cert);
  const dispatcher = new Agent({ connect: tls });
  try {
    const cookie = await cookieOf(url, user, password, dispatcher);
    const answer = await request(`${url}/api/unmet?format=${format === 'csv' ? 'csv' : 'json'}`, {
      dispatcher,
      headers: { cookie },
    });
    const body = await answer.body.text();
    if (answer.statusCode !== 200) throw new CommandError(`${url}: ${answer.statusCode} ${body}`, EXIT.failed);
    if (format === 'text') {
      const { rows } = JSON.parse(body) as { readonly rows: readonly Unmet[] };
      io.stdout.write(
        rows.length === 0
          ? 'Nothing: no request was refused or left out in part.\n'
          : rows.map((row) => `${line(row)}\n`).join(''),
      );
    } else io.stdout.write(format === 'csv' ? body : `${JSON.stringify(JSON.parse(body), null, 2)}\n`);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const hint =
      url.startsWith('https:') && tls.cert === undefined && wantsCertificate(error)
        ? '. If it has admin.tls.clientCa, it requires a client certificate: --cert-file and --key-file'
        : '';
    throw new CommandError(`${url} cannot be reached: ${(error as Error).message}${hint}`, EXIT.failed, {
      cause: error,
    });
  } finally {
    await dispatcher.close();
  }
  return EXIT.ok;
}
