import { propertyOf, type Nic } from '../../model/index.js';
import * as nics from '../../services/nics/index.js';
import { collection } from '../declare/collection.js';
import type { Call, Operation } from '../declare/operation.js';
import { declareResource } from '../declare/resource.js';

export const nicResource = declareResource<Nic>({
  entity: 'NIC',
  element: 'nic',
  list: 'nics',
  table: 'nic',
});

const at = collection('/vms/{vm:id}/nics', '{nic:id}', nicResource);
const look = ({ scope, ids }: Call<{ readonly vm: string; readonly nic: string }>): Promise<Nic> =>
  nics.get(scope, ids.vm, ids.nic);

/** RHEV-M REST guide, 15.6.2. */
export const nicOperations: readonly Operation[] = [
  at.list({
    summary: 'The network interfaces of a VM, including unplugged ones',
    how: 'Neutron ports that are attached to the VM or recorded in its metadata.',
    verb: ({ scope, ids }) => nics.list(scope, ids.vm),
  }),
  at.get({ summary: 'One network interface', how: 'A Neutron port.', verb: look }),
  at.add({
    summary: 'Add a network interface',
    how: 'A Neutron port, then attached to the server.',
    required: [{ field: 'name' }],
    faults: ['not-found.reference', 'duplicate-name', 'unsupported'],
    needsFor: [
      { capability: 'nic.mac', subject: propertyOf('Nic', 'mac'), when: ({ mac }) => mac !== undefined },
      { capability: 'nic.linked', subject: propertyOf('Nic', 'linked'), when: ({ linked }) => linked === false },
      {
        capability: 'nic.unplugged',
        subject: propertyOf('Nic', 'plugged'),
        when: (input) => input.plugged === false && !nics.isAddedBlank(input),
      },
    ],
    verb: ({ scope, ids }, input) => nics.add(scope, ids.vm, input),
  }),
  at.update({
    summary: 'Change the name, network, link state or plugged state',
    how: 'Neutron; another network means another port behind the same id.',
    faults: ['not-found.reference', 'conflict', 'unsupported'],
    verb: ({ scope, ids }, input) => nics.update(scope, ids.vm, ids.nic, input),
  }),
  at.remove({
    summary: 'Remove a network interface',
    how: 'The port is detached, then deleted.',
    faults: ['conflict.transition'],
    verb: ({ scope, ids }) => nics.remove(scope, ids.vm, ids.nic),
  }),
  ...at.action('activate', look, {
    summary: 'Plug a network interface',
    how: 'The port is attached.',
    needs: ['nic.unplugged'],
    verb: ({ scope, ids }) => nics.activate(scope, ids.vm, ids.nic),
  }),
  ...at.action('deactivate', look, {
    summary: 'Unplug a network interface; it stays listed',
    how: "The port is detached, and recorded in the VM's metadata.",
    support: 'emulated',
    needs: ['nic.unplugged'],
    verb: ({ scope, ids }) => nics.deactivate(scope, ids.vm, ids.nic),
  }),
];
