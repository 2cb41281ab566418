import { Fault, isFault, type FaultCode } from '../../model/index.js';
import type { Scope } from '../../services/context.js';
import { cannot, type Rule } from '../../services/cannot.js';
import type { Operation } from './operation.js';

/** Operations, by title, for which engines' commands use other words. */
const commands: Readonly<Record<string, Rule>> = {
  'update VM': 'vm.update',
  'remove VM': 'vm.remove',
  'start VM': 'vm.start',
  'stop VM': 'vm.stop',
  'shutdown VM': 'vm.shutdown',
  'reboot VM': 'vm.reboot',
  'reset VM': 'vm.reset',
  'suspend VM': 'vm.suspend',
  'migrate VM': 'vm.migrate',
  'cancel migration of VM': 'vm.cancelmigration',
  'export VM': 'vm.export',
  'move VM': 'vm.move',
  'clone VM': 'vm.clone',
  'set ticket of VM': 'vm.ticket',
  'add template': 'template.add',
  'add snapshot': 'snapshot.add',
  'remove snapshot': 'snapshot.remove',
  'restore snapshot': 'snapshot.restore',
  'add disk': 'disk.add',
  'update disk': 'disk.edit.plugged',
  'remove disk': 'disk.remove.plugged',
  'activate disk': 'disk.activate',
  'deactivate disk': 'disk.deactivate',
  'move disk': 'disk.move.plugged',
  'activate NIC': 'nic.activate',
  'deactivate NIC': 'nic.deactivate',
  'remove NIC': 'nic.remove.plugged',
  'add NIC': 'nic.add',
  'update NIC': 'nic.update',
};

/** Faults whose text is the backend's alone. */
const raw: ReadonlySet<FaultCode> = new Set([
  'backend.refused',
  'backend.conflict',
  'backend.forbidden',
  'backend.quota',
  'backend.partial',
  'backend.failed',
  'backend.error',
]);

/**
 * Puts what the client requested before the cloud's message: engines' texts begin that way, and clients search for it.
 * A service's own text is never the whole fault.
 */
export function explained(error: unknown, operation: Operation, scope: Scope): unknown {
  if (!isFault(error) || !raw.has(error.code)) return error;
  const text = error.values['text']?.toString();
  const service = error.values['service']?.toString();
  // a service's own text may begin so, too
  if (text === undefined || (service === undefined && text.startsWith('Cannot '))) return error;
  const rule = commands[operation.title];
  const beginning = rule ? cannot(scope, rule) : `Cannot ${operation.title}`;
  const explanation = service === undefined ? text : `${service}: ${text}`;
  return new Fault(error.code, { ...error.values, text: `${beginning}. ${explanation}` }, { cause: error });
}
