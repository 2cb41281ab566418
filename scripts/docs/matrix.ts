import type { Operation } from '../../src/ovirt/operation.js';
import { table } from './blocks.js';

/** `/vms/{vm:id}/disks` → `/vms/{vm}/disks`. */
const shownPath = (path: string): string => path.replace(/\{(\w+):\w+\}/g, '{$1}');

/** The support matrix: a row for each declared operation. */
export const supportMatrix = (operations: readonly Operation[]): string => table(
  ['operation', 'request', 'support', 'what', 'how'],
  operations.map(({ name, method, path, support, summary, how, since }) => [
    `\`${name}\``, `\`${method} ${shownPath(path) || '/'}\``, since === 'gateway' ? `${support} (ours)` : support, summary, how,
  ]),
);
