import type { CloudKind, Inventory, Simulator } from '../../src/simulator/index.js';
import { startSimulator } from '../../src/simulator/index.js';
import { credentials, send, type Seen } from '../simulator-client.js';
import type { Recording } from './recordings.js';

const PROJECT = 'dd24eb05bf884459891913c87e47ea09';
const DEMO = 'e075a7835295463fbdb8929286663206';

/** Who sent a recording, where it was not the administrator: the recordings hold no tokens. */
export type Sender = 'admin' | 'demo' | 'nobody' | 'stranger';

interface Listed {
  readonly [key: string]: unknown;
}
const listed = (recordings: readonly Recording[], number: string, key: string): Listed[] =>
  ((recordings.find((one) => one.number === number)?.body ?? {}) as Record<string, Listed[]>)[key] ?? [];

/** The cloud that the recordings were made on, before the first of them, under the ids that it had there. */
function recordedInventory(recordings: readonly Recording[], cloud: CloudKind): Inventory {
  const of = (number: string, key: string): Listed[] => listed(recordings, number, key);
  const text = (value: unknown): string => String(value);
  const image = recordings.find(({ number }) => number === '034')!.body as Listed;
  return {
    settings: {
      cloud,
      tokenSeconds: 365 * 86_400,
      quota: { instances: 10, cores: 20, ram: 51_200, volumes: 100, gigabytes: 1000, snapshots: 100 },
    },
    projects: [
      { id: PROJECT, name: 'ibm-default' },
      { id: DEMO, name: 'demo' },
    ],
    users: [
      { id: '67a988c9478f4b829468c8578c27f58c', name: 'admin', password: 'openstack', roles: { [PROJECT]: 'admin' } },
      { id: '2e9198184065486696d0eb0f770208f0', name: 'demo', password: 'openstack', roles: { [DEMO]: 'member' } },
    ],
    hosts: of('138', 'hypervisors').map(({ hypervisor_hostname: name }) => ({
      name: text(name),
      cpus: 64,
      proc_units: 64,
      memory_mb: 524_288,
      memory_reserved_mb: 512,
    })),
    flavors: of('124', 'flavors').map(({ id, name, ram, vcpus, disk, extra_specs }) => ({
      id: text(id),
      name: text(name),
      ram: Number(ram),
      vcpus: Number(vcpus),
      disk: Number(disk),
      extra_specs: extra_specs as Record<string, string>,
    })),
    storageProviders: [{ storage_hostname: 'fake' }],
    volumeTypes: of('319', 'volume_types')
      .filter(({ name }) => name !== '__DEFAULT__')
      .map(({ id, name, extra_specs }) => ({
        id: text(id),
        name: text(name),
        extra_specs: extra_specs as Record<string, string>,
      })),
    networks: of('070', 'networks').map((network) => ({
      id: text(network.id),
      name: text(network.name),
      segmentation_id: Number(network['provider:segmentation_id']),
    })),
    subnets: of('075', 'subnets').map(({ id, name, network_id, cidr }) => ({
      id: text(id),
      name: text(name),
      network_id: text(network_id),
      cidr: text(cidr),
    })),
    images: [
      {
        id: text(image.id),
        name: text(image.name),
        size: 1_048_576,
        min_disk: 1,
        checksum: text(image.checksum),
        properties: { architecture: 'ppc64le', hypervisor_type: 'phyp', os_distro: 'rhel' },
      },
    ],
  };
}

/** What the services made up: ids, MAC addresses, IPv4 addresses and tokens. */
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|\b192\.168(?:\.\d{1,3}){2}\b/g;
const TOKEN = /gAAAAAB[\w-]+/g;
const BASES = {
  keystone: '/identity',
  nova: '/compute',
  cinder: '/volume',
  neutron: '/network',
  glance: '/image',
  placement: '/placement',
} as const;
/** Long enough for any work to be done. */
const ENOUGH_MS = 3_600_000;

/**
 * Sends recordings to a simulator in their order. What the services made has other ids here: they are learned from the
 * answers.
 */
export class Replay {
  readonly #ids = new Map<string, string>();
  #issued = '';

  private constructor(
    readonly simulator: Simulator,
    private readonly tokens: Readonly<Record<Sender, string | undefined>>,
  ) {}

  static async start(recordings: readonly Recording[], cloud: CloudKind): Promise<Replay> {
    const simulator = await startSimulator({
      manualTime: true,
      seed: 1,
      validation: 'off',
      inventory: recordedInventory(recordings, cloud),
    });
    const login = async (user: string, project: string): Promise<string> =>
      (await send(`${simulator.url}/auth/tokens`, 'POST', credentials(user, 'openstack', project))).headers.get(
        'x-subject-token',
      ) ?? '';
    return new Replay(simulator, {
      admin: await login('admin', 'ibm-default'),
      demo: await login('demo', 'demo'),
      nobody: undefined,
      stranger: 'x',
    });
  }

  /** The text with the ids that its things have here. */
  here(text: string): string {
    return text
      .replace(ID, (id) => this.#ids.get(id) ?? id)
      .replace(TOKEN, () => this.tokens.admin ?? '')
      .replaceAll('http://127.0.0.1:5000/v3', this.simulator.url);
  }

  /** Lets all work end, as whoever recorded waited for it. */
  settle(): void {
    this.simulator.advance(ENOUGH_MS);
  }

  async send(recording: Recording, sender: Sender): Promise<Seen> {
    const { service, method, path, request, request_headers: headers } = recording;
    const token = this.tokens[sender];
    const raw = typeof request === 'string' && /^<\d+ bytes>$/.test(request);
    const body = request === null ? undefined : raw ? '{' : this.here(JSON.stringify(request));
    const root = this.simulator.url.replace(/\/identity\/v3$/, '');
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name.toLowerCase(),
        name === 'X-Subject-Token' ? this.#issued : value,
      ]),
    );
    // fetch would ask for `*/*` by itself, which the recordings did not.
    const seen = await send(`${root}${BASES[service]}${this.here(path)}`, method, body, {
      accept: '',
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...given,
    });
    // The token that recordings validate and revoke is the last that one of them was given.
    this.#issued = seen.headers.get('x-subject-token') ?? this.#issued;
    this.#learn(recording, seen);
    return seen;
  }

  close(): Promise<void> {
    return this.simulator.close();
  }

  /** Ids at the same place of both answers are the same thing's; lists of several may be in another order. */
  #learn({ body, response_headers }: Recording, seen: Seen): void {
    if (seen.status >= 300) return;
    const uuid = /[0-9a-f-]{36}$/;
    const location = response_headers.Location?.match(uuid)?.[0];
    const here = seen.headers.get('location')?.match(uuid)?.[0];
    if (location !== undefined && here !== undefined && !this.#ids.has(location)) this.#ids.set(location, here);
    this.#pair(body, seen.body);
  }

  #pair(recorded: unknown, seen: unknown): void {
    if (typeof recorded === 'string' && typeof seen === 'string') {
      const [whole] = recorded.match(ID) ?? [];
      if (whole === recorded && seen.match(ID)?.[0] === seen && !this.#ids.has(recorded)) this.#ids.set(recorded, seen);
      return;
    }
    if (Array.isArray(recorded) && Array.isArray(seen)) {
      if (recorded.length === 1 && seen.length === 1) this.#pair(recorded[0], seen[0]);
      // Services are told apart by what they are and where
      else
        for (const one of recorded as Listed[])
          if (one.binary !== undefined)
            this.#pair(
              one,
              (seen as Listed[]).find(({ binary, host }) => binary === one.binary && host === one.host),
            );
      return;
    }
    if (typeof recorded !== 'object' || typeof seen !== 'object' || recorded === null || seen === null) return;
    for (const [key, value] of Object.entries(recorded)) this.#pair(value, (seen as Record<string, unknown>)[key]);
  }
}
