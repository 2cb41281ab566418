import { Fault, propertyOf, type Vm, type VmInput } from '../../model/index.js';
import { MIB } from '../../units.js';

type Verb = 'add' | 'edit';

const CANNOT = { add: 'Cannot add VM', edit: 'Cannot edit VM' } as const;

/** In the engine's order, with its words, which do not begin with "Cannot". */
const AT_LEAST_ONE = [
  ['cores', 'Minimum number of CPU per socket cannot be less than 1'],
  ['sockets', 'Minimum number of sockets cannot be less then 1'],
  ['threads', 'Minimum number of threads per CPU cannot be less than 1'],
] as const;

const MAX_PRIORITY = 100;

/**
 * Refuses a size that no VM can have, before any cloud is asked: one that waits for the next start would be lost then.
 * `now`: the size without the change. What the document only sends back is not refused: bounds follow the memory, and
 * the priority of a partition may be higher than an engine's.
 * Throws `refused`, `conflict` and `request.range` (docs/reference/engine-preconditions.md, AddVm 12, 22, 24 and 27).
 */
export function checkLimits(verb: Verb, now: Vm | VmInput, input: VmInput): void {
  const { memoryBytes, memoryGuaranteedBytes: least, memoryMaxBytes: most, priority } = input;
  // PowerVM's own default is 127, and clients send back the whole document
  if (priority !== undefined && priority !== now.priority && !(priority >= 0 && priority <= MAX_PRIORITY))
    throw new Fault('refused', {
      text: `VM priority value passed the permitted max value, value should be between 0 and ${MAX_PRIORITY}.`,
    });
  for (const [key, text] of AT_LEAST_ONE) if ((input[key] ?? 1) < 1) throw new Fault('conflict', { text });
  for (const [key, lowest] of [
    ['memoryBytes', 1],
    ['memoryGuaranteedBytes', 0],
    ['memoryMaxBytes', 1],
  ] as const) {
    const value = input[key];
    if (value !== undefined && value < lowest)
      throw new Fault('request.range', {
        value,
        attribute: propertyOf('Vm', key),
        least: lowest,
        most: Number.MAX_SAFE_INTEGER,
      });
  }
  const memory = memoryBytes ?? now.memoryBytes;
  if (memory === undefined) return;
  if (least !== undefined && least !== now.memoryGuaranteedBytes && least > memory)
    throw new Fault('refused', { text: `${CANNOT[verb]}. Physical Memory Guaranteed cannot exceed Memory Size.` });
  if (most !== undefined && most !== now.memoryMaxBytes && most < memory)
    throw new Fault('conflict', {
      text: `${CANNOT[verb]}. Memory size (${mib(memory)}MB) cannot exceed maximum memory size (${mib(most)}MB).`,
    });
}

const mib = (bytes: number): number => Math.floor(bytes / MIB);
