import * as nics from '../../../src/services/nics/index.js';
import { id } from '../fake-world.js';
import { VM, NIC, NOVA_NIC, SPARE_NIC, type Operation, portNamed, portOf } from './world.js';

/** Operations on NICs. */
export const nicOperations: readonly Operation[] = [
  {
    name: 'add a NIC',
    run: (scope) => nics.add(scope, VM, { name: 'new', network: { name: 'VLAN200' } }),
    done: (created) => portNamed(created, 'new')[0]?.attachedTo === VM,
    untouched: (created) => portNamed(created, 'new').length === 0,
  },
  {
    name: 'delete a NIC',
    run: (scope) => nics.remove(scope, VM, NIC),
    done: (created) => !created.ports.has(NIC),
    untouched: (created) => created.ports.get(NIC)?.attachedTo === VM,
  },
  {
    name: "delete a NIC of Nova's",
    run: (scope) => nics.remove(scope, VM, NOVA_NIC),
    done: (created) => portOf(created, NOVA_NIC) === undefined,
    untouched: (created) => created.ports.get(NOVA_NIC)?.attachedTo === VM,
  },
  {
    name: 'unplug a NIC',
    run: (scope) => nics.deactivate(scope, VM, NIC),
    done: (created) => created.ports.get(NIC)?.attachedTo === undefined,
    untouched: (created) => created.ports.get(NIC)?.attachedTo === VM,
  },
  {
    name: "unplug a NIC of Nova's",
    run: (scope) => nics.deactivate(scope, VM, NOVA_NIC),
    done: (created) =>
      !created.ports.has(NOVA_NIC) &&
      portOf(created, NOVA_NIC)?.attachedTo === undefined &&
      portOf(created, NOVA_NIC)?.mac === 'fa:16:3e:00:00:11',
    untouched: (created) => created.ports.get(NOVA_NIC)?.attachedTo === VM,
  },
  {
    name: "unplug a NIC on somebody's port",
    given: (created) => {
      created.addPort({ id: NIC, name: 'theirs', attachedTo: VM, notes: {} });
    },
    run: (scope) => nics.deactivate(scope, VM, NIC),
    done: (created) => created.ports.has(NIC) && created.ports.get(NIC)?.attachedTo === undefined,
    untouched: (created) => created.ports.get(NIC)?.attachedTo === VM,
  },
  {
    name: 'plug a NIC',
    run: (scope) => nics.activate(scope, VM, SPARE_NIC),
    done: (created) => created.ports.get(SPARE_NIC)?.attachedTo === VM,
    untouched: (created) => created.ports.get(SPARE_NIC)?.attachedTo === undefined,
  },
  ...(
    [
      ['own', NIC],
      ["Nova's", NOVA_NIC],
    ] as const
  ).map(([whose, nicId]): Operation => ({
    name: `move a plugged NIC (${whose}) to another network`,
    run: (scope) => nics.update(scope, VM, nicId, { network: { name: 'VLAN200' } }),
    done: (created) =>
      portOf(created, nicId)?.network?.id === id('network', 2) &&
      portOf(created, nicId)?.attachedTo === VM &&
      !created.ports.has(nicId),
    untouched: (created) => created.ports.get(nicId)?.attachedTo === VM,
  })),
  {
    name: 'move an unplugged NIC to another network',
    run: (scope) => nics.update(scope, VM, SPARE_NIC, { network: { name: 'VLAN200' } }),
    done: (created) =>
      portOf(created, SPARE_NIC)?.network?.id === id('network', 2) &&
      portOf(created, SPARE_NIC)?.attachedTo === undefined &&
      !created.ports.has(SPARE_NIC),
    untouched: (created) => created.ports.has(SPARE_NIC),
  },
];
