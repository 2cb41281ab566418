import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIB } from '../support/units.js';
import { cloudLogin } from './cloud.js';
import { playDay, startDay, thingsOf } from './gateway-day.js';
import { stageOf, userOf, type Stage } from './project.js';
import { logIn, type Login } from './rest.js';
import { sharedStage, type Shared } from './stage.js';

/**
 * A day of an administrator and of a member, one after the other as flavors are everybody's: nothing is left behind.
 */
const login = cloudLogin();
const [image, network, type] = ['a', 'b', 'c'].map((digit) => `${digit}1000000-0000-4000-8000-000000000000`);
const inventory = {
  images: [{ id: image, name: 'of the day' }],
  networks: [{ id: network, name: 'of the day' }],
  volumeTypes: [{ id: type, name: 'of the day' }],
};

if (login)
  describe('a day of', () => {
    let shared: Shared;
    let admin: Awaited<ReturnType<typeof logIn>>;
    beforeAll(async () => {
      admin = await logIn(login);
      shared = await sharedStage(admin, inventory, randomUUID().slice(0, 8), { allMarked: true });
    });
    afterAll(() => shared?.close());

    async function play(stage: Stage, who: Login, administrator: boolean): Promise<void> {
      // The administrator's flavors are made by the gateway
      const sizes: readonly [number, number] = administrator ? [768 * MIB, 1536 * MIB] : [513 * MIB, 1025 * MIB];
      const rest = await logIn(who);
      const before = await thingsOf(rest);
      const day = await startDay({ 'openstack.project': stage.project }, who);
      try {
        await playDay(day, {
          template: stage.names.get(image!)!,
          network: stage.names.get(network!)!,
          administrator,
          sizes,
        });
        // A flavor that was unused before goes, too; other tests make flavors of other sizes meanwhile
        const own = new RegExp(`^flavors ovirt-(?:${sizes.map((bytes) => bytes / MIB).join('|')})-`);
        const left = (await thingsOf(rest)).filter((one) => !before.includes(one));
        expect(left.filter((one) => !one.startsWith('flavors ') || own.test(one))).toEqual([]);
      } finally {
        await day.close();
      }
    }

    test('an administrator', async () => {
      const stage = await stageOf(login, admin, shared, inventory);
      const administrator = await userOf(
        login,
        admin,
        stage,
        admin.roles.map(({ name }) => name),
      );
      try {
        await play(stage, administrator.login, true);
      } finally {
        await stage.close();
        await administrator.close();
      }
    });

    test('a member', async () => {
      // Their disks are larger than the volumes of the VMs that have them
      const flavors = await Promise.all(
        [513, 1025].map(async (ram) => {
          const flavor = { name: `day-${randomUUID()}`, ram, vcpus: 1, disk: 3 };
          return (await admin.call<{ flavor: { id: string } }>('compute', 'POST', '/flavors', { flavor })).flavor.id;
        }),
      );
      const stage = await stageOf(login, admin, shared, inventory);
      const member = await userOf(login, admin, stage);
      try {
        await play(stage, member.login, false);
      } finally {
        await stage.close();
        await member.close();
        for (const id of flavors) await admin.call('compute', 'DELETE', `/flavors/${id}`);
      }
    });
  });
else test.skip('a day: no cloud is given', () => undefined);
