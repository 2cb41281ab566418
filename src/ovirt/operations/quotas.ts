import { inDataCenter, quotaOf } from '../../services/inventory/datacenters.js';
import { absent, type Absent, refusals } from '../declare/absent.js';
import type { Call, Operation } from '../declare/operation.js';
import { idIn, inOwnDataCenter, untilVersion3 } from './shared.js';
import { Fault } from '../../model/index.js';
import { fixed } from './since4/fixed.js';

const LIMITS = "{cloud} limits the instances, processors and memory of a project, which oVirt's quotas cannot express.";
const OWNER = '/datacenters/{datacenter:id}';
const ITEM = `${OWNER}/quotas/{quota:name}`;

async function quota(call: Call): Promise<void> {
  await inOwnDataCenter(call);
  const id = idIn(call, 'quota');
  if (id !== quotaOf(call.scope).id) throw new Fault('not-found', { what: 'Quota', id });
}

const limits = (name: string): Absent => ({
  name,
  key: name.slice(0, -1),
  entity: 'quota limit',
  verbs: ['add', 'remove'],
  why: LIMITS,
});
const permissions: Absent = {
  name: 'permissions',
  key: 'permission',
  entity: 'permission',
  document: 'permissions',
  verbs: ['add', 'remove'],
  why: LIMITS,
};

/**
 * Every data center has a quota `Default`, which limits nothing (docs/reference/v4-wire.md, section 8); engines of
 * version 3 made one, too.
 */
export const quotaOperations: readonly Operation[] = [
  ...fixed({
    owner: OWNER,
    look: inOwnDataCenter,
    name: 'quotas',
    key: 'quota',
    element: 'quota',
    list: 'quotas',
    entity: 'quota',
    how: `One, Default, without limits: ${LIMITS}`,
    items: ({ scope, base }) => {
      const { id } = inDataCenter(scope);
      return [
        {
          ...quotaOf(scope),
          description: 'Default unlimited quota',
          cluster_hard_limit_pct: 20,
          cluster_soft_limit_pct: 80,
          storage_hard_limit_pct: 20,
          storage_soft_limit_pct: 80,
          data_center: { href: `${base}/datacenters/${id}`, id },
        },
      ];
    },
  }),
  ...refusals('quota', 'quota', LIMITS, [`add ${OWNER}/quotas`, `update ${ITEM}`, `remove ${ITEM}`]),
  ...absent(ITEM, [permissions], quota),
  // The schema of version 3 has no documents of limits: what there is of them is refused
  ...untilVersion3(absent(ITEM, [limits('quotaclusterlimits'), limits('quotastoragelimits')], quota)),
  ...absent(
    ITEM,
    [
      { ...limits('quotaclusterlimits'), document: 'quota_cluster_limits' },
      { ...limits('quotastoragelimits'), document: 'quota_storage_limits' },
    ],
    quota,
  ).map((operation) => ({ ...operation, since: '4.0' as const })),
];
