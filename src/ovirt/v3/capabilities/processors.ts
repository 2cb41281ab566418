import type { CPU, VersionCaps } from '../../../generated/ovirt/v3/types.js';
import type { Architecture } from '../../../model/index.js';

/** ServerCPUList of level 3.6 by architecture (36: packaging/dbscripts/upgrade/pre_upgrade/0000_config.sql). */
const CPUS = {
  x86_64: [
    [3, 'Intel Conroe Family'],
    [4, 'Intel Penryn Family'],
    [5, 'Intel Nehalem Family'],
    [6, 'Intel Westmere Family'],
    [7, 'Intel SandyBridge Family'],
    [8, 'Intel Haswell-noTSX Family'],
    [9, 'Intel Haswell Family'],
    [10, 'Intel Broadwell-noTSX Family'],
    [11, 'Intel Broadwell Family'],
    [2, 'AMD Opteron G1'],
    [3, 'AMD Opteron G2'],
    [4, 'AMD Opteron G3'],
    [5, 'AMD Opteron G4'],
    [6, 'AMD Opteron G5'],
  ],
  ppc64: [[3, 'IBM POWER8']],
} as const satisfies Partial<Record<Architecture, readonly (readonly [level: number, id: string])[]>>;

const NAMES = { x86_64: 'X86_64', ppc64: 'PPC64' } as const;

/** What an engine can do with VMs on each architecture; a 3.6 engine knows two. */
const FEATURES = ['migration', 'memory snapshot', 'suspend'] as const;

/** What version 3 says of the cloud's processors. */
export function processorsOf(
  architectures: readonly Architecture[],
): Pick<VersionCaps, 'cpus' | 'architecture_capabilities'> {
  const known = architectures.filter((one) => one === 'x86_64' || one === 'ppc64');
  return {
    cpus: known.flatMap((architecture) =>
      CPUS[architecture].map(([level, id]): CPU => ({ id, level, architecture: NAMES[architecture] })),
    ),
    architecture_capabilities: FEATURES.map((name) => ({ name, architectures: known })),
  };
}
