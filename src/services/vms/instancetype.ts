import type { InstanceType, Ref, Vm, VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';
import { isAble } from '../fitting.js';
import { resolve } from '../references.js';

/** The note of a VM's instance type: the cloud has only its size. */
export const INSTANCE_TYPE = 'instance_type';

type Size = Pick<Vm, 'memoryBytes' | 'sockets' | 'cores' | 'threads'>;
const KEYS = ['memoryBytes', 'sockets', 'cores', 'threads'] as const;

const isGiven = (ref: Ref | undefined): ref is Ref => (ref?.id ?? ref?.name) !== undefined;

/** Throws `not-found.reference`. Undefined when the document names none. */
export async function resolveInstanceType(scope: Scope, ref: Ref | undefined): Promise<InstanceType | undefined> {
  return isGiven(ref) ? resolve('InstanceType', ref, await scope.session.inventory.instanceTypes()) : undefined;
}

/** Memory and processors of the instance type. */
export const sizeOfType = (type: InstanceType | undefined): Size =>
  Object.fromEntries(KEYS.flatMap((key) => (type?.[key] === undefined ? [] : [[key, type[key]]])));

/**
 * A change with the size of the instance type that it names, if that differs. Further sizes in the document win, unless
 * they are the VM's present ones: clients send whole documents back. An empty reference takes the VM's type from it.
 */
export async function withInstanceType(scope: Scope, now: Vm, input: VmInput): Promise<VmInput> {
  const { instanceType: ref, ...rest } = input;
  if (ref && !isGiven(ref) && now.instanceType) return { ...rest, instanceType: ref };
  if (!isGiven(ref) || (ref.id !== undefined && ref.id === now.instanceType?.id)) return rest;
  const type = await resolveInstanceType(scope, ref);
  const own = Object.fromEntries(KEYS.flatMap((key) => (rest[key] === now[key] ? [] : [[key, rest[key]]])));
  return {
    ...rest,
    ...sizeOfType(type),
    ...own,
    ...(type && isAble(scope, 'vm.notes.settings') && { instanceType: { id: type.id } }),
  };
}
