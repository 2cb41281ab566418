import { objectIn } from '../json.js';
import { bad, conflict, forbidden, unprocessable } from './refusals.js';
import { needed, number, text, type SimulatedCall } from './routes.js';
import type { Instance } from './types.js';
import type { World } from './world.js';

/**
 * A size that is asked for, within what the workspace allows (IBM's documents, "Creating a virtual server instance").
 */
export interface Size {
  readonly memory: number;
  readonly processors: number;
  readonly procType: string;
  readonly virtualCores: number;
}

export function sizeOf(call: SimulatedCall, world: World, now: Partial<Size> = {}): Size {
  const cores = objectIn(call.body, 'virtualCores')?.['assigned'];
  const mayChoose = world.settings.capabilities.includes('custom-virtualcores');
  if (cores !== undefined && !mayChoose)
    throw bad('virtualCores: the workspace has not the capability custom-virtualcores');
  const memory = number(call, 'memory') ?? needed(now.memory, 'memory');
  const processors = number(call, 'processors') ?? needed(now.processors, 'processors');
  const procType = text(call, 'procType') ?? needed(now.procType, 'procType');
  const least = Math.max(1, Math.ceil(processors));
  const kept = mayChoose && now.virtualCores !== undefined ? Math.max(now.virtualCores, least) : least;
  const virtualCores = typeof cores === 'number' ? cores : kept;
  if (memory < 2) throw bad(`memory ${memory} is less than 2 GiB`);
  const step = procType === 'dedicated' ? 1 : world.isOnPremises ? 0.05 : 0.25;
  if (Math.abs(processors / step - Math.round(processors / step)) > 1e-6)
    throw bad(`processors ${processors} is no multiple of ${step}`);
  if (processors > virtualCores && procType !== 'dedicated')
    throw bad(`virtual cores ${virtualCores} are fewer than processors ${processors}`);
  return { memory, processors, procType, virtualCores };
}

export function checkLimits(world: World, { memory, processors }: Size): void {
  const all = [...world.instances.values()];
  const { limits } = world.settings;
  if (all.length >= limits.instances) throw forbidden(`quota exceeded: ${limits.instances} instances are allowed`);
  if (all.reduce((sum, one) => sum + one.memory, memory) > limits.memory)
    throw forbidden(`quota exceeded: ${limits.memory} GiB of memory are allowed`);
  if (all.reduce((sum, one) => sum + one.processors, processors) > limits.procUnits)
    throw forbidden(`quota exceeded: ${limits.procUnits} processor units are allowed`);
}

/** What a running instance may become (IBM's documents, "Modifying a virtual server instance"). */
export function checkBounds(one: Instance, { memory, processors, procType }: Size): void {
  if (procType !== one.procType)
    throw conflict(`pvm-instance ${one.pvmInstanceID} must be SHUTOFF for another procType`);
  if (memory > one.maxmem || memory < one.minmem)
    throw unprocessable(`memory ${memory} exceeds the range ${one.minmem} to ${one.maxmem} of a running pvm-instance`);
  if (processors > one.maxproc || processors < one.minproc)
    throw unprocessable(
      `processors ${processors} exceed the range ${one.minproc} to ${one.maxproc} of a running pvm-instance`,
    );
}
