import { randomUUID } from 'node:crypto';
import { startGateway, type Gateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { defaultInventory } from '../../src/simulator/index.js';
import { CLOUD_FLAGS, cloudLogin } from '../openstack/cloud.js';
import { stageOf } from '../openstack/project.js';
import { logIn } from '../openstack/rest.js';
import { sharedStage } from '../openstack/stage.js';
import { silent, startTestbed } from '../support/testbed.js';

/**
 * Where a client's day is played: a gateway before the simulated PowerVC, or before a real OpenStack that holds the
 * same (`npm run test:openstack`).
 */
export interface Place {
  readonly gateway: Gateway;
  /** `user@profile:password`. */
  readonly login: string;
  /** What something of the simulator's inventory is called here. */
  readonly name: (own: string) => string;
  /** Nova's word for the state of the VM of that name. */
  readonly stateOf: (vm: string) => Promise<string>;
  close(): Promise<void>;
}

/** Whether this is the run against a real cloud. */
export const onCloud = process.env['CLIENTS_ON'] === 'openstack';

async function onSimulator(sets: readonly string[]): Promise<Place> {
  const testbed = await startTestbed({ sets });
  return {
    gateway: testbed.gateways[0]!,
    login: 'admin@internal:powervc',
    name: (own) => own,
    close: () => testbed.close(),
    stateOf: async (vm) => [...testbed.simulator.world.servers.values()].find(({ name }) => name === vm)!.vm_state,
  };
}

async function onOpenStack(sets: readonly string[]): Promise<Place> {
  const login = cloudLogin()!;
  const admin = await logIn(login);
  const inventory = defaultInventory as unknown as Record<string, unknown>;
  const shared = await sharedStage(admin, inventory, randomUUID().slice(0, 8), { allMarked: true });
  // Tags are kept in an aggregate
  const stage = await stageOf(login, admin, shared, inventory, true).catch(async (error: unknown) => {
    await shared.close();
    throw error;
  });
  const { settings } = loadSettings({
    environment: process.env,
    flags: {
      ...CLOUD_FLAGS,
      'openstack.project': stage.project,
      'log.level': 'error',
    },
    sets,
  });
  const gateway = await startGateway(settings, { log: silent(settings.log) });
  return {
    gateway,
    login: `${login.user}@internal:${login.password}`,
    name: (own) => stage.names.get(own) ?? own,
    async stateOf(vm) {
      const {
        servers: [found],
      } = await stage.rest.call<{ servers: { 'OS-EXT-STS:vm_state': string }[] }>(
        'compute',
        'GET',
        `/servers/detail?name=${vm}`,
      );
      return found!['OS-EXT-STS:vm_state'];
    },
    async close() {
      await gateway.close();
      await stage.close();
      await shared.close();
    },
  };
}

export const startPlace = ({ sets = [] }: { readonly sets?: readonly string[] } = {}): Promise<Place> =>
  onCloud ? onOpenStack(sets) : onSimulator(sets);
