import { describe, expect, it } from 'vitest';
import { defaultIds as ids } from '../src/simulator/index.js';
import { api, simulator, text, useSimulator, type Json } from './simulator-client.js';

const SECOND = 1000;

const flavor = (ram = 4096, vcpus = 2, specs: Record<string, string> = {}) => ({
  ram,
  vcpus,
  disk: 20,
  extra_specs: { 'powervm:proc_units': '0.5', ...specs },
});

describe('the simulator: servers', () => {
  useSimulator();

  const server = async (id: string): Promise<Json> => (await api.nova('GET', `/servers/${id}`)).body.server!;

  const act = (id: string, body: unknown) => api.nova('POST', `/servers/${id}/action`, body);

  const create = (requested: Record<string, unknown>) =>
    api.nova('POST', '/servers', {
      server: {
        name: 'vm1',
        flavor: flavor(),
        networks: [{ uuid: ids.networks.vlan100 }],
        imageRef: ids.images.rhel,
        ...requested,
      },
    });

  it("shows a server with Nova 2.1 attributes and with PowerVC's own", async () => {
    const seen = await server(ids.servers.aix);
    expect(seen).toMatchObject({
      name: 'aix73-db01',
      status: 'ACTIVE',
      image: { id: ids.images.aix },
      'OS-EXT-STS:task_state': null,
      'OS-EXT-STS:vm_state': 'active',
      'OS-EXT-STS:power_state': 1,
      'OS-EXT-SRV-ATTR:host': ids.power9,
      cpus: '4',
      vcpus: '2.0',
      min_cpus: '1',
      memory_mb: 16_384,
      max_memory_mb: 32_768,
      launched_at: '2026-01-12T08:00:00.000000',
      created: '2026-01-12T08:00:00Z',
      uncapped: 'true',
      health_status: { health_value: 'OK' },
      'os-extended-volumes:volumes_attached': [{ id: ids.volumes.aixBoot }, { id: ids.volumes.aixData }],
      'OS-EXT-AZ:availability_zone': 'Default Group',
      root_gb: 40,
    });
    expect(Object.keys(seen.flavor!)).toEqual(['id', 'links']);
    expect(seen.addresses).toEqual({
      VLAN100: [
        {
          version: 4,
          addr: '192.168.100.11',
          'OS-EXT-IPS:type': 'fixed',
          'OS-EXT-IPS-MAC:mac_addr': 'fa:16:3e:00:00:01',
        },
      ],
    });
    expect((await server(ids.servers.sles)).pmem_volumes).toMatchObject([
      { uuid: ids.pmem, affinity: 'true', type: 'DRAM', status: 'ACTIVE' },
    ]);
    expect((await api.nova('GET', '/servers/dddb773a-285f-4747-ac32-72fc2af96509')).body).toEqual({
      itemNotFound: { code: 404, message: 'Instance dddb773a-285f-4747-ac32-72fc2af96509 could not be found.' },
    });
  });

  it('lists in pages, by filters, newest first', async () => {
    const names: string[] = [];
    let path = '/servers/detail?limit=2';
    for (let pages = 0; path !== '' && pages < 5; pages++) {
      const { body } = await api.nova('GET', path);
      names.push(...(body.servers as unknown as { name: string }[]).map(({ name }) => name));
      const next = (body.servers_links as unknown as { rel: string; href: string }[] | undefined)?.[0];
      path = next === undefined ? '' : `/servers/detail${new URL(next.href).search}`;
    }
    expect(names).toHaveLength(5);
    expect(new Set(names).size).toBe(5);
    const list = async (query: string) =>
      ((await api.nova('GET', `/servers?${query}`)).body.servers as unknown as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await list('name=^rhel94-app01$')).toEqual(['rhel94-app01']);
    expect(await list('name=app|db')).toHaveLength(2);
    expect(await list('status=shutoff')).toEqual(['sles15-hana01']);
    expect(await list('status=nonsense')).toEqual([]);
    expect(await list('pmem_vol=true')).toEqual(['sles15-hana01']);
    expect(await list(`host=${ids.power9}`)).toHaveLength(2);
    expect(await list('changes-since=2020-01-01T00:00:00Z')).toHaveLength(5);
    expect(await list('sort_key=display_name&sort_dir=asc&limit=1')).toEqual(['aix73-db01']);
    expect((await api.nova('GET', '/servers?marker=nope')).body.badRequest!.message).toBe('marker [nope] not found');
    expect((await api.nova('GET', '/servers?limit=-1')).body.badRequest!.message).toBe(
      "Invalid input for query parameters limit. Value: -1. '-1' does not match '^[0-9]*$'",
    );
  });

  it('deploys an image: phases, copies of its volumes, a port', async () => {
    const made = await create({ metadata: { primary_network: ids.networks.vlan100 } });
    expect(made.status).toBe(202);
    const id = text(made.body.server!.id);
    expect(made.headers.get('location')).toContain(`/servers/${id}`);
    expect(await server(id)).toMatchObject({
      status: 'BUILD',
      addresses: {},
      'OS-EXT-STS:task_state': 'scheduling',
      'OS-EXT-SRV-ATTR:host': null,
      launched_at: null,
    });
    simulator.advance(SECOND);
    expect((await server(id))['OS-EXT-STS:task_state']).toBe('networking');
    expect((await act(id, { 'os-stop': null })).body.conflictingRequest!.message).toBe(
      `Cannot 'stop' instance ${id} while it is in vm_state building`,
    );
    simulator.advance(2 * SECOND);
    expect((await server(id))['OS-EXT-STS:task_state']).toBe('block_device_mapping');
    simulator.advance(40 * SECOND);
    const built = await server(id);
    expect(built).toMatchObject({
      status: 'ACTIVE',
      'OS-EXT-STS:task_state': null,
      memory_mb: 4096,
      cpus: '2',
      vcpus: '0.5',
      metadata: { primary_network: ids.networks.vlan100 },
      'OS-EXT-SRV-ATTR:host': ids.power10,
    });
    const volume = (await api.cinder('GET', `/volumes/${text(built['os-extended-volumes:volumes_attached']![0]!.id)}`))
      .body.volume!;
    expect(volume).toMatchObject({
      status: 'in-use',
      size: 30,
      bootable: 'true',
      metadata: { is_boot_volume: 'True' },
      attachments: [{ server_id: id, device: '/dev/sda' }],
    });
    expect(volume.id).not.toBe(ids.volumes.rhelBoot);
    expect((await api.neutron('GET', `/v2.0/ports?device_id=${id}`)).body.ports).toHaveLength(1);

    expect((await api.nova('DELETE', `/servers/${id}`)).status).toBe(204);
    expect(await server(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': 'deleting' });
    simulator.advance(5 * SECOND);
    expect((await api.nova('GET', `/servers/${id}`)).status).toBe(404);
    simulator.advance(2 * SECOND);
    expect((await api.cinder('GET', `/volumes/${text(volume.id)}`)).status).toBe(404);
    expect((await api.neutron('GET', `/v2.0/ports?device_id=${id}`)).body.ports).toHaveLength(0);
  });

  it('boots from volumes and snapshots; what came before the server outlives it', async () => {
    const port = text(
      (await api.neutron('POST', '/v2.0/ports', { port: { network_id: ids.networks.vlan200, name: 'mine' } })).body
        .port!.id,
    );
    const requested = {
      imageRef: '',
      networks: [{ port }],
      block_device_mapping_v2: [
        {
          source_type: 'volume',
          destination_type: 'volume',
          uuid: ids.volumes.floating,
          boot_index: 0,
          delete_on_termination: false,
        },
        {
          source_type: 'snapshot',
          destination_type: 'volume',
          uuid: ids.volumeSnapshots[1],
          boot_index: 1,
          delete_on_termination: true,
        },
      ],
    };
    expect((await create(requested)).body.badRequest!.message).toBe(
      `Block Device Mapping is Invalid: Block Device ${ids.volumes.floating} is not bootable.`,
    );
    await api.cinder('POST', `/volumes/${ids.volumes.floating}/action`, { 'os-set_bootable': { bootable: true } });
    const made = await create(requested);
    const id = text(made.body.server!.id);
    expect((await api.cinder('GET', `/volumes/${ids.volumes.floating}`)).body.volume!.status).toBe('reserved');
    simulator.advance(60 * SECOND);
    const built = await server(id);
    expect(built).toMatchObject({ status: 'ACTIVE', image: '', 'OS-EXT-AZ:availability_zone': 'Default Group' });
    const attached = built['os-extended-volumes:volumes_attached'] as unknown as { id: string }[];
    expect(attached[0]!.id).toBe(ids.volumes.floating);
    expect((await api.cinder('GET', `/volumes/${attached[1]!.id}`)).body.volume).toMatchObject({
      size: 50,
      snapshot_id: ids.volumeSnapshots[1],
      status: 'in-use',
    });
    await api.nova('DELETE', `/servers/${id}`);
    simulator.advance(10 * SECOND);
    expect((await api.cinder('GET', `/volumes/${ids.volumes.floating}`)).body.volume).toMatchObject({
      status: 'available',
      attachments: [],
    });
    expect((await api.cinder('GET', `/volumes/${attached[1]!.id}`)).status).toBe(404);
    expect((await api.neutron('GET', `/v2.0/ports/${port}`)).body.port).toMatchObject({
      device_id: '',
      status: 'DOWN',
      name: 'mine',
    });
  });

  it('makes an empty server, and several at once', async () => {
    const id = text((await create({ imageRef: '', networks: 'none' })).body.server!.id);
    await create({
      name: 'twin',
      flavorRef: 'tiny',
      flavor: undefined,
      min_count: 2,
      max_count: 2,
      availability_zone: `:${ids.power9}`,
    });
    simulator.advance(60 * SECOND);
    expect(await server(id)).toMatchObject({
      status: 'SHUTOFF',
      addresses: {},
      'os-extended-volumes:volumes_attached': [],
    });
    const twins = (await api.nova('GET', '/servers/detail?name=twin')).body.servers as unknown as Json[];
    expect(twins.map((one) => [one.name, one['OS-EXT-SRV-ATTR:host']]).sort()).toEqual([
      ['twin-1', ids.power9],
      ['twin-2', ids.power9],
    ]);
    const attach = await act(id, {
      bulkVolumeAttach: { volumeAttachment: [{ volumeId: ids.volumes.floating, primaryBoot: true }] },
    });
    expect(attach.status).toBe(202);
    simulator.advance(2 * SECOND);
    expect((await api.cinder('GET', `/volumes/${ids.volumes.floating}`)).body.volume).toMatchObject({
      status: 'in-use',
      metadata: { is_boot_volume: 'True' },
    });
    expect(
      (await act(id, { bulkVolumeAttach: { volumeAttachment: [{ volumeId: ids.volumes.shared, primaryBoot: true }] } }))
        .status,
    ).toBe(400);
  });

  it('makes the first boot volume the root of an empty server, by bulk', async () => {
    const id = text((await create({ imageRef: '', networks: 'none' })).body.server!.id);
    const root = simulator.world.volumes.get(ids.volumes.shared)!;
    root.metadata = { ...root.metadata, is_boot_volume: 'True' };
    simulator.advance(60 * SECOND);
    const both = [{ volumeId: ids.volumes.floating }, { volumeId: root.id }];
    expect((await act(id, { bulkVolumeAttach: { volumeAttachment: both } })).status).toBe(202);
    simulator.advance(60 * SECOND);
    expect(simulator.world.volumes.get(root.id)!.attachments).toMatchObject([{ server_id: id, boot_index: 0 }]);
    expect(simulator.world.volumes.get(ids.volumes.floating)!.attachments).toMatchObject([{ boot_index: null }]);
  });

  it('refuses what Nova refuses at creation', async () => {
    const cases: [Record<string, unknown>, number, string][] = [
      [{ imageRef: 'nope' }, 400, 'Can not find requested image'],
      [{ imageRef: undefined }, 400, 'Missing imageRef attribute'],
      [{ imageRef: ids.images.iso }, 400, `Image ${ids.images.iso} is unacceptable: an ISO image cannot be deployed`],
      [{ flavor: undefined, flavorRef: 'nope' }, 400, 'Flavor nope could not be found.'],
      [{ networks: [{ uuid: 'nope' }] }, 400, 'Network nope could not be found.'],
      [{ networks: [{ port: 'nope' }] }, 400, 'Port id nope could not be found.'],
      [{ networks: [{ port: ids.ports.aix }] }, 409, `Port ${ids.ports.aix} is still in use.`],
      [{ networks: undefined }, 409, 'Multiple possible networks found, use a Network ID to be more specific.'],
      [
        { networks: [{ uuid: ids.networks.vlan100, fixed_ip: '192.168.100.11' }] },
        400,
        `Fixed IP address 192.168.100.11 is already in use on instance ${ids.servers.aix}.`,
      ],
      [{ availability_zone: 'nowhere' }, 400, 'The requested availability zone is not available'],
      [{ name: '' }, 400, "Invalid input for field/attribute name. Value: . '' is too short"],
      [{ min_count: 500 }, 403, 'Quota exceeded for instances: Requested 500, but already used 5 of 200 instances'],
      [{ metadata: { a: 1 } }, 400, "Invalid input for field/attribute a. Value: 1. 1 is not of type 'string'"],
      [
        {
          block_device_mapping_v2: [{ source_type: 'volume', destination_type: 'volume', uuid: 'nope', boot_index: 0 }],
        },
        400,
        'Block Device Mapping is Invalid: failed to get volume nope.',
      ],
      [
        { flavor: flavor(2048, 8) },
        400,
        'The number of processing units (0.5) must be at least 0.1 for each of the 8 virtual processors.',
      ],
    ];
    for (const [requested, status, message] of cases) {
      const answer = await create(requested);
      expect(
        [answer.status, Object.values(answer.body as unknown as Record<string, { message: string }>)[0]!.message],
        JSON.stringify(requested),
      ).toEqual([status, message]);
    }
    expect((await create({ colour: 'red' })).body.badRequest!.message).toMatch(
      /Additional properties are not allowed \('colour' was unexpected\)$/,
    );
    expect((await api.nova('POST', '/servers', '{')).body).toEqual({
      badRequest: { code: 400, message: 'Malformed request body' },
    });
    expect((await create({ user_data: 'A'.repeat(200_000) })).status).toBe(413);
  });

  it('ends a build in ERROR when no host fits, with a fault, and gives everything back', async () => {
    const id = text((await create({ flavor: flavor(4 * 1024 * 1024) })).body.server!.id);
    simulator.advance(SECOND);
    expect(await server(id)).toMatchObject({
      status: 'ERROR',
      fault: { code: 500, message: 'No valid host was found. ' },
      'OS-EXT-SRV-ATTR:host': null,
      health_status: { health_value: 'CRITICAL' },
    });
    simulator.addFault({ work: '^server\\.spawn', then: { fail: 'the VIOS is busy' } });
    const second = text(
      (
        await create({
          block_device_mapping_v2: [
            { source_type: 'volume', destination_type: 'volume', uuid: ids.volumes.floating, boot_index: 1 },
          ],
        })
      ).body.server!.id,
    );
    simulator.advance(60 * SECOND);
    expect(await server(second)).toMatchObject({ status: 'ERROR', fault: { message: 'the VIOS is busy' } });
    expect((await api.cinder('GET', `/volumes/${ids.volumes.floating}`)).body.volume!.status).toBe('available');
    expect((await api.neutron('GET', `/v2.0/ports?device_id=${second}`)).body.ports).toHaveLength(0);
  });
});
