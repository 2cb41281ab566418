import type { CPU, CustomProperty, VersionCaps } from '../../../generated/ovirt/v3/types.js';

/** Processors of Power, by the names and levels that engines give them (36: ServerCPUList of ppc64). */
export const cpus: readonly CPU[] = [
  { id: 'IBM POWER8', level: 1, architecture: 'PPC64' },
  { id: 'IBM POWER9', level: 2, architecture: 'PPC64' },
  { id: 'IBM POWER10', level: 3, architecture: 'PPC64' },
];

const BOOLEAN = '^(true|false)$';
const NUMBER = '^[0-9]+$';
const UNITS = '^[0-9]+(\\.[0-9]+)?$';

/**
 * A partition's custom properties are the extra specs of its flavor (docs/reference/power.md, 1.4); the allowed values
 * are described by a pattern, as engines do.
 */
export const customProperties: readonly CustomProperty[] = Object.entries({
  'powervm:availability_priority': NUMBER,
  'powervm:dedicated_proc': BOOLEAN,
  'powervm:enforce_affinity_check': BOOLEAN,
  'powervm:max_mem': NUMBER,
  'powervm:max_proc_units': UNITS,
  'powervm:max_vcpu': NUMBER,
  'powervm:min_affinity_score': '^(100|[1-9]?[0-9])$',
  'powervm:min_affinity_score_action': '^(warn|fail|none)$',
  'powervm:min_mem': NUMBER,
  'powervm:min_proc_units': UNITS,
  'powervm:min_vcpu': NUMBER,
  'powervm:ppt_ratio': '^1:[0-9]+$',
  'powervm:proc_units': UNITS,
  'powervm:processor_compatibility': '^.*$',
  'powervm:secure_boot': '^.*$',
  'powervm:shared_proc_pool_name': '^.*$',
  'powervm:shared_weight': NUMBER,
  'powervm:srr_capability': BOOLEAN,
  'powervm:storage_connectivity_group': '^.*$',
  'powervm:uncapped': BOOLEAN,
  'powervm:virtual_serial_number': '^.*$',
}).map(([name, regexp]) => ({ name, regexp }));

export const storageDomainTypes = ['data', 'iso', 'export'] as const;

/** Enumerations in which the gateway's possible answers differ from those of a 3.6 engine. */
export const supported = {
  architecture_capabilities: [{ name: 'ppc64', architectures: ['PPC64'] }],
} satisfies VersionCaps;
