import { propertyOf, type Vm, type VmInput } from '../../model/index.js';
import type { Scope } from '../context.js';

/** A VM has the architecture of the hosts that it runs on: another one is reported. */
export function reportArchitecture(scope: Scope, { architecture }: VmInput, vm: Pick<Vm, 'architecture'>): void {
  if (architecture !== undefined && vm.architecture !== undefined && architecture !== vm.architecture)
    scope.report(propertyOf('Vm', 'architecture'), 'a VM has the architecture of its host');
}
