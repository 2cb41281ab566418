import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultIds, mergeInventory, plainInventory, startSimulator, type Simulator } from '../src/simulator/index.js';
import { playDay, startDay, thingsOf } from './openstack/gateway-day.js';
import { logIn } from './openstack/rest.js';
import { MIB } from './support/units.js';

/** The day that test/openstack/day.cloud.ts plays on a real OpenStack, on the simulated one. */
let simulator: Simulator;
beforeEach(async () => {
  // Their disks are larger than the volumes of the VMs that have them
  const flavors = [513, 1025].map((ram) => ({ id: `day-${ram}`, name: `day-${ram}`, ram, vcpus: 1, disk: 60 }));
  simulator = await startSimulator({ inventory: mergeInventory(plainInventory, { flavors }), timeScale: 0.002 });
});
afterEach(() => simulator.close());

describe('a day on plain OpenStack leaves nothing behind', () => {
  test.each([
    ['an administrator', 'admin', true],
    ['a member', 'operator', false],
  ])('%s', async (_, user, administrator) => {
    const login = {
      authUrl: simulator.url,
      user,
      password: 'powervc',
      userDomain: 'Default',
      project: 'ibm-default',
      projectDomain: 'Default',
    };
    const rest = await logIn(login);
    const before = await thingsOf(rest);
    const day = await startDay({ 'openstack.authUrl': simulator.url, 'openstack.project': login.project }, login);
    try {
      await playDay(day, {
        template: defaultIds.images.rhel,
        network: defaultIds.networks.vlan100,
        administrator,
        sizes: administrator ? [768 * MIB, 1536 * MIB] : [513 * MIB, 1025 * MIB],
      });
      expect(await thingsOf(rest)).toEqual(before);
    } finally {
      await day.close();
    }
  });
});
