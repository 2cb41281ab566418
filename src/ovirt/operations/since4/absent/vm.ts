import { absent, refusals } from '../../../declare/absent.js';
import type { Operation } from '../../../declare/operation.js';
import { FILTERS, BACKUP, mediated, nic, vm } from './parts.js';

export const ofVm: readonly Operation[] = [
  ...absent(
    '/vms/{vm:id}',
    [
      {
        name: 'backups',
        key: 'backup',
        entity: 'backup',
        document: 'backups',
        why: BACKUP,
        verbs: ['add'],
        actions: ['finalize'],
        below: [{ name: 'disks', key: 'disk', entity: 'disk', document: 'disks', why: BACKUP }],
      },
      {
        name: 'checkpoints',
        key: 'checkpoint',
        entity: 'checkpoint',
        document: 'checkpoints',
        why: BACKUP,
        verbs: ['remove'],
        below: [{ name: 'disks', key: 'disk', entity: 'disk', document: 'disks', why: BACKUP }],
      },
      mediated,
    ],
    vm,
  ),
  ...absent(
    '/vms/{vm:id}/nics/{nic:id}',
    [
      {
        name: 'networkfilterparameters',
        key: 'networkfilterparameter',
        entity: 'network filter parameter',
        document: 'network_filter_parameters',
        why: FILTERS,
        verbs: ['add', 'update', 'remove'],
      },
    ],
    nic,
  ),
  ...refusals('VM', 'action', '{hypervisor} places virtual processors by itself.', [
    'autopincpuandnumanodes /vms/{vm:id}',
  ]),
  ...refusals('VM', 'action', '{cloud} can only restart a VM through its guest: use reboot, or stop and start.', []),
  ...refusals('VM', 'action', '{cloud} has no screenshots of consoles.', ['screenshot /vms/{vm:id}']),
];
