import { uuidOf, type AffinityGroup, type InventoryPort } from '../../../model/index.js';
import type { ServerGroup } from '../../../generated/openstack/nova.js';
import type { Connection } from '../connection.js';

/** Nova has the soft policies since this version. */
const SOFT = 'compute 2.15';

const policyOf = (positive: boolean, enforcing: boolean) =>
  `${enforcing ? '' : 'soft-'}${positive ? '' : 'anti-'}affinity` as const;

/** Server groups: PowerVC's collocation rules (docs/reference/power.md, 1.4). */
export function createServerGroups(
  connection: Connection,
): Pick<InventoryPort, 'affinityGroups' | 'addAffinityGroup' | 'removeAffinityGroup'> {
  return {
    async affinityGroups() {
      return (
        await connection.call('nova.server-groups.list', { headers: { 'openstack-api-version': SOFT } })
      ).server_groups.map(groupOf);
    },
    async addAffinityGroup({ name, positive, enforcing }) {
      const body = { server_group: { name, policies: [policyOf(positive, enforcing)] } };
      return groupOf(
        (await connection.call('nova.server-groups.create', { headers: { 'openstack-api-version': SOFT }, body }))
          .server_group,
      );
    },
    async removeAffinityGroup(id) {
      await connection.call('nova.server-groups.delete', {
        params: { group: id },
        about: [{ what: 'AffinityGroup', id }],
      });
    },
  };
}

function groupOf({ id, name, policies, policy, members }: ServerGroup): AffinityGroup {
  const word = policy ?? policies?.[0] ?? '';
  return {
    id: uuidOf('affinitygroup', id),
    name,
    positive: !word.includes('anti-'),
    enforcing: !word.startsWith('soft-'),
    vmIds: members ?? [],
  };
}
