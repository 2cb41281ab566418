import {
  Fault,
  isFault,
  nameId,
  uuidOf,
  type Console,
  type GraphicsConsole,
  type NotesPatch,
  type Vm,
} from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { readNote } from '../notes/notes.js';
import { may } from '../rules.js';
import { get as getVm } from './index.js';

/** The graphical consoles of a VM, and their sessions. Sources: docs/reference/ovirt.md, sections 10 and 11. */

/** The validity of a ticket, seconds, unless the client sets one (section 10). */
const TICKET_SECONDS = 7200;

/** The hexadecimal of the protocol's name: 766e63 is vnc (section 11). */
const consoleId = (protocol: string): string => Buffer.from(protocol, 'latin1').toString('hex');

const protocolOf = (vm: Vm): Console['protocol'] => vm.displayType ?? 'vnc';

export interface ConsoleView {
  /** Whether the backend has consoles. */
  readonly able: boolean;
  /** Where the console of the running VM is, too; version 3 never tells it here. */
  readonly current?: boolean;
}

/** One, of the VM's display; none where the backend has no consoles. One call, and one more for the current one. */
export async function list(
  scope: Scope,
  vmId: string,
  { able, current = false }: ConsoleView,
): Promise<GraphicsConsole[]> {
  const vm = await getVm(scope, vmId);
  if (!able) return [];
  const protocol = protocolOf(vm);
  const console = { id: consoleId(protocol), protocol, vm: { id: vmId } };
  return [current && scope.engine !== '3.6' ? { ...console, ...(await placeOf(scope, vm)) } : console];
}

/**
 * Where the console is: a cloud tells it when it opens one, as the address of a page. Nothing for a VM that does not
 * run, and where the cloud refuses.
 */
async function placeOf(scope: Scope, vm: Vm): Promise<Pick<GraphicsConsole, 'address' | 'port' | 'tlsPort'>> {
  try {
    const { url = '' } = await opening(scope, vm);
    if (!URL.canParse(url)) return {};
    const { protocol, hostname, port } = new URL(url);
    return protocol === 'https:'
      ? { address: hostname, tlsPort: Number(port || 443) }
      : { address: hostname, port: Number(port || 80) };
  } catch (error) {
    if (!REFUSED.some((code) => isFault(error, code))) throw error;
    scope.log.info('a console has no address', { vm: vm.id, why: String(error) });
    return {};
  }
}

const REFUSED = [
  'conflict',
  'conflict.transition',
  'backend.conflict',
  'backend.refused',
  'backend.forbidden',
] as const;

/** One call, and one more for the current one. Throws `not-found`. */
export async function get(scope: Scope, vmId: string, id: string, view: ConsoleView): Promise<GraphicsConsole> {
  const found = (await list(scope, vmId, view)).find((console) => console.id === id.toLowerCase());
  if (!found) throw new Fault('not-found', { what: 'GraphicsConsole', id });
  return found;
}

export interface Ticket {
  readonly value: string;
  readonly expirySeconds: number;
  readonly console: Console;
}

function opening(scope: Scope, vm: Vm): Promise<Console> {
  may(scope, 'vm.ticket', vm);
  return scope.session.vms.console(vm.id, protocolOf(vm));
}

/** A console without a ticket. Throws `conflict` for a VM that is not running. */
export const open = async (scope: Scope, vmId: string): Promise<Console> => opening(scope, await getVm(scope, vmId));

/**
 * Issues a ticket: opens a console, notes who it is for (sessions.ts lists that until it ends) and removes notes of
 * ended sessions. The backend makes the token. Throws `conflict` for a VM that is not running.
 */
export async function ticket(
  scope: Scope,
  vmId: string,
  requested: { readonly expirySeconds?: number; readonly address?: string } = {},
): Promise<Ticket> {
  const vm = await getVm(scope, vmId);
  const opened = await opening(scope, vm);
  const seconds = requested.expirySeconds ?? TICKET_SECONDS;
  const ends = Math.min(
    Date.now() + seconds * 1000,
    opened.validUntil === undefined ? Infinity : Date.parse(opened.validUntil),
  );
  const { user } = scope.session;
  const id = nameId('session', vmId, String(ends), opened.token ?? '');
  const session = {
    protocol: opened.protocol,
    user: { id: uuidOf('user', user.id), name: user.name },
    ...(requested.address && { ip: requested.address.replace(/^::ffff:(?=\d+\.)/, '') }),
    consoleUser: true,
    validUntil: new Date(ends).toISOString(),
  };
  // Where nothing can be noted with a VM, sessions.ts lists none.
  if (isAble(scope, 'vm.notes'))
    await scope.session.vms.note(vmId, { ...ended(vm), [`session.${id}`]: JSON.stringify(session) });
  return { value: opened.token ?? opened.url ?? '', expirySeconds: seconds, console: opened };
}

const ended = (vm: Vm): NotesPatch =>
  Object.fromEntries(
    Object.entries(vm.notes ?? {})
      .filter(
        ([key, text]) =>
          key.startsWith('session.') && !(Date.parse(readNote('ConsoleSession', text)?.validUntil ?? '') > Date.now()),
      )
      .map(([key]) => [key, null]),
  );
