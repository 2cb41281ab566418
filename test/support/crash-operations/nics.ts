import * as nics from '../../../src/services/nics/index.js';
import { id } from '../fake-world.js';
import { VM, NIC, NOVA_NIC, SPARE_NIC, type Operation, portNamed, portOf } from './world.js';

/** Operations on NICs. */
export const nicOperations: readonly Operation[] = [
  {
    name: 'add a NIC',
    run: (scope) => nics.add(scope, VM, { name: 'new', network: { name: 'VLAN200' } }),
    done: (made) => portNamed(made, 'new')[0]?.attachedTo === VM,
    untouched: (made) => portNamed(made, 'new').length === 0,
  },
  {
    name: 'delete a NIC',
    run: (scope) => nics.remove(scope, VM, NIC),
    done: (made) => !made.ports.has(NIC),
    untouched: (made) => made.ports.get(NIC)?.attachedTo === VM,
  },
  {
    name: "delete a NIC of Nova's",
    run: (scope) => nics.remove(scope, VM, NOVA_NIC),
    done: (made) => portOf(made, NOVA_NIC) === undefined,
    untouched: (made) => made.ports.get(NOVA_NIC)?.attachedTo === VM,
  },
  {
    name: 'unplug a NIC',
    run: (scope) => nics.deactivate(scope, VM, NIC),
    done: (made) => made.ports.get(NIC)?.attachedTo === undefined,
    untouched: (made) => made.ports.get(NIC)?.attachedTo === VM,
  },
  {
    name: "unplug a NIC of Nova's",
    run: (scope) => nics.deactivate(scope, VM, NOVA_NIC),
    done: (made) =>
      !made.ports.has(NOVA_NIC) &&
      portOf(made, NOVA_NIC)?.attachedTo === undefined &&
      portOf(made, NOVA_NIC)?.mac === 'fa:16:3e:00:00:11',
    untouched: (made) => made.ports.get(NOVA_NIC)?.attachedTo === VM,
  },
  {
    name: "unplug a NIC on somebody's port",
    given: (made) => {
      made.addPort({ id: NIC, name: 'theirs', attachedTo: VM, notes: {} });
    },
    run: (scope) => nics.deactivate(scope, VM, NIC),
    done: (made) => made.ports.has(NIC) && made.ports.get(NIC)?.attachedTo === undefined,
    untouched: (made) => made.ports.get(NIC)?.attachedTo === VM,
  },
  {
    name: 'plug a NIC',
    run: (scope) => nics.activate(scope, VM, SPARE_NIC),
    done: (made) => made.ports.get(SPARE_NIC)?.attachedTo === VM,
    untouched: (made) => made.ports.get(SPARE_NIC)?.attachedTo === undefined,
  },
  ...(
    [
      ['own', NIC],
      ["Nova's", NOVA_NIC],
    ] as const
  ).map(([whose, nicId]): Operation => ({
    name: `move a plugged NIC (${whose}) to another network`,
    run: (scope) => nics.update(scope, VM, nicId, { network: { name: 'VLAN200' } }),
    done: (made) =>
      portOf(made, nicId)?.network?.id === id('network', 2) &&
      portOf(made, nicId)?.attachedTo === VM &&
      !made.ports.has(nicId),
    untouched: (made) => made.ports.get(nicId)?.attachedTo === VM,
  })),
  {
    name: 'move an unplugged NIC to another network',
    run: (scope) => nics.update(scope, VM, SPARE_NIC, { network: { name: 'VLAN200' } }),
    done: (made) =>
      portOf(made, SPARE_NIC)?.network?.id === id('network', 2) &&
      portOf(made, SPARE_NIC)?.attachedTo === undefined &&
      !made.ports.has(SPARE_NIC),
    untouched: (made) => made.ports.has(SPARE_NIC),
  },
];
