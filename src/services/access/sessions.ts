import { Fault, type Session, type Vm } from '../../model/index.js';
import { domainOf, userNameOf } from './names.js';
import { warnOf } from '../notes/bad-notes.js';
import type { Scope } from '../context.js';
import { readNote } from '../notes/notes.js';

/**
 * Consoles that were opened through this gateway and are still valid, from the VM's notes `session.<id>`: PowerVC has
 * no guest agent that would report other sessions (docs/reference/power.md, 4.3).
 */
const PREFIX = 'session.';

function valid(scope: Scope, vm: Vm, now: number): Session[] {
  return Object.entries(vm.notes ?? {})
    .filter(([key]) => key.startsWith(PREFIX))
    .flatMap(([key, text]): Session[] => {
      const session = readNote('ConsoleSession', text, warnOf(scope, `VM ${vm.id}`, key));
      if (!session) return [];
      const home = session.domain ?? (session.user?.id === undefined ? undefined : domainOf(scope));
      const { user } = session;
      return [
        {
          ...session,
          ...(user?.name !== undefined &&
            scope.engine !== '3.6' && { user: { ...user, name: userNameOf(scope, user.name) } }),
          ...(home && { domain: home }),
          id: key.slice(PREFIX.length),
          vm: { id: vm.id },
        },
      ];
    })
    .filter(({ validUntil }) => validUntil !== undefined && Date.parse(validUntil) > now);
}

/** One call. */
export const list = async (scope: Scope, vmId: string): Promise<Session[]> =>
  valid(scope, await scope.session.vms.get(vmId), Date.now());

/** One call. Throws `not-found`. */
export async function get(scope: Scope, vmId: string, id: string): Promise<Session> {
  const found = (await list(scope, vmId)).find((session) => session.id === id);
  if (!found) throw new Fault('not-found', { what: 'Session', id });
  return found;
}
