import { deflateRawSync } from 'node:zlib';
import { propertyOf, type GuestSetup, type Vm, type VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { readPackedNote } from '../notes/notes.js';
import { HIDDEN } from '../../text.js';

/** The note with a guest's initialization, without its secrets: JSON, deflated, base64. */
export const GUEST = 'guest';

/** Four of the items of 255 characters that a server has for everybody. */
const LONGEST = 4 * 255 - 1;

/** A script that may set a password is not kept, because whoever sees the VM sees its notes. */
const SECRET = /passw|secret|token|private key/i;

type Setup = Pick<Vm, 'guest' | 'hostName' | 'userData'>;

/** The initialization that the VM was given; nothing for one that has none, or that is not kept. */
export const keptSetup = ({ notes }: VmInput): Setup => readPackedNote('KeptSetup', notes?.[GUEST]) ?? {};

/**
 * The note for an initialization, in the form of version 4: its texts hold several keys or servers. Of a password it has
 * only that there is one; it has no users and no files. What is not read back is reported: a script that may have
 * secrets, and what is too long.
 */
export function keepSetup(scope: Scope, { guest, hostName, userData }: VmInput): Record<string, string> {
  const isOpen = userData !== undefined && !SECRET.test(userData);
  const short: Setup = {
    ...(hostName !== undefined && { hostName }),
    ...(guest && { guest: openPart(guest) }),
  };
  const whole: Setup = isOpen ? { ...short, userData } : short;
  const [kept] = [whole, short].flatMap((one) => {
    const text = deflateRawSync(JSON.stringify(one)).toString('base64');
    return text.length <= LONGEST ? [{ text, isWhole: one.userData === userData }] : [];
  });
  if (!kept) scope.report(propertyOf('Vm', 'guest'), 'it is applied, but it is too long to be kept and read back');
  if (userData !== undefined && !kept?.isWhole)
    scope.report(
      propertyOf('Vm', 'userData'),
      isOpen
        ? 'it is applied, but it is too long to be kept and read back'
        : 'it is applied, but not kept: it may hold secrets',
    );
  return kept ? { [GUEST]: kept.text } : {};
}

function openPart({ password, users: _, files: __, keys, dnsServers, dnsSearch, ...rest }: GuestSetup): GuestSetup {
  const one = (texts: readonly string[] | undefined, separator: string): string[] | undefined =>
    texts && [texts.join(separator)];
  return {
    ...rest,
    password: password && password !== HIDDEN ? HIDDEN : undefined,
    keys: one(keys, '\n'),
    dnsServers: one(dnsServers, ' '),
    dnsSearch: one(dnsSearch, ' '),
  };
}
