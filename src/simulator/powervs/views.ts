import { required } from '../../invariant.js';
import type { JsonObject } from '../json.js';
import type {
  CloneTask,
  Event,
  Image,
  Instance,
  Interface,
  Job,
  Network,
  PlacementGroup,
  Snapshot,
  Volume,
  VolumeInfo,
  VolumesClone,
  VpmemVolume,
} from './types.js';
import type { World } from './world.js';

/**
 * Records as the API prints them: what the models require, and nothing that they do not declare
 * (docs/reference/powervs-models.txt). A list has references, a single read the whole: their properties differ.
 */
export const hrefOf = (world: World, path: string): string => `/pcloud/v1/cloud-instances/${world.workspaceID}/${path}`;
const crnOf = (world: World, kind: string, id: string): string => world.settings.crn.replace(/::$/, `:${kind}:${id}`);

const groupOf = (world: World, id: string): PlacementGroup | undefined =>
  [...world.placementGroups.values()].find(({ members }) => members.includes(id));

/** `whole`: as in a single read. */
export function instanceView(world: World, one: Instance, whole: boolean): JsonObject {
  const { fault, userData: _, virtualCores, consoleLanguage, sapProfile, ...rest } = one;
  const id = one.pvmInstanceID;
  const volumes = world.volumesOf(id);
  const networks = networksView(world, id);
  const group = groupOf(world, id);
  return {
    ...rest,
    ...(fault && { fault }),
    crn: crnOf(world, 'pvm-instance', id),
    ...(consoleLanguage !== '' && { consoleLanguage: languageOf(consoleLanguage) }),
    ...(sapProfile !== '' && {
      sapProfile: { profileID: sapProfile, href: hrefOf(world, `sap/${sapProfile}`) },
    }),
    ...(group && { placementGroup: group.id }),
    virtualCores: { assigned: virtualCores, min: 1, max: virtualCores * 8 },
    diskSize: volumes.reduce((sum, { size }) => sum + size, 0),
    progress: one.status === 'BUILD' ? 50 : 100,
    networks,
    addresses: networks,
    vpmemVolumes: vpmemOf(world, id).map((volume) => vpmemView(world, volume)),
    ...(whole
      ? {
          volumeIDs: volumes.map(({ volumeID }) => volumeID),
          networkIDs: networks.map(({ networkID }) => networkID),
        }
      : { href: hrefOf(world, `pvm-instances/${id}`) }),
  };
}

/** As version 2 of the list tells it. */
export function instanceView2(world: World, one: Instance): JsonObject {
  const id = one.pvmInstanceID;
  return {
    id,
    name: one.serverName,
    status: one.status,
    href: hrefOf(world, `pvm-instances/${id}`),
    crn: crnOf(world, 'pvm-instance', id),
    creationDate: one.creationDate,
    health: { status: one.health.status },
    host: { id: one.hostID },
    cores: { assigned: one.processors, minimum: one.minproc, maximum: one.maxproc },
    memory: { assigned: one.memory, minimum: one.minmem, maximum: one.maxmem },
    virtualCores: { assigned: one.virtualCores, minimum: 1, maximum: one.virtualCores * 8 },
    deployment: { machineType: one.sysType, pinPolicy: one.pinPolicy, processorMode: one.procType },
    operatingSystem: { type: one.osType, version: one.operatingSystem },
    networkPorts: [...world.interfaces.values()]
      .filter(({ instanceID }) => instanceID === id)
      .map((port) => ({
        id: port.id,
        ipProtocol: 'IPv4',
        macAddress: port.macAddress,
        privateIP: port.ipAddress,
        type: 'dhcp',
      })),
    vpmemVolumes: vpmemOf(world, id).map((volume) => vpmemView(world, volume)),
  };
}

const LANGUAGES: Readonly<Record<string, string>> = { '23': 'English (US)', '25': 'French', '27': 'German' };
export const languages = (): JsonObject[] => Object.keys(LANGUAGES).map(languageOf);
export const languageOf = (code: string): JsonObject => ({ code, language: LANGUAGES[code] ?? code });

export const networksView = (world: World, instanceID: string): JsonObject[] =>
  [...world.interfaces.values()]
    .filter((one) => one.instanceID === instanceID)
    .map((one) => instanceNetworkView(world, one));

export const instanceNetworkView = (world: World, one: Interface): JsonObject => ({
  networkID: one.networkID,
  networkName: world.networks.get(one.networkID)?.name ?? '',
  networkInterfaceID: one.id,
  macAddress: one.macAddress,
  ipAddress: one.ipAddress,
  ip: one.ipAddress,
  type: 'fixed',
  version: 4,
  ...(one.instanceID !== null && { href: hrefOf(world, `pvm-instances/${one.instanceID}/networks/${one.networkID}`) }),
});

/** `through`: the instance whose volumes were asked for. */
export function volumeView(world: World, { attachments, ...one }: Volume, through?: string): JsonObject {
  const mine = attachments.find(({ pvmInstanceID }) => pvmInstanceID === through);
  return {
    ...one,
    crn: crnOf(world, 'volume', one.volumeID),
    lastUpdateDate: one.creationDate,
    pvmInstanceIDs: attachments.map(({ pvmInstanceID }) => pvmInstanceID),
    replicationEnabled: false,
    ...(mine && { bootVolume: mine.boot, deleteOnTermination: mine.deleteOnTermination }),
  };
}

/** In a list, a volume has an address. */
export const volumeReference = (world: World, one: Volume, through?: string): JsonObject => ({
  ...volumeView(world, one, through),
  href: hrefOf(world, `volumes/${one.volumeID}`),
});

export const networkReference = (world: World, one: Network): JsonObject => {
  const { prefix: _, cidr: __, gateway: ___, dnsServers: ____, ...rest } = one;
  return { ...rest, href: hrefOf(world, `networks/${one.networkID}`), crn: crnOf(world, 'network', one.networkID) };
};

export function networkView(world: World, one: Network): JsonObject {
  const { prefix, ...rest } = one;
  const used = [...world.interfaces.values()].filter(({ networkID }) => networkID === one.networkID).length;
  const total = 253;
  return {
    ...rest,
    crn: crnOf(world, 'network', one.networkID),
    ipAddressMetrics: { available: total - used, total, used, utilization: Math.round((used / total) * 100) },
    ipAddressRanges: [{ startingIPAddress: `${prefix}.2`, endingIPAddress: `${prefix}.254` }],
  };
}

export const interfaceView = (world: World, { networkID: _, instanceID, ...one }: Interface): JsonObject => ({
  ...one,
  crn: crnOf(world, 'network-interface', one.id),
  ...(instanceID !== null && {
    instance: { instanceID, href: hrefOf(world, `pvm-instances/${instanceID}`) },
  }),
});

/** The same interface by its older name. */
export const portView = (world: World, one: Interface): JsonObject => ({
  portID: one.id,
  description: one.name,
  ipAddress: one.ipAddress,
  macAddress: one.macAddress,
  status: one.instanceID === null ? 'DOWN' : 'ACTIVE',
  href: hrefOf(world, `networks/${one.networkID}/ports/${one.id}`),
  ...(one.instanceID !== null && {
    pvmInstance: { pvmInstanceID: one.instanceID, href: hrefOf(world, `pvm-instances/${one.instanceID}`) },
  }),
});

export const snapshotView = (one: Snapshot): JsonObject => ({ ...one, lastUpdateDate: one.creationDate });

export const vpmemOf = (world: World, id: string): VpmemVolume[] =>
  [...world.vpmemVolumes.values()].filter(({ pvmInstanceID }) => pvmInstanceID === id);
export const vpmemView = (world: World, one: VpmemVolume): JsonObject => ({
  ...one,
  updatedDate: one.creationDate,
  href: hrefOf(world, `pvm-instances/${one.pvmInstanceID}/vpmem-volumes/${one.uuid}`),
});

const imageParts = (
  world: World,
  { osType, operatingSystem: _, stock: __, imageType, volumes: ___, ...one }: Image,
) => ({
  ...one,
  crn: crnOf(world, 'image', one.imageID),
  description: '',
  lastUpdateDate: one.creationDate,
  specifications: {
    operatingSystem: osType,
    architecture: 'ppc64',
    imageType,
    hypervisorType: 'phyp',
    containerFormat: 'bare',
    diskFormat: 'raw',
    endianness: osType === 'aix' || osType === 'ibmi' ? 'big-endian' : 'little-endian',
  },
});
export const imageReference = (world: World, one: Image): JsonObject => ({
  ...imageParts(world, one),
  href: hrefOf(world, `${one.stock ? 'stock-images' : 'images'}/${one.imageID}`),
});
export const imageView = (world: World, one: Image): JsonObject => ({
  ...imageParts(world, one),
  size: one.volumes.reduce((sum, { size }) => sum + size, 0),
  maxImageVolumeSize: Math.max(0, ...one.volumes.map(({ size }) => size)),
  volumes: one.volumes,
});

export const groupView = (world: World, one: PlacementGroup): JsonObject => ({
  ...one,
  crn: crnOf(world, 'server-placement-group', one.id),
});

export const jobView = ({ id, action, target, targetID, state, message, createTimestamp }: Job): JsonObject => ({
  id,
  createTimestamp,
  operation: { action, id: targetID, target },
  status: { state, progress: state === 'running' ? 'in progress' : 'complete', message },
});
export const jobReference = (world: World, { id }: Job): JsonObject => ({ id, href: hrefOf(world, `jobs/${id}`) });

export const cloneTaskView = ({ cloneTaskID: _, failedReason, ...one }: CloneTask): JsonObject => ({
  ...one,
  ...(failedReason !== '' && { failedReason }),
});

/** In a list, and after an action. */
export const volumesCloneView = ({
  sources: _,
  clones: __,
  rollbackPrepare: ___,
  failureMessage,
  ...one
}: VolumesClone): JsonObject => ({ ...one, ...(failureMessage !== '' && { failureMessage }) });

/** The clones are listed when they are complete. */
export function volumesCloneDetailView(world: World, one: VolumesClone): JsonObject {
  const info = (volume: VolumeInfo): JsonObject => ({ ...volume, crn: crnOf(world, 'volume', volume.volumeID) });
  const complete = one.status === 'completed' ? one.clones : [];
  return {
    ...volumesCloneView(one),
    clonedVolumes: complete.map((clone, index) => ({
      clone: info(clone),
      source: info(required(one.sources[index], 'the source of a clone')),
    })),
  };
}

export const eventView = (one: Event): JsonObject => ({
  ...one,
  level: 'info',
  timestamp: Math.floor(Date.parse(one.time) / 1000),
  user: { userID: 'simulator' },
});
