import { createHash } from 'node:crypto';
import { parse, stringify, YAMLParseError } from 'yaml';
import { Fault, propertyOf, type GuestSetup, type Vm, type VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { hashed } from './guestpassword.js';
import { networkOf } from './guestnetwork.js';
import { keptSetup } from './kept-setup.js';
import { HIDDEN } from '../../text.js';

/**
 * The cloud-config of a VM's `initialization` (docs: cloudinit.readthedocs.io, modules), as engines write one
 * (CloudInitHandler): password and keys, users, names, time zone, name servers, interfaces. The client's own script is
 * merged. Passwords are sent hashed.
 */
type Config = Record<string, unknown>;

const HEADER = '#cloud-config\n';

const isGiven = <T>(value: T | undefined): value is T =>
  value !== undefined && value !== '' && !(Array.isArray(value) && value.every((one) => one === ''));

/** Whether the client asks for anything: empty elements do not. */
export const asksSetup = ({ guest, hostName, userData }: VmInput): boolean =>
  isGiven(hostName) || isGiven(userData) || Object.values(guest ?? {}).some(isGiven);

/** The note with the digest of what a VM's guest was given. */
export const SETUP = 'setup';

/**
 * A digest of an initialization, without its secrets; undefined if there is none. A client that sends the same
 * initialization again, with a start or a change, asks for nothing new.
 */
export function setupDigest(vm: VmInput): string | undefined {
  if (!asksSetup(vm)) return undefined;
  const { guest: { password: _, users, ...guest } = {}, hostName, userData } = vm;
  const content = { guest: { ...guest, users: users?.map(({ name }) => name) }, hostName, userData };
  const text = JSON.stringify(content, (_key, value: unknown) => (isGiven(value) ? sorted(value) : undefined));
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/**
 * Whether the guest was given this initialization when it was deployed, as the client sent it or as it is read back;
 * without one, whether it was given any.
 */
export function hasHad(vm: Vm, requested: VmInput): boolean {
  const had = vm.notes?.[SETUP];
  const digest = setupDigest(requested);
  return had !== undefined && (digest === undefined || digest === had || digest === setupDigest(keptSetup(vm)));
}

/**
 * The user data for the guest's cloud-init; undefined if there is no initialization. Engines take any script. What is
 * not a YAML map is a part of its own, whose kind cloud-init recognizes by its first line; one that it does not know it
 * skips, and applies the rest. Throws `request.value` for an interface that can't be set up.
 */
export function userDataFor(vm: VmInput): string | undefined {
  if (!asksSetup(vm)) return undefined;
  const script = isGiven(vm.userData) ? vm.userData : undefined;
  const config = configOf(vm);
  if (Object.keys(config).length === 0) return script;
  if (script === undefined) return HEADER + stringify(config);
  const own = isOfAnotherKind(script) ? undefined : configIn(script);
  return own ? HEADER + stringify(joined(config, own)) : inParts(HEADER + stringify(config), script);
}

/** Whether a password is that of the document of a VM that has one: stars, which are none. */
export const isHidden = ({ guest }: VmInput): boolean => guest?.password === HIDDEN;

/** Reports a script that cloud-init has no use for: it is handed over as it is. */
export function reportScript(scope: Scope, { userData }: VmInput): void {
  if (!isGiven(userData) || isOfAnotherKind(userData) || configIn(userData)) return;
  scope.report(
    propertyOf('Vm', 'userData'),
    'the guest receives it, but cloud-init skips it: it is neither a YAML map nor begins with a line such as #!/bin/sh',
  );
}

/** First lines that cloud-init knows besides `#cloud-config` (its documentation, "User-data formats"). */
const OTHER_KINDS =
  /^(?:#!|#include|#cloud-boothook|#cloud-config-|#part-handler|## template|#upstart-job|content-type:|mime-version:)/i;

const isOfAnotherKind = (script: string): boolean => OTHER_KINDS.test(script);

function configOf({ hostName, guest = {} }: VmInput): Config {
  const { userName, users = [], timezone, domain, files = [], newSshKeys } = guest;
  const password = isHidden({ guest }) ? undefined : guest.password;
  const keys = lines(guest.keys);
  const name = isGiven(hostName) ? hostName : undefined;
  return Object.fromEntries(
    Object.entries({
      ...namesOf(name, domain),
      ...loginOf(userName, password, keys),
      ...(users.length > 0 && { users: ['default', ...users.map(userOf)] }),
      ssh_authorized_keys: keys,
      timezone,
      ssh_deletekeys: newSshKeys,
      ...networkOf(guest),
      write_files: [
        ...files.map(({ name: path, content }) => ({ path, content: content ?? '' })),
        ...(networkOf(guest).write_files ?? []),
      ],
    }).filter(([, value]) => isGiven(value)),
  );
}

function namesOf(hostName: string | undefined, domain: string | undefined): Config {
  if (hostName === undefined) return {};
  const full = isGiven(domain) && !hostName.includes('.') ? `${hostName}.${domain}` : hostName;
  return { hostname: full.split('.')[0], ...(full.includes('.') && { fqdn: full }), preserve_hostname: false };
}

/** Root as on engines, unless another user is named. Without a password or keys the image's own login is unchanged. */
function loginOf(userName: string | undefined, password: string | undefined, keys: readonly string[]): Config {
  if (!isGiven(password) && keys.length === 0 && !isGiven(userName)) return {};
  return {
    user: isGiven(userName) ? userName : 'root',
    disable_root: false,
    ...(isGiven(password) && { password: hashed(password), chpasswd: { expire: false }, ssh_pwauth: true }),
  };
}

function userOf({ name, password }: NonNullable<GuestSetup['users']>[number]): Config {
  if (!isGiven(name)) throw new Fault('request.value', { text: 'A guest user needs a user_name.' });
  return {
    name,
    ...(isGiven(password) ? { passwd: hashed(password), lock_passwd: false } : { lock_passwd: true }),
  };
}

/** The lines of several texts, without the empty ones. */
const lines = (texts: readonly string[] = []): string[] =>
  texts
    .flatMap((text) => text.split(/\r?\n/))
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The YAML map in a script, which is empty for comments alone; undefined for another text. */
function configIn(script: string): Config | undefined {
  try {
    const read: unknown = parse(script);
    if (read === null) return {};
    return typeof read === 'object' && !Array.isArray(read) ? (read as Config) : undefined;
  } catch (error) {
    if (error instanceof YAMLParseError) return undefined;
    throw error;
  }
}

/** The client's own values win; lists are concatenated. */
function joined(ours: Config, theirs: Config): Config {
  const both = Object.entries(theirs).map(([key, value]): [string, unknown] => {
    const other = ours[key];
    return [key, Array.isArray(value) && Array.isArray(other) ? (other as unknown[]).concat(value) : value];
  });
  return { ...ours, ...Object.fromEntries(both) };
}

/** A cloud-config and a script of another kind: cloud-init recognizes each part by its first line. */
function inParts(...parts: readonly string[]): string {
  let boundary = 'part';
  while (parts.some((part) => part.includes(boundary))) boundary += '-x';
  const each = parts.map((part) => `--${boundary}\nContent-Type: text/plain; charset="utf-8"\n\n${part}\n`);
  return `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n${each.join('')}--${boundary}--\n`;
}
