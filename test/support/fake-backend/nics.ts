import type { BackendSession } from '../../../src/model/index.js';
import type { FakeWorld } from '../fake-world.js';
import { conflict, shownPort } from './shown.js';

/** Methods of NICs on a FakeWorld. */
export function nicsMethods(world: FakeWorld) {
  return {
    async list(vmId: string) {
      for (const port of world.ports.values()) world.look(port);
      return [...world.ports.values()]
        .filter(({ attachedTo, notes }) => (attachedTo ?? notes['vm']) === vmId)
        .map(shownPort);
    },
    get: async (nicId: string) => shownPort(world.port(nicId)),
    noted: async () => [...world.ports.values()].filter(({ notes }) => Object.keys(notes).length > 0).map(shownPort),
    async create({ networkId, name, mac, linked, notes }: Parameters<BackendSession['nics']['create']>[0]) {
      if ([...world.ports.values()].some((port) => port.mac === mac && port.network?.id === networkId))
        throw conflict(`The mac address ${mac} is in use.`);
      return shownPort(
        world.addPort({
          id: world.newId('nic'),
          name,
          network: { id: networkId },
          ...(mac !== undefined && { mac }),
          linked: linked ?? true,
          notes: { ...notes },
        }),
      );
    },
    async update(nicId: string, change: Parameters<BackendSession['nics']['update']>[1]) {
      const port = world.port(nicId);
      if (change.mac !== undefined && port.attachedTo !== undefined) throw conflict(`Port ${nicId} is bound.`);
      if (
        change.mac !== undefined &&
        [...world.ports.values()].some(
          (other) => other !== port && other.mac === change.mac && other.network?.id === port.network?.id,
        )
      )
        throw conflict(`The mac address ${change.mac} is in use.`);
      Object.assign(port, { ...change, notes: { ...(change.notes ?? port.notes) } });
    },
    async remove(nicId: string) {
      world.port(nicId);
      world.ports.delete(nicId);
    },
    async plug(vmId: string, nicId: string) {
      const port = world.port(nicId);
      world.vm(vmId);
      if (world.busy(port)) return;
      if (port.attachedTo === undefined)
        world.begin(port, () => {
          port.attachedTo = vmId;
        });
      else if (port.attachedTo !== vmId) throw conflict(`Port ${nicId} is in use.`);
    },
    async unplug(vmId: string, nicId: string) {
      const port = world.ports.get(nicId);
      if (port?.attachedTo !== vmId || world.busy(port)) return;
      world.begin(port, () => {
        if (port.madeByNova) world.ports.delete(nicId);
        else delete port.attachedTo;
      });
    },
    metrics: async () => ({}),
  };
}
