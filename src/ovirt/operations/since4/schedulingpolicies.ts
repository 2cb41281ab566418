import { refusals, type Absent } from '../../declare/absent.js';
import type { Operation } from '../../declare/operation.js';
import { SCHEDULER } from '../unknown.js';
import { fixed } from './fixed.js';

/** Of the policy `none` in every engine; clusters refer to it (schemas/ovirt/v4/mapping/cluster.json). */
const NO_POLICY = 'b4ed2332-a7ac-4d5f-9596-99a439cb2812';

const units = (name: string, key: string): Absent => ({
  name,
  key,
  entity: `scheduling ${key}`,
  document: name,
  verbs: ['add', 'remove'],
  why: SCHEDULER,
});

/**
 * The policy of every cluster: none of an engine's. Version 3 named it in the cluster, version 4 refers to it
 * (docs/reference/v3-v4-differences.md, B, Cluster), and Ansible's ovirt_cluster follows that.
 */
export const schedulingPolicyOperations: readonly Operation[] = [
  ...fixed({
    name: 'schedulingpolicies',
    key: 'schedulingpolicy',
    element: 'scheduling_policy',
    list: 'scheduling_policies',
    entity: 'scheduling policy',
    how: "{cloud}'s own scheduler decides: the policy is an engine's `none`.",
    below: [units('balances', 'balance'), units('filters', 'filter'), units('weights', 'weight')],
    items: () => [{ id: NO_POLICY, name: 'none', description: '', default_policy: false, locked: true }],
  }),
  ...refusals('scheduling policy', 'scheduling_policy', SCHEDULER, [
    'add /schedulingpolicies',
    'update /schedulingpolicies/{schedulingpolicy:name}',
    'remove /schedulingpolicies/{schedulingpolicy:name}',
  ]),
];
