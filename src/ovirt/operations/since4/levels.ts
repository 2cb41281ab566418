import { absent } from '../../declare/absent.js';
import type { Operation } from '../../declare/operation.js';
import { fixed } from './fixed.js';

/** The processor types of an engine 4.5 (ServerCPUList) that are Power's, by their levels. */
const CPU_TYPES = [
  { name: 'IBM POWER8', level: 1, architecture: 'ppc64' },
  { name: 'IBM POWER9', level: 2, architecture: 'ppc64' },
];

/** The permits that a role can hold, with the numbers of engines (common/ActionGroup). */
const PERMITS = [
  { id: '1', name: 'create_vm', administrative: false },
  { id: '2', name: 'delete_vm', administrative: false },
  { id: '3', name: 'edit_vm_properties', administrative: false },
  { id: '1300', name: 'login', administrative: false },
];

const WHY = 'features of a cluster level exist only in an engine.';

/** docs/reference/v4-wire.md, section 8: what a compatibility version supports; Ansible and installers read it. */
export const levelOperations: readonly Operation[] = [
  ...fixed({
    name: 'clusterlevels',
    key: 'clusterlevel',
    element: 'cluster_level',
    list: 'cluster_levels',
    entity: 'cluster level',
    how: "The level of all clusters, with {hypervisor}'s processors.",
    items: () => [{ id: '4.7', cpu_types: { cpu_type: CPU_TYPES }, permits: { permit: PERMITS } }],
  }),
  ...absent('/clusterlevels/{clusterlevel:name}', [
    {
      name: 'clusterfeatures',
      key: 'clusterfeature',
      entity: 'cluster feature',
      document: 'cluster_features',
      why: WHY,
    },
  ]),
];
