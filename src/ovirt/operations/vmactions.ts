import { needed, propertyOf } from '../../model/index.js';
import * as consoles from '../../services/vms/consoles.js';
import { canTell } from '../../services/vms/exports.js';
import * as copies from '../../services/vms/copies.js';
import * as migrations from '../../services/vms/migrations.js';
import * as vms from '../../services/vms/index.js';
import { actionOf } from '../declare/action.js';
import type { Operation } from '../declare/operation.js';
import { refusedOperation } from '../declare/refusals.js';
import { assertComplete } from '../version/required.js';
import { runOnce } from './runonce.js';
import { lookAtVm as look, vmsAt as at } from './vms.js';

const STATES = ['conflict', 'conflict.transition'] as const;
const MAINTENANCE = [{ field: 'maintenanceEnabled' }];
const AGENT = 'there is no guest agent';
const PREVIEW =
  '{cloud} restores volumes permanently: whether a restore can be undone is not documented, ' +
  'so a preview could lose data';

const ref = (value: { readonly id?: string; readonly name?: string } | undefined) => ({
  ...(value?.id !== undefined && { id: value.id }),
  ...(value?.name !== undefined && { name: value.name }),
});

/** docs/reference/ovirt.md, section 10, in the order of engines. */
export const vmActionOperations: readonly Operation[] = [
  ...at.action('shutdown', look, {
    summary: 'Shut down the guest',
    how: 'Nova os-stop.',
    faults: STATES,
    prompt: true,
    verb: ({ scope, ids }) => vms.shutdown(scope, ids.vm),
  }),
  ...at.action('stop', look, {
    summary: 'Power off at once',
    how: 'Nova os-stop.',
    faults: STATES,
    prompt: true,
    verb: ({ scope, ids }) => vms.stop(scope, ids.vm),
  }),
  ...at.action('reboot', look, {
    summary: 'Restart the guest',
    how: 'Nova reboot, soft.',
    faults: STATES,
    prompt: true,
    verb: ({ scope, ids }) => vms.reboot(scope, ids.vm),
  }),
  ...at.action('reset', look, {
    summary: 'Restart the VM immediately',
    how: 'Nova reboot, hard.',
    since: '4.3',
    faults: STATES,
    prompt: true,
    verb: ({ scope, ids }) => vms.reset(scope, ids.vm),
  }),
  ...at.action('start', look, {
    summary: 'Start the VM; run once with another CD',
    faults: [...STATES, 'unsupported', 'not-found.reference'],
    prompt: true,
    fields: ['vm', 'pause', 'use_cloud_init', 'use_sysprep'],
    how:
      'Nova os-start; resume when it was suspended. Run once: the CD is inserted. On plain OpenStack, ' +
      'initialization is passed by a Nova rebuild to the guest of a VM that has never been started. ' +
      'Options that would change the VM are refused by name; others are reported.',
    verb: async (call, action) => vms.start(call.scope, call.ids.vm, await runOnce(call, action, () => look(call))),
  }),
  ...at.action('suspend', look, {
    summary: 'Suspend',
    how: 'Nova suspend, where the operator declares that {cloud} has it.',
    needs: ['vm.suspend'],
    background: true,
    faults: [...STATES, 'unsupported'],
    verb: ({ scope, ids }) => vms.suspend(scope, ids.vm),
  }),
  ...at.action('export', look, {
    summary: 'Export the VM as an image',
    how:
      'Nova createImage, of a VM that is down. The image is in Glance, whatever storage domain is named; ' +
      'it contains no snapshots.',
    needs: ['vm.capture'],
    background: true,
    faults: [...STATES, 'not-found.reference', 'unsupported'],
    fields: ['storage_domain', 'exclusive', 'discard_snapshots'],
    required: [{ field: 'storageDomain.id|name' }],
    verb(call, { storage_domain: domain, exclusive, discard_snapshots: discard }) {
      call.ignore([
        ...(exclusive === true && !canTell(call.scope)
          ? [{ path: 'action.exclusive', why: 'each image has its own id: none is replaced' }]
          : []),
        ...(discard === false ? [{ path: 'action.discard_snapshots', why: 'an image contains no snapshots' }] : []),
      ]);
      return copies.exportVm(call.scope, call.ids.vm, ref(domain), { exclusive: exclusive ?? false });
    },
  }),
  ...(['preview_snapshot', 'commit_snapshot', 'undo_snapshot'] as const).map((rel) => at.refused(rel, PREVIEW)),
  ...at.action('clone', look, {
    summary: 'Clone the VM and its disks under another name',
    how: '{cloud} clone-vm, of a VM that is down; the copy is powered off once it is built.',
    needs: ['vm.clone'],
    background: true,
    faults: [...STATES, 'duplicate-name', 'unsupported'],
    fields: ['vm'],
    required: [{ field: 'vm.name' }],
    verb(call, { vm = {} }) {
      const { name, id: _id, href: _href, ...others } = vm;
      call.ignore(
        Object.entries(others)
          .filter(([, value]) => value !== undefined)
          .map(([field]) => ({
            path: `action.vm.${field}`,
            why: 'a clone is identical to its original: change it afterwards',
          })),
      );
      return copies.clone(call.scope, call.ids.vm, needed(name, propertyOf('Vm', 'name'), 'clone'));
    },
  }),
  at.refused('reordermacaddresses', '{cloud} assigns the adapter numbers of a VM'),
  at.refused('detach', 'there are no VM pools'),
  ...at.action('migrate', look, {
    summary: 'Migrate a running VM to a given host, or to one that the cloud chooses',
    how: 'Nova os-migrateLive.',
    needs: ['vm.migrate'],
    prompt: true,
    faults: [...STATES, 'not-found.reference', 'backend.refused'],
    fields: ['host', 'force', 'cluster'],
    verb: (call, { host, force, cluster }) => {
      if (cluster)
        call.ignore([{ path: 'action.cluster', why: '{cloud} can only migrate a VM within its host group' }]);
      return migrations.migrate(call.scope, call.ids.vm, {
        ...(host && { host: ref(host) }),
        ...(force !== undefined && { force }),
      });
    },
  }),
  ...at.action('cancelmigration', look, {
    summary: 'Cancel a migration in progress',
    how: 'Nova DELETE migrations.',
    needsThen: ['vm.migrate.cancel'],
    faults: ['conflict', 'unsupported', 'backend.conflict'],
    async verb(call) {
      await migrations.assertMigrating(call.scope, call.ids.vm);
      call.require('vm.migrate.cancel', 'The action cancelmigration');
      await migrations.cancel(call.scope, call.ids.vm);
    },
  }),
  ...at.action('move', look, {
    summary: 'Move all disks of a VM that is down to another storage domain',
    how: 'Cinder os-retype of each volume; an interrupted move is completed when the VM is next read.',
    needs: ['disk.move'],
    background: true,
    faults: [...STATES, 'not-found.reference', 'interrupted'],
    fields: ['storage_domain'],
    required: [{ field: 'storageDomain.id|name' }],
    verb: ({ scope, ids }, { storage_domain: domain }) => copies.move(scope, ids.vm, ref(domain)),
  }),
  ...at.action('ticket', look, {
    summary: 'A ticket that opens the console',
    how: 'Nova remote-consoles, where the backend has consoles; recorded as a session. {cloud} documents none.',
    needs: ['vm.console'],
    faults: ['conflict', 'unsupported'],
    fields: ['ticket'],
    async verb({ scope, ids, ignore, exchange }, { ticket }) {
      if (ticket?.value !== undefined)
        ignore([{ path: 'action.ticket.value', why: 'the backend chooses the value of a ticket' }]);
      const { value, expirySeconds } = await consoles.ticket(scope, ids.vm, {
        ...(ticket?.expiry !== undefined && { expirySeconds: ticket.expiry }),
        address: exchange.address,
      });
      return { echo: { ticket: { value, expiry: expirySeconds } } };
    },
  }),
  at.refused('logon', AGENT),
  at.refused('freezefilesystems', AGENT),
  at.refused('thawfilesystems', AGENT),
  refusedOperation({
    kind: 'action',
    path: '/vms/{vm:id}/maintenance',
    entity: 'VM',
    subject: 'The action maintenance',
    why: 'the gateway is not a hosted engine',
    answers: 'action',
    required: MAINTENANCE,
    before: async (call) =>
      assertComplete(actionOf(call, ['maintenance_enabled']), 'Action', 'maintenance', MAINTENANCE),
  }),
];
