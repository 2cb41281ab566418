import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FakeWorld } from '../../test/support/fake-world.js';
import { scopeOn } from '../../test/support/scope.js';
import { isFault, type Vm, type VmInput } from '../model/index.js';
import type { Engine } from './context.js';
import type { Rule } from './cannot.js';
import { may } from './rules.js';

/** The engines' own table (docs/reference/engine-states.md), cell by cell, against the rules. */
const columns: Readonly<Record<string, Rule>> = {
  start: 'vm.start',
  'start run-once': 'vm.start.once',
  shutdown: 'vm.shutdown',
  stop: 'vm.stop',
  reboot: 'vm.reboot',
  reset: 'vm.reset',
  suspend: 'vm.suspend',
  migrate: 'vm.migrate',
  cancelmigration: 'vm.cancelmigration',
  remove: 'vm.remove',
  export: 'vm.export',
  move: 'vm.move',
  clone: 'vm.clone',
  'template from it': 'template.add',
  snapshot: 'snapshot.add',
  'restore snapshots': 'snapshot.restore',
  'change cd': 'cdrom.change',
  'nic add': 'nic.add',
  'nic update': 'nic.update',
  'nic remove': 'nic.remove.plugged',
  'extend disk': 'disk.extend.plugged',
};

interface Cell {
  readonly engine: Engine;
  readonly rule: Rule;
  readonly status: string;
  readonly allowed: boolean;
}

function cells(): Cell[] {
  const text = readFileSync(new URL('../../docs/reference/engine-states.md', import.meta.url), 'utf8');
  return text
    .split(/^### engine /m)
    .slice(1)
    .flatMap((part) => {
      const engine = part.slice(0, 3) as Engine;
      const [head = [], , ...rows] = part
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) =>
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        );
      return rows.flatMap(([status = '', ...values]) =>
        values.map((value, index): Cell => ({
          engine,
          rule: columns[head[index + 1]!]!,
          status,
          allowed: value === '',
        })),
      );
    });
}

/** `unable`: an engine can, and no cloud does. */
function verdict({ engine, rule, status }: Omit<Cell, 'allowed'>): 'allowed' | 'refused' | 'unable' {
  const scope = { ...scopeOn(new FakeWorld()), engine };
  try {
    may(scope, rule, { id: 'vm', name: 'vm1', status: status as Vm['status'] });
    return 'allowed';
  } catch (error) {
    if (!isFault(error)) throw error;
    expect(error.status).toBe(409);
    return error.code === 'unsupported' ? 'unable' : 'refused';
  }
}

/** Where the rules are not the table, and why (docs/reference/engine-preconditions.md, by command). */
const otherwise: readonly {
  readonly engine?: Engine;
  readonly rule: Rule;
  readonly in?: string;
  readonly why: string;
}[] = [
  { rule: 'vm.stop', in: 'down', why: 'StopVm 1: nothing is done, 200' },
  { rule: 'vm.shutdown', in: 'down', why: 'ShutdownVm 1: nothing is done, 200' },
  { engine: '3.6', rule: 'vm.reset', why: 'ResetVm is of 4.5' },
  { engine: '4.5', rule: 'vm.reset', in: 'suspended', why: 'ResetVm: a suspended VM does not run' },
  { engine: '3.6', rule: 'vm.reboot', in: 'powering_up', why: 'RebootVm 2: 3.6 wants it Up' },
  { engine: '3.6', rule: 'vm.migrate', in: 'wait_for_launch', why: 'MigrateVm 5' },
  { rule: 'vm.remove', in: 'unassigned', why: 'RemoveVm 6' },
  { rule: 'vm.remove', in: 'unknown', why: 'a cloud shows so a VM in error, which nobody could get rid of' },
  { rule: 'snapshot.restore', why: 'TryBack: the VM has to be down' },
  { rule: 'snapshot.add', in: 'saving_state', why: 'CreateSnapshot 3' },
  { rule: 'snapshot.add', in: 'restoring_state', why: 'CreateSnapshot 3' },
  { rule: 'nic.add', in: 'image_locked', why: 'Nics 2: Up, Down or Image-Locked' },
  { rule: 'nic.update', in: 'image_locked', why: 'Nics 2' },
  { rule: 'nic.remove.plugged', in: 'image_locked', why: 'Nics, remove' },
  { rule: 'nic.remove.plugged', in: 'up', why: 'Nics, remove: plugged to a running VM; unplugged it goes' },
  { engine: '4.5', rule: 'vm.move', why: 'MoveVm is of 3.6' },
  { engine: '4.5', rule: 'vm.clone', in: 'migrating', why: 'section 1: MigrateVm has the lock' },
  ...['wait_for_launch', 'powering_up', 'up', 'reboot_in_progress', 'powering_down', 'paused'].map((status) => ({
    engine: '4.5' as const,
    rule: 'vm.clone' as const,
    in: status,
    why: 'no cloud copies a VM that runs: refused by name',
  })),
];

describe('the rules', () => {
  it('are the table of the engines, but for what their commands check otherwise', () => {
    const wrong = cells()
      .filter((cell) => (verdict(cell) === 'allowed') !== cell.allowed)
      .filter(
        ({ engine, rule, status }) =>
          !otherwise.some(
            (one) =>
              one.rule === rule && (one.engine ?? engine) === engine && (one.in === undefined || one.in === status),
          ),
      )
      .map(({ engine, rule, status }) => `${engine} ${rule} ${status}`);
    expect(cells()).toHaveLength(16 * 21 * 2);
    expect(wrong).toEqual([]);
    for (const { rule, in: status, why, engine } of otherwise) {
      const differs = cells().some(
        (cell) =>
          cell.rule === rule &&
          (engine ?? cell.engine) === cell.engine &&
          (status ?? cell.status) === cell.status &&
          (verdict(cell) === 'allowed') !== cell.allowed,
      );
      expect(differs, `${rule} ${status ?? ''}: ${why}`).toBe(true);
    }
  });

  const said = (engine: Engine, rule: Rule, vm: VmInput, force = false): string => {
    try {
      may({ ...scopeOn(new FakeWorld()), engine }, rule, { name: 'vm1', status: 'down', ...vm, id: 'vm' } as Vm, {
        force,
      });
      return 'allowed';
    } catch (error) {
      return isFault(error) ? `${error.status} ${error.retry} ${error.detail}` : String(error);
    }
  };
  const create = { status: 'wait_for_launch', notes: { pending: 'create' } } as const;
  const clone = { status: 'down', notes: { task: '{"kind":"clone","vm":"vm","name":"x","at":1}' } } as const;

  it.each<[Engine, Rule, VmInput, string]>([
    ['3.6', 'vm.start', { status: 'up' }, '409 never [Cannot run VM because the VM is in Up status.]'],
    ['3.6', 'vm.start', { status: 'migrating' }, '409 later [Cannot run VM. VM vm1 is being migrated.]'],
    ['3.6', 'vm.start', create, '409 later [Cannot run VM: VM is locked. Please try again in a few minutes.]'],
    [
      '3.6',
      'vm.start',
      { status: 'reboot_in_progress' },
      '409 later [Cannot run VM because the VM is in Reboot in Progress status.]',
    ],
    ['3.6', 'vm.start', clone, '409 later [Cannot run VM. VM is being cloned.]'],
    ['3.6', 'vm.remove', clone, '409 later [Cannot remove VM. VM is being cloned.]'],
    ['3.6', 'vm.remove', { status: 'paused' }, '409 never [Cannot remove VM. VM is running.]'],
    [
      '3.6',
      'vm.remove',
      { status: 'suspended' },
      '409 never [Cannot remove VM that its state is not down.\n-Please stop the VM first.]',
    ],
    [
      '3.6',
      'vm.remove',
      { status: 'down', notes: { pending: 'remove' } },
      '409 later [Cannot remove VM. Related operation is currently in progress. Please try again later.]',
    ],
    [
      '3.6',
      'vm.stop',
      { status: 'saving_state' },
      '409 later [Cannot stop VM. VM is in saving/restoring state.\n-Please try again when the VM is either up or down.]',
    ],
    ['3.6', 'vm.stop', create, '409 later [Cannot stop VM. VM is not running.]'],
    ['3.6', 'disk.add', create, 'allowed'],
    [
      '3.6',
      'disk.add',
      { status: 'image_locked' },
      '409 later [Cannot add Virtual Machine Disk: VM is locked. Please try again in a few minutes.]',
    ],
    [
      '4.5',
      'disk.add',
      { status: 'image_locked' },
      '409 later [Cannot add Virtual Disk: VM is locked. Please try again in a few minutes.]',
    ],
    [
      '3.6',
      'disk.remove.plugged',
      { status: 'up' },
      '409 never [Cannot remove Virtual Machine Disk. At least one of the VMs is not down.]',
    ],
    [
      '3.6',
      'disk.attach',
      { status: 'powering_down' },
      '409 later [Cannot attach Virtual Machine Disk because the VM is in Powering Down status.]',
    ],
    ['3.6', 'nic.add', create, 'allowed'],
    [
      '3.6',
      'nic.add',
      { status: 'paused' },
      '409 never [Cannot add a Network Interface when VM is not Down, Up or Image-Locked.]',
    ],
    [
      '4.5',
      'nic.activate',
      { status: 'reboot_in_progress' },
      '409 later [Cannot activate Interface because the VM is in RebootInProgress status.]',
    ],
    ['3.6', 'cdrom.eject', { status: 'down' }, '409 never [Cannot Eject CD VM because the VM is in Down status.]'],
    [
      '3.6',
      'snapshot.remove',
      { status: 'suspended' },
      '409 never [Cannot remove Snapshot. VM vm1 must be in status Down, Up or Paused.]',
    ],
    [
      '3.6',
      'vm.clone',
      { status: 'suspended' },
      '409 never [Cannot add VM. A VM in Suspended status is not supported by PowerVC: it is possible only when the VM is down.]',
    ],
  ])('%s: %s of %j', (engine, rule, vm, text) => {
    expect(said(engine, rule, vm)).toBe(text);
  });
  it('let a locked VM be removed with force, and none that runs', () => {
    expect(said('3.6', 'vm.remove', { status: 'image_locked' }, true)).toBe('allowed');
    expect(said('3.6', 'vm.remove', { status: 'up' }, true)).toBe('409 never [Cannot remove VM. VM is running.]');
  });
});
