import type { Answer } from '../router.js';
import type { WorkKind } from '../work.js';
import { idle } from './idle.js';
import { bad, conflict, missing } from './refusals.js';
import {
  answer,
  done,
  instanceOf,
  needed,
  number,
  oneOf,
  param,
  route,
  text,
  texts,
  type Handler,
  type Route,
  type SimulatedCall,
} from './routes.js';
import type { Interface, Network } from './types.js';
import { instanceNetworkView, interfaceView, networkReference, networksView, networkView, portView } from './views.js';
import type { World } from './world.js';

/**
 * Networks of the workspace, and what is in them: interfaces, which the older calls name ports, and which an instance
 * tells as its networks (docs/reference/power.md, 3.2).
 */
const network = (call: SimulatedCall, world: World): Network =>
  world.get('networks', param(call, 'network'), 'network');

function createNetwork(call: SimulatedCall, world: World): Answer {
  const type = needed(oneOf(call, 'type', ['vlan', 'pub-vlan']), 'type');
  const name = needed(text(call, 'name'), 'name');
  if ([...world.networks.values()].some((one) => one.name === name))
    throw conflict(`network with name ${name} already exists`);
  const cidr = text(call, 'cidr');
  if (type === 'vlan' && cidr === undefined) throw bad('cidr is required');
  if (cidr !== undefined && !/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(cidr)) throw bad(`cidr ${cidr} is not valid`);
  const prefix = cidr?.split('.').slice(0, 3).join('.') ?? `150.240.${world.networks.size}`;
  const [gateway, dnsServers, mtu] = [text(call, 'gateway'), texts(call, 'dnsServers'), number(call, 'mtu')];
  const created = world.add('networks', {
    networkID: world.random.uuid(),
    name,
    type,
    prefix,
    cidr: cidr ?? `${prefix}.0/24`,
    ...(gateway !== undefined && { gateway }),
    ...(dnsServers?.length && { dnsServers }),
    ...(mtu !== undefined && { mtu }),
  });
  return answer(networkView(world, created), 201);
}

function updateNetwork(call: SimulatedCall, world: World): Answer {
  const one = network(call, world);
  const name = text(call, 'name');
  if (name !== undefined && [...world.networks.values()].some((other) => other !== one && other.name === name))
    throw conflict(`network with name ${name} already exists`);
  Object.assign(one, {
    name: name ?? one.name,
    gateway: text(call, 'gateway') ?? one.gateway,
    dnsServers: texts(call, 'dnsServers') ?? one.dnsServers,
  });
  return answer(networkView(world, one));
}

function removeNetwork(call: SimulatedCall, world: World): Answer {
  const { networkID } = network(call, world);
  const inside = [...world.interfaces.values()].filter((one) => one.networkID === networkID);
  if (inside.length > 0) throw conflict(`network ${networkID} is in use by ${inside.length} network interfaces`);
  world.networks.delete(networkID);
  return done;
}

function nic(call: SimulatedCall, world: World): Interface {
  const { networkID } = network(call, world);
  const one = world.get('interfaces', param(call, 'interface'), 'network interface');
  if (one.networkID !== networkID) throw missing('network interface', one.id);
  return one;
}

export function addInterface(
  world: World,
  networkID: string,
  name: string,
  instanceID: string | null,
  requested?: string,
): Interface {
  const { prefix } = world.get('networks', networkID, 'network');
  const taken = new Set([...world.interfaces.values()].map(({ ipAddress }) => ipAddress));
  if (requested !== undefined && taken.has(requested)) throw conflict(`IP address ${requested} is in use`);
  let last = 10;
  while (taken.has(`${prefix}.${last}`)) last += 1;
  return world.add('interfaces', {
    id: world.random.uuid(),
    networkID,
    name,
    macAddress: world.random.mac(),
    ipAddress: requested ?? `${prefix}.${last}`,
    instanceID,
  });
}

const interfacesOf = (world: World, instanceID: string): Interface[] =>
  [...world.interfaces.values()].filter((one) => one.instanceID === instanceID);

/** An instance keeps its last network (IBM's documents and clients). Throws PowerVS' 409. */
function leave(world: World, one: Interface): string {
  if (one.instanceID === null) throw conflict(`network interface ${one.id} is not attached`);
  const vm = world.get('instances', one.instanceID, 'pvm-instance');
  idle(vm, 'ACTIVE', 'SHUTOFF');
  if (interfacesOf(world, vm.pvmInstanceID).length === 1)
    throw conflict(`pvm-instance ${vm.pvmInstanceID} must have at least one network: its last one cannot be detached`);
  return vm.pvmInstanceID;
}

function join(world: World, one: Interface, target: string): void {
  if (one.instanceID !== null)
    throw conflict(`network interface ${one.id} is attached to pvm-instance ${one.instanceID}`);
  idle(world.get('instances', target, 'pvm-instance'), 'ACTIVE', 'SHUTOFF');
  Object.assign(one, { instanceID: target, status: 'build' });
  world.work.begin('interface.up', one.id);
}

/** `target`: an instance, an empty text to leave the one it is in, or undefined for no change. */
function change(world: World, one: Interface, target: string | undefined, name: string | undefined): void {
  if (target === '') {
    leave(world, one);
    Object.assign(one, { instanceID: null, status: 'down' });
  } else if (target !== undefined) join(world, one, target);
  one.name = name ?? one.name;
}

const updateNic: Handler = (call, world) => {
  const one = nic(call, world);
  change(world, one, text(call, 'instanceID'), text(call, 'name'));
  return answer(interfaceView(world, one));
};

const updatePort: Handler = (call, world) => {
  const one = nic(call, world);
  change(world, one, text(call, 'pvmInstanceID'), text(call, 'description'));
  return answer(portView(world, one));
};

const removeNic: Handler = (call, world) => {
  const one = nic(call, world);
  if (one.instanceID !== null)
    throw conflict(`network interface ${one.id} is attached to pvm-instance ${one.instanceID}`);
  world.interfaces.delete(one.id);
  return done;
};

const inside = (call: SimulatedCall, world: World): Interface[] => {
  const { networkID } = network(call, world);
  return [...world.interfaces.values()].filter((one) => one.networkID === networkID);
};

const instance = (call: SimulatedCall, world: World): string => instanceOf(call, world).pvmInstanceID;

/** An instance's interfaces in one network. Throws PowerVS' 404 when there is none. */
function inNetwork(call: SimulatedCall, world: World): Interface[] {
  const id = instance(call, world);
  const found = interfacesOf(world, id).filter(({ networkID }) => networkID === param(call, 'network'));
  if (found.length === 0) throw missing(`network of pvm-instance ${id}`, param(call, 'network'));
  return found;
}

function addToInstance(call: SimulatedCall, world: World): Answer {
  const id = instance(call, world);
  const networkID = needed(text(call, 'networkID'), 'networkID');
  const created = addInterface(world, networkID, '', null, text(call, 'ipAddress'));
  join(world, created, id);
  return answer(instanceNetworkView(world, created), 201);
}

/** Without a MAC address: every interface in the network. */
function removeFromInstance(call: SimulatedCall, world: World): Answer {
  const mac = text(call, 'macAddress')?.toLowerCase();
  const found = inNetwork(call, world).filter((one) => mac === undefined || one.macAddress.toLowerCase() === mac);
  if (found.length === 0) throw missing('network interface', mac ?? '');
  for (const one of found) {
    leave(world, one);
    world.interfaces.delete(one.id);
  }
  return done;
}

const NETWORK = '1:/networks/{network}';
const NIC = '/v1/networks/{network}/network-interfaces';
const MINE = '1:/pvm-instances/{instance}/networks';

export const networkRoutes: readonly Route[] = [
  route('GET', '1:/networks', ({ query }, world) => {
    const type = /^type=="?([a-z-]+)"?$/.exec(query.get('filter') ?? '')?.[1];
    const found = [...world.networks.values()].filter((one) => type === undefined || one.type === type);
    return answer({ networks: found.map((one) => networkReference(world, one)) });
  }),
  route('POST', '1:/networks', createNetwork),
  route('GET', NETWORK, (call, world) => answer(networkView(world, network(call, world)))),
  route('PUT', NETWORK, updateNetwork),
  route('DELETE', NETWORK, removeNetwork),
  route('GET', `${NETWORK}/ports`, (call, world) =>
    answer({ ports: inside(call, world).map((one) => portView(world, one)) }),
  ),
  route('POST', `${NETWORK}/ports`, (call, world) => {
    const created = addInterface(
      world,
      param(call, 'network'),
      text(call, 'description') ?? '',
      null,
      text(call, 'ipAddress'),
    );
    return answer(portView(world, created), 201);
  }),
  route('GET', `${NETWORK}/ports/{interface}`, (call, world) => answer(portView(world, nic(call, world)))),
  route('PUT', `${NETWORK}/ports/{interface}`, updatePort),
  route('DELETE', `${NETWORK}/ports/{interface}`, removeNic),
  route('GET', NIC, (call, world) =>
    answer({ interfaces: inside(call, world).map((one) => interfaceView(world, one)) }),
  ),
  route('POST', NIC, (call, world) => {
    const created = addInterface(
      world,
      param(call, 'network'),
      text(call, 'name') ?? '',
      null,
      text(call, 'ipAddress'),
    );
    return answer(interfaceView(world, created), 201);
  }),
  route('GET', `${NIC}/{interface}`, (call, world) => answer(interfaceView(world, nic(call, world)))),
  route('PUT', `${NIC}/{interface}`, updateNic),
  route('DELETE', `${NIC}/{interface}`, removeNic),
  route('GET', MINE, (call, world) => answer({ networks: networksView(world, instance(call, world)) })),
  route('POST', MINE, addToInstance),
  route('GET', `${MINE}/{network}`, (call, world) =>
    answer({ networks: inNetwork(call, world).map((one) => instanceNetworkView(world, one)) }),
  ),
  route('DELETE', `${MINE}/{network}`, removeFromInstance),
];

export const networkWork: Readonly<Record<string, WorkKind<World>>> = {
  'interface.up': {
    seconds: 2,
    done: (world, { id }) => {
      const one = world.interfaces.get(id);
      if (one?.instanceID != null) one.status = 'active';
    },
    failed: () => undefined,
  },
};
