import { isArray, objectIn, python, textIn, type JsonObject } from '../json.js';
import { Refusal, refuse } from '../refusal.js';
import { accepted, ok, type Answer, type SimulatedCall } from '../router.js';
import { bind, makePort } from '../neutron/ports.js';
import type { Port, Server } from '../world/types.js';
import type { World } from '../world/world.js';
import type { WorkKind } from '../work.js';
import { findServer, note } from './servers.js';
import { checkState } from './states.js';
import { portsOf } from './view.js';

const STATES = ['active', 'paused', 'stopped'];

const view = ({ id, network_id, mac_address, fixed_ips, admin_state_up }: Port): JsonObject => ({
  net_id: network_id,
  port_id: id,
  mac_addr: mac_address,
  port_state: admin_state_up ? 'ACTIVE' : 'DOWN',
  fixed_ips,
});

function given(call: SimulatedCall, world: World, id: string): Port {
  const port = world.ports.get(id);
  if (port === undefined || (port.project_id !== call.token.projectId && !call.token.roles.includes('admin')))
    throw refuse.missing(`Port id ${id} could not be found.`);
  if (port.device_id !== '') throw refuse.conflict(`Port ${id} is still in use.`);
  return port;
}

/**
 * A port that Nova makes for the server. Of what Neutron refuses Nova keeps the meaning, not the words (recorded: 447,
 * 449).
 */
function created(world: World, server: Server, networkId: string, requested: unknown): Port {
  const network = world.networks.get(networkId);
  if (network === undefined)
    throw new Refusal(
      500,
      "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.\n<class 'oslo_messaging.rpc.client.RemoteError'>",
    );
  try {
    return makePort(world, network, server.project_id, isArray(requested) ? { fixed_ips: requested } : {}, true);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const address = isArray(requested) ? (textIn(requested[0], 'ip_address') ?? '') : '';
    throw error.type === 'IpAddressAlreadyAllocated'
      ? new Refusal(409, `Fixed IP ${address} is already in use.`, { cause: error })
      : new Refusal(400, error.message, { cause: error });
  }
}

function add(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  const requested = objectIn(call.body, 'interfaceAttachment') ?? {};
  const [portId, netId] = [textIn(requested, 'port_id'), textIn(requested, 'net_id')];
  if (portId !== undefined && netId !== undefined) throw refuse.bad('Must not input both network_id and port_id');
  if (portId === undefined && netId === undefined)
    throw refuse.bad(
      `Invalid input for field/attribute interfaceAttachment. Value: ${python(requested)}. ` +
        `'port_id' or 'net_id' is needed`,
    );
  checkState(server, 'attach_interface', STATES);
  // A running partition gets a NIC by DLPAR, over RMC (docs/reference/power.md, 1.6).
  if (server.vm_state === 'active' && server.rmc_state !== 'active')
    throw refuse.conflict(
      `Cannot attach an interface to instance ${server.id} while its RMC connection is ${server.rmc_state}`,
    );
  const port =
    portId === undefined ? created(world, server, netId ?? '', requested.fixed_ips) : given(call, world, portId);
  bind(world, port, server.id, server.host ?? '');
  note(call, world, server, 'attach_interface');
  return ok({ interfaceAttachment: view(port) });
}

function find(world: World, server: Server, id: string): Port {
  const port = portsOf(world, server.id).find((candidate) => candidate.id === id);
  if (port === undefined) throw refuse.missing(`Port id ${id} could not be found.`);
  return port;
}

/** 202 whatever the port is, as in Nova: asking twice is no error (recorded: 441). */
function remove(call: SimulatedCall, world: World): Answer {
  const server = findServer(call, world);
  checkState(server, 'detach_interface', STATES);
  const id = call.params.port ?? '';
  note(call, world, server, 'detach_interface');
  if (portsOf(world, server.id).some((port) => port.id === id))
    world.work.begin('port.detach', id, { server: server.id });
  return accepted();
}

export const interfaces = {
  list: (call: SimulatedCall, world: World): Answer =>
    ok({ interfaceAttachments: portsOf(world, findServer(call, world).id).map(view) }),
  get: (call: SimulatedCall, world: World): Answer =>
    ok({ interfaceAttachment: view(find(world, findServer(call, world), call.params.port ?? '')) }),
  add,
  remove,
};

export const interfaceWork: Readonly<Record<string, WorkKind<World>>> = {
  'port.detach': {
    seconds: 1,
    done(world, { id, args }) {
      const port = world.ports.get(id);
      if (port?.device_id !== args.server || port === undefined) return;
      if (port.made_by_nova) world.ports.delete(id);
      else bind(world, port, '', '');
    },
    // The partition kept its NIC.
    failed() {
      return;
    },
  },
};
