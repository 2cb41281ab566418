import { absent } from '../../declare/absent.js';
import type { Operation } from '../../declare/operation.js';
import { fixed } from './fixed.js';
import { serverCpus } from '../../search/server-cpus.js';

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
    items: ({ scope }) => [
      {
        id: '4.7',
        cpu_types: {
          cpu_type: serverCpus(scope.session.architectures).map(({ name, level, architecture }) => ({
            name,
            level,
            architecture,
          })),
        },
        permits: { permit: PERMITS },
      },
    ],
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
