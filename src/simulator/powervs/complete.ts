import { stableUuid } from '../stable-id.js';
import type { Records, Seeds, Settings } from './types.js';

/** The default creation time. Fixed, so that runs repeat. */
const EPOCH = '2026-01-12T08:00:00.000Z';

export const defaultSettings: Settings = {
  crn: 'crn:v1:bluemix:public:power-iaas:us-south:a/a1b2c3d4e5f60718293a4b5c6d7e8f90:121d5ee5-b87d-4a0e-86b8-aaff42213547::',
  name: 'ibm-default',
  region: 'us-south',
  tokenSeconds: 3600,
  capabilities: ['custom-virtualcores'],
  limits: { instances: 50, memory: 4096, processors: 500, procUnits: 500, storage: 200_000 },
};

/**
 * Between which a running instance is resized: an eighth, but 2 GiB and a quarter of a core at least, and eight times
 * (IBM's documents, "Modifying a virtual server instance").
 */
export const boundsOf = ({ memory, processors }: { readonly memory: number; readonly processors: number }) => ({
  minmem: Math.max(2, memory / 8),
  maxmem: memory * 8,
  minproc: Math.max(0.25, processors / 8),
  maxproc: processors * 8,
});

interface Completer<K extends keyof Records> {
  readonly key: (record: Records[K]) => string;
  readonly complete: (seed: Seeds[K], count: number) => Records[K];
}

/** What a seed leaves out, and the key of each kind of record. */
export const completers: { readonly [K in keyof Records]: Completer<K> } = {
  apiKeys: {
    key: ({ key }) => key,
    complete: (seed) => ({
      iam_id: `IBMid-${stableUuid(seed.key).slice(0, 8)}`,
      email: 'admin@example.com',
      workspaces: true,
      locked: false,
      ...seed,
    }),
  },
  instances: {
    key: ({ pvmInstanceID }) => pvmInstanceID,
    complete: (seed) => ({
      status: 'ACTIVE',
      taskState: '',
      health: { status: 'OK', reason: '' },
      fault: null,
      memory: 4,
      processors: 0.5,
      procType: 'shared',
      virtualCores: 2,
      imageID: '',
      osType: 'rhel',
      operatingSystem: 'Linux',
      sysType: 's1022',
      hostID: 1,
      pinPolicy: 'none',
      allowRemoteRestart: true,
      preferredProcessorCompatibilityMode: 'default',
      consoleLanguage: '',
      sapProfile: '',
      ...boundsOf({ memory: 4, processors: 0.5, ...seed }),
      storageType: 'tier3',
      storagePool: 'General-Flash-1',
      storagePoolAffinity: true,
      creationDate: EPOCH,
      updatedDate: EPOCH,
      userData: null,
      ...seed,
    }),
  },
  volumes: {
    key: ({ volumeID }) => volumeID,
    complete: (seed) => {
      const attachments = (seed.attachments ?? []).map((one) => ({ boot: false, deleteOnTermination: false, ...one }));
      return {
        state: attachments.length > 0 ? 'in-use' : 'available',
        diskType: 'tier3',
        volumePool: 'General-Flash-1',
        bootable: attachments.some(({ boot }) => boot),
        shareable: false,
        wwn: `6005076813810228${stableUuid(seed.volumeID).replaceAll('-', '').slice(0, 16)}`,
        creationDate: EPOCH,
        ...seed,
        attachments,
      };
    },
  },
  networks: {
    key: ({ networkID }) => networkID,
    complete: (seed, count) => ({
      type: 'vlan',
      vlanID: 100 + count,
      mtu: 1450,
      prefix: `192.168.${100 + count}`,
      cidr: `${seed.prefix ?? `192.168.${100 + count}`}.0/24`,
      gateway: `${seed.prefix ?? `192.168.${100 + count}`}.1`,
      dnsServers: ['127.0.0.1'],
      ...seed,
    }),
  },
  interfaces: {
    key: ({ id }) => id,
    complete: (seed, count) => ({
      name: '',
      macAddress: `fa:16:3e:10:00:${(count + 16).toString(16)}`,
      ipAddress: `192.168.100.${count + 50}`,
      instanceID: null,
      ...seed,
      status: seed.status ?? (seed.instanceID ? 'active' : 'down'),
    }),
  },
  images: {
    key: ({ imageID }) => imageID,
    complete: (seed) => ({
      stock: false,
      imageType: 'stock',
      state: 'active',
      creationDate: EPOCH,
      storageType: 'tier3',
      storagePool: 'General-Flash-1',
      osType: 'rhel',
      operatingSystem: 'rhel',
      volumes: [],
      ...seed,
    }),
  },
  snapshots: {
    key: ({ snapshotID }) => snapshotID,
    complete: (seed) => ({
      description: '',
      status: 'available',
      percentComplete: 100,
      action: 'create',
      statusDetail: '',
      creationDate: EPOCH,
      volumeSnapshots: {},
      ...seed,
    }),
  },
  vpmemVolumes: {
    key: ({ uuid }) => uuid,
    complete: (seed) => ({ status: 'active', reason: '', creationDate: EPOCH, ...seed }),
  },
  placementGroups: { key: ({ id }) => id, complete: (seed) => ({ policy: 'affinity', members: [], ...seed }) },
  jobs: {
    key: ({ id }) => id,
    complete: (seed) => ({ targetID: '', state: 'running', message: '', createTimestamp: EPOCH, ...seed }),
  },
  cloneTasks: {
    key: ({ cloneTaskID }) => cloneTaskID,
    complete: (seed) => ({ status: 'running', percentComplete: 0, failedReason: '', clonedVolumes: [], ...seed }),
  },
  volumesClones: {
    key: ({ volumesCloneID }) => volumesCloneID,
    complete: (seed) => ({
      action: 'prepare',
      status: 'prepared',
      percentComplete: 100,
      failureMessage: '',
      creationDate: EPOCH,
      lastUpdateDate: EPOCH,
      clones: [],
      rollbackPrepare: false,
      ...seed,
    }),
  },
  events: { key: ({ eventID }) => eventID, complete: (seed) => ({ ...seed }) },
  sshKeys: { key: ({ name }) => name, complete: (seed) => ({ description: '', creationDate: EPOCH, ...seed }) },
  sapProfiles: {
    key: ({ profileID }) => profileID,
    complete: (seed) => ({ certified: true, type: 'balanced', ...seed }),
  },
  systems: { key: ({ type, id }) => `${type}/${id}`, complete: (seed) => ({ ...seed }) },
  tiers: { key: ({ name }) => name, complete: (seed) => ({ description: '', state: 'active', ...seed }) },
  storagePools: { key: ({ poolName }) => poolName, complete: (seed) => ({ ...seed }) },
};
