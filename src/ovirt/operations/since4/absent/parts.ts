import * as inventory from '../../../../services/inventory/inventory.js';
import * as nics from '../../../../services/nics/index.js';
import * as vms from '../../../../services/vms/index.js';
import type { Absent } from '../../../declare/absent.js';
import type { Call } from '../../../declare/operation.js';
import { idIn } from '../../shared.js';

export const FILTERS = "{cloud} filters by security groups, not by libvirt's network filters.";
export const FEATURES = 'features of a cluster exist only in an engine.';
export const GLUSTER = '{cloud} has no Gluster.';
const MEDIATED = '{cloud} has no mediated devices.';
export const BACKUP = '{cloud} does not report changed blocks, which incremental backups need.';
export const HOST = 'hosts are configured in {cloud}.';
export const NETWORKS = 'the networks of a host are configured in {cloud}.';
export const JOINS = 'a VM joins a collocation rule when it is deployed; hosts and labels cannot be members.';
export const VOLUME = '{cloud} has no such operation on a volume.';

export const networkLabels = (why: string): Absent => ({
  name: 'networklabels',
  key: 'networklabel',
  entity: 'network label',
  document: 'network_labels',
  why,
  verbs: ['add', 'remove'],
  id: 'name',
});
export const mediated: Absent = {
  name: 'mediateddevices',
  key: 'mediateddevice',
  entity: 'mediated device',
  document: 'vm_mediated_devices',
  why: MEDIATED,
  verbs: ['add', 'update', 'remove'],
};

export const nic = ({ scope, ...call }: Call) =>
  nics.get(scope, idIn({ scope, ...call }, 'vm'), idIn({ scope, ...call }, 'nic'));
export const host = (call: Call) => inventory.host(call.scope, idIn(call, 'host'));
export const vm = (call: Call) => vms.get(call.scope, idIn(call, 'vm'));
