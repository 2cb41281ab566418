import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';
import { upTo } from '../text.js';
import type { Unmet } from '../console/observed.js';
import { CommandError, EXIT, type Io } from './io.js';
import { settingsFor, type Given } from './options.js';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** @throws CommandError if the file cannot be read */
function trusted(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`admin.tls.cert: ${file} cannot be read: ${(error as Error).message}`, EXIT.usage, {
      cause: error,
    });
  }
}

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
  const password = io.environment['CONSOLE_PASSWORD'] ?? admin.password;
  if (user === undefined || password === undefined)
    throw new CommandError(
      'a login is required: --user with the password in CONSOLE_PASSWORD, or admin.user and admin.password',
      EXIT.usage,
    );
  const format = text(given['format']) ?? 'text';
  // the console's own certificate, which no authority may have signed
  const ca = cert === undefined ? undefined : [...rootCertificates, trusted(cert)];
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca } });
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
    throw new CommandError(`${url} cannot be reached: ${(error as Error).message}`, EXIT.failed, { cause: error });
  } finally {
    await dispatcher.close();
  }
  return EXIT.ok;
}
