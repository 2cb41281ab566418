import { Fault, type GraphicsConsole, type ReportedDevice } from '../../model/index.js';
import * as consoles from '../../services/vms/consoles.js';
import * as devices from '../../services/vms/reporteddevices.js';
import { collection } from '../declare/collection.js';
import { actionOperations } from '../declare/action-operations.js';
import { declare } from '../declare/declare.js';
import type { Call, Operation } from '../declare/operation.js';
import { refusedOperation } from '../declare/refusals.js';
import { documentReply } from '../http/reply.js';
import { declareResource } from '../declare/resource.js';
import { asksViewerFile, noViewerFile } from './viewerfile.js';
import { lookAtVm } from './vms.js';

/** A guest and its devices: docs/reference/ovirt.md, section 11. PowerVC has no guest agent. */
const reportedDevice = declareResource<ReportedDevice>({
  entity: 'reported device',
  element: 'reported_device',
  list: 'reported_devices',
  table: 'reportedDevice',
});
const ofVm = collection('/vms/{vm:id}/reporteddevices', '{reporteddevice:id}', reportedDevice);
const ofNic = collection('/vms/{vm:id}/nics/{nic:id}/reporteddevices', '{reporteddevice:id}', reportedDevice);
const ADDRESSES = 'The addresses that Neutron assigned to the ports; what the guest configures is not known.';

export const reportedDeviceOperations: readonly Operation[] = [
  ofVm.list({
    summary: 'The network devices of a VM with their addresses',
    how: ADDRESSES,
    verb: ({ scope, ids }) => devices.list(scope, ids.vm),
  }),
  ofVm.get({
    summary: 'One network device of a VM',
    how: ADDRESSES,
    verb: async ({ scope, ids }) => devices.pick(await devices.list(scope, ids.vm), ids.reporteddevice),
  }),
  ofNic.list({
    summary: 'The device of a network interface',
    how: ADDRESSES,
    verb: ({ scope, ids }) => devices.ofNic(scope, ids.vm, ids.nic),
  }),
  ofNic.get({
    summary: 'One device of a network interface',
    how: ADDRESSES,
    verb: async ({ scope, ids }) => devices.pick(await devices.ofNic(scope, ids.vm, ids.nic), ids.reporteddevice),
  }),
];

interface Empty {
  /** The path's last segment, and the name of an item's id: `hostdevices`, `hostdevice`. */
  readonly rel: string;
  readonly id: string;
  /** The name of an item in texts. */
  readonly what: string;
  /** Element of the collection's document. */
  readonly list: string;
  /** For the support matrix. */
  readonly why: string;
}

/** An empty collection, and the ids below it. */
function empty({ rel, id, what, list, why }: Empty): Operation[] {
  const path = `/vms/{vm:id}/${rel}`;
  const facts = { how: `${why}: the collection is empty.`, support: 'emulated', rel: 'get' } as const;
  return [
    declare<{ readonly vm: string }>({
      ...facts,
      summary: `The ${what}s of a VM`,
      kind: 'list',
      method: 'GET',
      path,
      title: `list ${what}s`,
      answers: list,
      collected: async () => ({}),
      async run(call) {
        await lookAtVm(call);
        return documentReply(200, call.version.document(list), {});
      },
    }),
    declare<{ readonly vm: string }>({
      ...facts,
      summary: `One ${what} of a VM`,
      kind: 'get',
      method: 'GET',
      path: `${path}/{${id}:id}`,
      title: `get ${what}`,
      answers: list,
      faults: ['not-found'],
      async run(call) {
        await lookAtVm(call);
        throw new Fault('not-found', { what, id: call.path.slice(call.path.lastIndexOf('/') + 1) });
      },
    }),
  ];
}

const NO_WATCHDOG = 'VMs cannot have a watchdog device';
const NO_PASSTHROUGH = '{cloud} does not pass host devices to a VM; SR-IOV is configured on the network interface';

export const applicationOperations = empty({
  rel: 'applications',
  id: 'application',
  what: 'application',
  list: 'applications',
  why: 'No guest agent reports the installed applications',
});
export const katelloOperations = empty({
  rel: 'katelloerrata',
  id: 'katelloerratum',
  what: 'erratum',
  list: 'katello_errata',
  why: '{cloud} has no Katello',
});

const watchdog = { entity: 'watchdog', subject: 'A watchdog device', why: NO_WATCHDOG } as const;
const watchdogPath = '/vms/{vm:id}/watchdogs/{watchdog:id}';

export const watchdogOperations: readonly Operation[] = [
  ...empty({
    rel: 'watchdogs',
    id: 'watchdog',
    what: 'watchdog',
    list: 'watchdogs',
    why: 'VMs have no watchdog device',
  }),
  refusedOperation({
    ...watchdog,
    kind: 'add',
    path: '/vms/{vm:id}/watchdogs',
    answers: 'watchdog',
    required: [{ field: 'action' }, { field: 'model' }],
  }),
  refusedOperation({ ...watchdog, kind: 'update', path: watchdogPath, answers: 'watchdog' }),
  refusedOperation({ ...watchdog, kind: 'remove', path: watchdogPath, answers: 'action' }),
];

const hostDevice = { entity: 'host device', subject: 'A device of the host', why: NO_PASSTHROUGH } as const;

export const hostDeviceOperations: readonly Operation[] = [
  ...empty({
    rel: 'hostdevices',
    id: 'hostdevice',
    what: 'host device',
    list: 'host_devices',
    why: '{cloud} does not pass host devices to a VM',
  }),
  refusedOperation({
    ...hostDevice,
    kind: 'add',
    path: '/vms/{vm:id}/hostdevices',
    answers: 'host_device',
    required: [{ field: 'id|name' }],
  }),
  refusedOperation({
    ...hostDevice,
    kind: 'remove',
    path: '/vms/{vm:id}/hostdevices/{hostdevice:id}',
    answers: 'action',
  }),
];

const consoleResource = declareResource<GraphicsConsole>({
  entity: 'graphics console',
  element: 'graphics_console',
  list: 'graphics_consoles',
  table: 'graphicsConsole',
});
// The id is a word in hexadecimal, not a UUID
const graphics = collection('/vms/{vm:id}/graphicsconsoles', '{graphicsconsole:name}', consoleResource);
const CONSOLE =
  'The display of the VM, where the backend has consoles; {cloud} documents none, so the collection is empty. ' +
  'In version 4, current adds the address and port of its page, which one more call opens.';
const FIXED = 'the cloud determines the console of a VM';
const able = (call: Call): boolean => call.able('vm.console');
const view = (call: Call): consoles.ConsoleView => ({ able: able(call), current: call.parameters.flag('current') });
const registerGauges = (
  call: Call<{ readonly vm: string; readonly graphicsconsole: string }>,
): Promise<GraphicsConsole> => consoles.get(call.scope, call.ids.vm, call.ids.graphicsconsole, { able: able(call) });

export const graphicsConsoleOperations: readonly Operation[] = [
  graphics.list({
    summary: 'The graphical consoles of a VM',
    how: CONSOLE,
    support: 'emulated',
    parameters: ['current'],
    verb: (call) => consoles.list(call.scope, call.ids.vm, view(call)),
  }),
  graphics.get({
    summary: 'One graphical console',
    how: CONSOLE,
    support: 'emulated',
    parameters: ['current'],
    faults: ['conflict'],
    async verb(call) {
      if (asksViewerFile(call)) {
        await registerGauges(call);
        throw await noViewerFile(call);
      }
      return consoles.get(call.scope, call.ids.vm, call.ids.graphicsconsole, view(call));
    },
  }),
  graphics.refuse('add', 'Another graphical console', FIXED, { required: [{ field: 'protocol' }] }),
  graphics.refuse('remove', 'A VM without its console', FIXED),
  ...actionOperations<{ readonly vm: string; readonly graphicsconsole: string }>(
    'proxyticket',
    {
      item: '/vms/{vm:id}/graphicsconsoles/{graphicsconsole:name}',
      entity: 'graphics console',
      progress: async (call) => {
        await registerGauges(call);
        return 'complete';
      },
    },
    {
      summary: 'A ticket that opens the console through a proxy',
      how: 'Nova remote-consoles.',
      needsThen: ['vm.console'],
      faults: ['conflict'],
      async verb(call) {
        await registerGauges(call);
        const { value } = await consoles.ticket(call.scope, call.ids.vm, { address: call.exchange.address });
        return { echo: { proxy_ticket: { value } } };
      },
    },
  ),
];
