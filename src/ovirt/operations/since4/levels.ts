import { cpuTypes, engineTables } from '../../../services/engine.js';
import { allPermits } from '../../../services/access/permits.js';
import type { Operation } from '../../declare/operation.js';
import { fixed } from './fixed.js';

const WHY = 'features of a cluster level exist only in an engine.';

/** docs/reference/v4-wire.md, section 8: what a compatibility version supports; Ansible and installers read it. */
export const levelOperations: readonly Operation[] = [
  ...fixed({
    name: 'clusterlevels',
    key: 'clusterlevel',
    element: 'cluster_level',
    list: 'cluster_levels',
    entity: 'cluster level',
    how: "The levels of an engine, with {hypervisor}'s processors; clusters have the last one.",
    below: [
      {
        name: 'clusterfeatures',
        key: 'clusterfeature',
        entity: 'cluster feature',
        document: 'cluster_features',
        why: WHY,
      },
    ],
    items: ({ scope }) =>
      engineTables(scope.engine).levels.map((id) => ({
        id,
        cpu_types: {
          cpu_type: cpuTypes(scope).map(({ name, level, architecture }) => ({ name, level, architecture })),
        },
        // Ansible's ovirt_role reads those of 4.3
        permits: { permit: allPermits },
      })),
  }),
];
