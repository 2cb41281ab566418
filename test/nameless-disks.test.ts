import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { required } from '../src/invariant.js';
import { nameOrId } from '../src/model/index.js';
import { defaultIds, type CloudKind } from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/** Clouds make volumes without a name; oVirt's clients list disks by theirs. */
test.each([undefined, null, '', ' '])('what is named %j is shown by its id', (name) => {
  expect(nameOrId(name, 'f0e1')).toBe('f0e1');
  expect(nameOrId('data', 'f0e1')).toBe('data');
});

describe.each<CloudKind>(['powervc', 'openstack'])('a volume of %s that has no name', (cloud) => {
  const VM = defaultIds.servers.rhel;
  let testbed: Testbed;
  let disk: string;
  beforeAll(async () => {
    testbed = await startTestbed({ cloud });
    const volumes = [...testbed.simulator.world.volumes.values()];
    const volume = required(
      volumes.find(({ attachments }) => attachments.some(({ server_id }) => server_id === VM)),
      "the VM's volume",
    );
    volume.name = '';
    disk = volume.id;
  });
  afterAll(() => testbed.close());

  const get = async (path: string): Promise<string> => {
    const headers = { authorization: `Basic ${btoa('admin@internal:powervc')}`, accept: 'application/xml' };
    return (await fetch(`${testbed.gateways[0]?.url}${path}`, { headers })).text();
  };

  test.each([
    '/api/disks/{disk}',
    '/api/disks?search=name%3D{disk}',
    '/api/disks?search={disk}',
    `/api/vms/${VM}/disks`,
    '/ovirt-engine/api/disks/{disk}',
    '/ovirt-engine/api/disks?search=alias%3D{disk}',
    `/ovirt-engine/api/vms/${VM}/diskattachments?follow=disk`,
  ])('has its id for a name at %s', async (path) => {
    const text = await get(path.replace('{disk}', disk));
    expect(text).toContain(`<name>${disk}</name>`);
    expect(text).toContain(`<alias>${disk}</alias>`);
  });

  test('finds its VM by that name', async () => {
    expect(await get(`/api/vms?search=disks.name%3D${disk}`)).toContain(`id="${VM}"`);
  });
});
