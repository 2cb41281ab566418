import { operatingSystems } from '../generated/model/operating-systems.js';
import type { Architecture, OperatingSystemInfo } from '../model/index.js';

/** The operating systems that VMs of these architectures can have; `other` is one of every engine's. */
export function operatingSystemsOf(architectures: readonly Architecture[]): Required<OperatingSystemInfo>[] {
  return operatingSystems.systems
    .filter(({ name, architecture }) => name === 'other' || architectures.includes(architecture))
    .map(({ id, ...system }) => ({ id: String(id), ...system }));
}
