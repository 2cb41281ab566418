import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Action, Snapshot, Snapshots, VM } from '../../src/generated/ovirt/v3/representations.js';
import { startGateway, type Gateway } from '../../src/gateway.js';
import { loadSettings } from '../../src/settings/index.js';
import { Client } from '../support/client.js';
import { CLOUD_FLAGS, cloudLogin } from './cloud.js';
import { stageOf, type Stage } from './project.js';
import { eventually, logIn, type Rest } from './rest.js';
import { sharedStage, type Shared } from './stage.js';

/** Snapshots of two disks in one instant, by a group type of Cinder's, through the whole gateway on a real cloud. */
const login = cloudLogin();
const [vm, boot, data, image, type] = ['a', 'b', 'c', 'd', 'e'].map(
  (digit) => `${digit}0000000-0000-4000-8000-000000000000`,
);
const inventory = {
  images: [{ id: image, name: 'grouped' }],
  volumeTypes: [{ id: type, name: 'grouped' }],
  networks: [],
  hosts: [],
  hostGroups: [],
  servers: [{ id: vm, name: 'grouped', image_id: image, vm_state: 'stopped' }],
  volumes: [
    { id: boot, name: 'root', size: 1, attachments: [{ server_id: vm, boot_index: 0 }] },
    { id: data, name: 'data', size: 1, attachments: [{ server_id: vm }] },
  ],
};

if (login)
  describe('snapshots of several disks', () => {
    let admin: Rest;
    let shared: Shared;
    let stage: Stage;
    let gateway: Gateway;
    let groupType: string;
    let client: Client;
    const path = (): string => `/vms/${stage.names.get(vm!)}`;

    beforeAll(async () => {
      const own = await logIn(login);
      admin = own;
      const mark = randomUUID().slice(0, 8);
      shared = await sharedStage(admin, inventory, mark);
      ({
        group_type: { id: groupType },
      } = await admin.call<{ group_type: { id: string } }>(
        'volume',
        'POST',
        '/group_types',
        { group_type: { name: `grouped-${mark}` } },
        { 'openstack-api-version': 'volume 3.11' },
      ));
      stage = await stageOf(login, own, shared, inventory);
      const { settings } = loadSettings({
        environment: process.env,
        flags: {
          ...CLOUD_FLAGS,
          'openstack.project': stage.project,
          'openstack.groupType': groupType,
        },
      });
      gateway = await startGateway(settings);
      client = new Client(gateway.url, 'xml', `${login.user}@internal:${login.password}`);
    });
    afterAll(async () => {
      await gateway?.close();
      await stage?.close();
      await admin?.maybe('volume', 'DELETE', `/group_types/${groupType}`, undefined, {
        'openstack-api-version': 'volume 3.11',
      });
      await shared?.close();
    });

    const grouped = async (): Promise<(string | null)[]> =>
      (
        await stage.rest.call<{ volumes: { group_id: string | null }[] }>(
          'volume',
          'GET',
          '/volumes/detail',
          undefined,
          { 'openstack-api-version': 'volume 3.13' },
        )
      ).volumes.map(({ group_id: group }) => group);
    const members = async (): Promise<(string | null)[]> =>
      (
        await stage.rest.call<{ snapshots: { group_snapshot_id: string | null }[] }>(
          'volume',
          'GET',
          '/snapshots/detail',
          undefined,
          { 'openstack-api-version': 'volume 3.22' },
        )
      ).snapshots.map(({ group_snapshot_id: group }) => group);
    const groups = async (): Promise<unknown[]> =>
      (
        await stage.rest.call<{ groups: unknown[] }>('volume', 'GET', '/groups', undefined, {
          'openstack-api-version': 'volume 3.13',
        })
      ).groups;

    test('are taken of a group, restored, and removed with it', async () => {
      const taken = await client.add(`${path()}/snapshots`, Snapshot, { description: 'both at once' });
      await gateway.settled();
      expect(await client.get(`${path()}/snapshots/${taken.id}`, Snapshot)).toMatchObject({ snapshot_status: 'ok' });
      const together = await members();
      expect([together.length, new Set(together).size, together[0]]).toEqual([2, 1, expect.any(String)]);
      expect(await grouped(), 'the volumes have left the group').toEqual([null, null]);

      const restored = await client.send('POST', `${path()}/snapshots/${taken.id}/restore`, Action, {
        type: Action,
        value: {},
      });
      expect(restored.status).toBeLessThan(300);
      await gateway.settled();
      expect(await client.get(path(), VM)).toMatchObject({ status: { state: 'down' } });

      expect((await client.send('DELETE', `${path()}/snapshots/${taken.id}`, Action)).status).toBe(200);
      await gateway.settled();
      expect((await client.get(`${path()}/snapshots`, Snapshots)).snapshot).toHaveLength(1);
      expect(await members()).toEqual([]);
      await eventually('the group is gone', async () => ((await groups()).length === 0 ? true : undefined));
    });

    test('a disk that a crash left in a group can be removed', async () => {
      const version = { 'openstack-api-version': 'volume 3.13' };
      const [volume, server] = [stage.names.get(data!)!, stage.names.get(vm!)!];
      const {
        group: { id },
      } = await stage.rest.call<{ group: { id: string } }>(
        'volume',
        'POST',
        '/groups',
        { group: { name: `ovirt ${server} left`, group_type: groupType, volume_types: [stage.names.get(type!)] } },
        version,
      );
      const isThere = () =>
        eventually('group', async () =>
          (await stage.rest.call<{ group: { status: string } }>('volume', 'GET', `/groups/${id}`, undefined, version))
            .group.status === 'available'
            ? true
            : undefined,
        );
      await isThere();
      await stage.rest.call('volume', 'PUT', `/groups/${id}`, { group: { add_volumes: volume } }, version);
      await isThere();
      expect((await client.send('DELETE', `${path()}/disks/${volume}`, Action)).status).toBe(200);
      await gateway.settled();
      expect(await stage.rest.maybe('volume', 'GET', `/volumes/${volume}`)).toBeUndefined();
      await stage.rest.call('volume', 'POST', `/groups/${id}/action`, { delete: { 'delete-volumes': false } }, version);
    });
  });
else test.skip('snapshots of several disks: no cloud is given', () => undefined);
