import { randomUUID } from 'node:crypto';
import { eventually, logIn, RestError, type Login, type Rest } from './rest.js';
import { placed, type Names, type Shared } from './stage.js';

type Item = Readonly<Record<string, unknown>>;
type Volume = Item & { readonly attachments?: readonly { readonly server_id: string; readonly boot_index?: number }[] };
interface Made {
  readonly id: string;
}
interface ServerState {
  readonly server: {
    readonly status: string;
    readonly 'OS-EXT-STS:task_state': string | null;
    readonly fault?: { readonly message: string };
    readonly 'os-extended-volumes:volumes_attached': Made[];
  };
}

/** A project of its own for one exchange, with what the corpus holds before it. */
export interface Stage {
  readonly project: string;
  readonly names: Names;
  readonly rest: Rest;
  close(): Promise<void>;
}

/**
 * Makes the project, its servers, volumes and ports. What the inventory tells of a server beyond name, state and notes
 * is the simulator's.
 */
export async function stageOf(
  login: Login,
  admin: Rest & { readonly user: string; readonly roles: readonly Made[] },
  shared: Shared,
  inventory: Record<string, unknown>,
  alone = false,
): Promise<Stage> {
  const undo: (() => Promise<unknown>)[] = [];
  const name = `corpus-${randomUUID()}`;
  const names = new Map(shared.names);
  const snapshotNames = new Map<string, string>();
  const items = (kind: string): Item[] => (inventory[kind] ?? []) as Item[];
  const real = (id: unknown): string => names.get(String(id)) ?? String(id);
  const volumes = items('volumes') as Volume[];
  const typeOf = (one?: Volume): string => real(one?.['volume_type'] ?? items('volumeTypes')[0]!['id']);
  const {
    domains: [domain],
  } = await admin.call<{ domains: Made[] }>(
    'identity',
    'GET',
    `/domains?name=${encodeURIComponent(login.projectDomain)}`,
  );
  const { project } = await admin.call<{ project: Made }>('identity', 'POST', '/projects', {
    project: { name, domain_id: domain!.id },
  });
  for (const { id } of admin.roles)
    await admin.call('identity', 'PUT', `/projects/${project.id}/users/${admin.user}/roles/${id}`);
  const rest = await logIn({ ...login, project: name });
  const unlimited = (...kinds: string[]): Record<string, number> => Object.fromEntries(kinds.map((kind) => [kind, -1]));
  await admin.call('compute', 'PUT', `/os-quota-sets/${project.id}`, {
    quota_set: unlimited('instances', 'cores', 'ram'),
  });
  await admin.call('volume', 'PUT', `/os-quota-sets/${project.id}`, {
    quota_set: unlimited('volumes', 'snapshots', 'gigabytes'),
  });

  const volumeBy = (id: string, statuses: readonly string[]) =>
    eventually(`volume ${id} is ${statuses.join(' or ')}`, async () => {
      const { volume } = await rest.call<{ volume: { status: string } }>('volume', 'GET', `/volumes/${id}`);
      if (volume.status.startsWith('error')) throw new Error(`volume ${id} is in ${volume.status}`);
      return statuses.includes(volume.status) ? true : undefined;
    });
  const serverBy = (id: string, status: string) =>
    eventually(`server ${id} is ${status}`, async () => {
      const { server } = await rest.call<ServerState>('compute', 'GET', `/servers/${id}`);
      if (server.status === 'ERROR') throw new Error(`server ${id}: ${server.fault?.message ?? 'ERROR'}`);
      return server.status === status && server['OS-EXT-STS:task_state'] === null ? server : undefined;
    });

  /** As the gateway would have made it: booted from a volume, with a note of its image. */
  async function server(one: Item): Promise<void> {
    const host = names.get(one['host'] as string);
    const image = real(one['image_id'] ?? '64d4aa08-58c6-4de2-abc4-89f19003b886');
    const boot = volumes.find(({ attachments = [] }) =>
      attachments.some(({ server_id: of, boot_index: index }) => of === one['id'] && index === 0),
    );
    const { server: created } = await rest.call<{ server: Made }>(
      'compute',
      'POST',
      '/servers',
      {
        server: {
          name: one['name'],
          flavorRef: await shared.flavorOf(Number(one['memory_mb'] ?? 4096), Number(one['cpus'] ?? 2)),
          networks: 'none',
          metadata: {
            'ovirt.template': image,
            // notes may name an image
            ...(JSON.parse(placed(JSON.stringify(one['metadata'] ?? {}), shared.names)) as object),
          },
          ...(host !== undefined && { availability_zone: `${shared.zone}:${host}` }),
          block_device_mapping_v2: [
            {
              boot_index: 0,
              uuid: image,
              source_type: 'image',
              destination_type: 'volume',
              volume_size: boot?.['size'] ?? 1,
              volume_type: typeOf(boot),
              delete_on_termination: true,
            },
          ],
        },
      },
      { 'openstack-api-version': 'compute 2.67' },
    );
    names.set(String(one['id']), created.id);
    const built = await serverBy(created.id, 'ACTIVE');
    if (!boot) return;
    const root = built['os-extended-volumes:volumes_attached'][0]!.id;
    names.set(String(boot['id']), root);
    await rest.call('volume', 'PUT', `/volumes/${root}`, { volume: { name: boot['name'] } });
  }

  async function power(one: Item): Promise<void> {
    const id = real(one['id']);
    const act = { stopped: ['os-stop', 'SHUTOFF'], suspended: ['suspend', 'SUSPENDED'], paused: ['pause', 'PAUSED'] }[
      String(one['vm_state'])
    ];
    if (!act) return;
    await rest.call('compute', 'POST', `/servers/${id}/action`, { [act[0]!]: null });
    await serverBy(id, act[1]!);
  }

  async function volume(one: Volume): Promise<void> {
    if (names.has(String(one['id']))) return;
    const metadata = Object.fromEntries(
      Object.entries(one['metadata'] ?? {}).map(([key, value]) => [key, real(value)]),
    );
    const { volume: created } = await rest.call<{ volume: Made }>('volume', 'POST', '/volumes', {
      volume: { name: one['name'], size: one['size'], metadata, volume_type: typeOf(one) },
    });
    names.set(String(one['id']), created.id);
    await volumeBy(created.id, ['available']);
    if (one['bootable'])
      await rest.call('volume', 'POST', `/volumes/${created.id}/action`, { 'os-set_bootable': { bootable: true } });
    for (const { server_id: id } of one.attachments ?? []) {
      await rest.call('compute', 'POST', `/servers/${real(id)}/os-volume_attachments`, {
        volumeAttachment: { volumeId: created.id },
      });
      await volumeBy(created.id, ['in-use']);
    }
  }

  /** Without its MAC address: that is one for the whole cloud, and other exchanges have the same. */
  async function port(one: Item): Promise<void> {
    const { port: created } = await rest.call<{ port: Made }>('network', 'POST', '/v2.0/ports', {
      port: {
        network_id: real(one['network_id']),
        name: one['name'] ?? '',
        description: ((one['description'] ?? '') as string).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, real),
      },
    });
    names.set(String(one['id']), created.id);
    if (one['device_id']) {
      await rest.call('compute', 'POST', `/servers/${real(one['device_id'])}/os-interface`, {
        interfaceAttachment: { port_id: created.id },
      });
      await eventually(`port ${created.id} is attached`, async () =>
        (await rest.call<{ port: { device_id: string } }>('network', 'GET', `/v2.0/ports/${created.id}`)).port.device_id
          ? true
          : undefined,
      );
    }
  }

  async function snapshots(): Promise<void> {
    for (const { id, name: called, description = '', server_id: of, volumes: held } of items('instanceSnapshots')) {
      const { nameId } = await import('../../src/model/index.js');
      const set = nameId('snapshot', real(of), String(called));
      const members = (held ?? []) as Item[];
      // Cinder tells a volume's latest snapshot by whole seconds
      await new Promise((resolve) => {
        setTimeout(resolve, 1100);
      });
      // The corpus has snapshots with the id of their VM: only in its own place it is the snapshot's
      for (const place of ['snapshots/', 'snapshot id="']) snapshotNames.set(`${place}${String(id)}`, `${place}${set}`);
      for (const member of members) {
        const { snapshot } = await rest.call<{ snapshot: Made }>('volume', 'POST', '/snapshots', {
          snapshot: {
            volume_id: real(member['volume_id']),
            name: called,
            description,
            force: true,
            metadata: {
              'ovirt.snapshot': set,
              'ovirt.vm': real(of),
              'ovirt.of': String(members.length),
              'ovirt.boot': 'true',
            },
          },
        });
        for (const key of ['id', 'snapshot_id'])
          if (member[key] !== undefined)
            if (!names.has(member[key] as string)) names.set(member[key] as string, snapshot.id);
        await eventually(`snapshot ${snapshot.id}`, async () =>
          (await rest.call<{ snapshot: { status: string } }>('volume', 'GET', `/snapshots/${snapshot.id}`)).snapshot
            .status === 'available'
            ? true
            : undefined,
        );
      }
    }
  }

  /** What all projects share stands in an aggregate's metadata; the exchanges that have any run alone. */
  async function aggregates(): Promise<void> {
    for (const { metadata } of items('hostGroups')) {
      if (!alone) continue;
      const { aggregate: created } = await admin.call<{ aggregate: { id: number } }>(
        'compute',
        'POST',
        '/os-aggregates',
        {
          aggregate: { name },
        },
      );
      undo.push(() => admin.maybe('compute', 'DELETE', `/os-aggregates/${created.id}`));
      if (metadata)
        await admin.call('compute', 'POST', `/os-aggregates/${created.id}/action`, { set_metadata: { metadata } });
    }
  }

  /** Until nothing is left: a project that is removed before would orphan it. */
  async function close(): Promise<void> {
    await eventually(`project ${name} is empty`, async () => {
      const left = await Promise.all([
        rest
          .call<{ servers: (Made & ServerState['server'])[] }>('compute', 'GET', '/servers/detail')
          .then(({ servers }) => servers),
        rest
          .call<{ snapshots: Made[] }>('volume', 'GET', '/snapshots')
          .then(({ snapshots: all }) => all.map(({ id }) => ['volume', `/snapshots/${id}`] as const)),
        rest
          .call<{ volumes: Made[] }>('volume', 'GET', '/volumes')
          .then(({ volumes }) => volumes.map(({ id }) => ['volume', `/volumes/${id}`] as const)),
        rest
          .call<{ ports: Made[] }>('network', 'GET', `/v2.0/ports?project_id=${project.id}`)
          .then(({ ports }) => ports.map(({ id }) => ['network', `/v2.0/ports/${id}`] as const)),
        rest
          .call<{ images: Made[] }>('image', 'GET', `/v2/images?owner=${project.id}`)
          .then(({ images }) => images.map(({ id }) => ['image', `/v2/images/${id}`] as const)),
        rest
          .call<{ server_groups: Made[] }>('compute', 'GET', '/os-server-groups')
          .then(({ server_groups: all }) => all.map(({ id }) => ['compute', `/os-server-groups/${id}`] as const)),
      ]);
      const [servers, ...others] = left;
      // One that is deleted while it migrates leaves its volume attached to a host that it has left
      const resting = servers
        .filter((one) => one['OS-EXT-STS:task_state'] === null)
        .map(({ id }) => ['compute', `/servers/${id}`] as const);
      const all = [...resting, ...others.flat()];
      for (const [service, path] of all) {
        // What still hangs on something else is refused, and gone at the next look
        await rest.maybe(service, 'DELETE', path).catch((error: unknown) => {
          if (!(error instanceof RestError)) throw error;
        });
      }
      return servers.length + all.length === 0 ? true : undefined;
    });
    for (const step of undo) await step();
    await admin.call('identity', 'DELETE', `/projects/${project.id}`);
  }

  try {
    await Promise.all(items('servers').map(server));
    for (const one of volumes) await volume(one);
    for (const one of items('ports')) await port(one);
    await snapshots();
    for (const one of items('servers')) await power(one);
    await aggregates();
    return { project: name, names: new Map([...snapshotNames, ...names]), rest, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * A user of its own with these roles in the stage's project: by default a member, and nothing more. Key pairs, for one,
 * belong to the user, whatever the project.
 */
export async function userOf(
  login: Login,
  admin: Rest,
  stage: Stage,
  roles: readonly string[] = ['member'],
): Promise<{ readonly login: Login; close(): Promise<void> }> {
  const user = `${roles[0]}-${randomUUID()}`;
  const [{ domains }, { roles: all }] = await Promise.all([
    admin.call<{ domains: Made[] }>('identity', 'GET', `/domains?name=${encodeURIComponent(login.userDomain)}`),
    admin.call<{ roles: (Made & { name: string })[] }>('identity', 'GET', '/roles'),
  ]);
  const { user: created } = await admin.call<{ user: Made }>('identity', 'POST', '/users', {
    user: { name: user, password: user, domain_id: domains[0]!.id },
  });
  for (const { id } of all.filter(({ name }) => roles.includes(name)))
    await admin.call('identity', 'PUT', `/projects/${stage.rest.project}/users/${created.id}/roles/${id}`);
  return {
    login: { ...login, user, password: user, project: stage.project },
    async close() {
      await admin.call('identity', 'DELETE', `/users/${created.id}`);
    },
  };
}
