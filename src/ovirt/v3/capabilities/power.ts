import type { CustomProperty } from '../../../generated/ovirt/v3/types.js';

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
