import type { JsonObject } from '../json.js';
import type { Image, Instance, Interface, Snapshot, Volume, VpmemVolume } from './types.js';
import type { World } from './world.js';

/** Records as the API prints them. */
export function instanceView(world: World, one: Instance, whole: boolean): JsonObject {
  const { fault, userData: _, virtualCores, ...rest } = one;
  const id = one.pvmInstanceID;
  const volumes = world.volumesOf(id);
  return {
    ...rest,
    ...(fault && { fault }),
    href: `/pcloud/v1/cloud-instances/${world.workspaceID}/pvm-instances/${id}`,
    crn: world.settings.crn.replace(/::$/, `:pvm-instance:${id}`),
    minmem: Math.max(2, one.memory / 2),
    maxmem: one.memory * 2,
    minproc: Math.min(0.25, one.processors),
    maxproc: one.processors * 2,
    virtualCores: { assigned: virtualCores, min: 1, max: virtualCores * 2 },
    diskSize: volumes.reduce((sum, { size }) => sum + size, 0),
    progress: one.status === 'BUILD' ? 50 : 100,
    networks: networksView(world, id),
    addresses: [],
    vpmemVolumes: [...world.vpmemVolumes.values()].filter(({ pvmInstanceID }) => pvmInstanceID === id).map(vpmemView),
    ...(whole && {
      volumeIDs: volumes.map(({ volumeID }) => volumeID),
      networkIDs: networksView(world, id).map(({ networkID }) => networkID),
    }),
  };
}

export const networksView = (world: World, instanceID: string): JsonObject[] =>
  [...world.interfaces.values()]
    .filter((one) => one.instanceID === instanceID)
    .map((one) => ({
      networkID: one.networkID,
      networkName: world.networks.get(one.networkID)?.name ?? '',
      networkInterfaceID: one.id,
      macAddress: one.macAddress,
      ipAddress: one.ipAddress,
      ip: one.ipAddress,
      type: 'fixed',
      version: 4,
    }));

/** `through`: the instance whose volumes were asked for. */
export function volumeView({ attachments, ...one }: Volume, through?: string): JsonObject {
  const mine = attachments.find(({ pvmInstanceID }) => pvmInstanceID === through);
  return {
    ...one,
    lastUpdateDate: one.creationDate,
    pvmInstanceIDs: attachments.map(({ pvmInstanceID }) => pvmInstanceID),
    ...(mine && { bootVolume: mine.boot, deleteOnTermination: mine.deleteOnTermination }),
  };
}

export const interfaceView = ({ networkID: _, instanceID, ...one }: Interface): JsonObject => ({
  ...one,
  crn: '',
  ...(instanceID !== null && { instance: { instanceID } }),
});
export const snapshotView = (one: Snapshot): JsonObject => ({ ...one, lastUpdateDate: one.creationDate });
export const vpmemView = (one: VpmemVolume): JsonObject => ({ ...one, updatedDate: one.creationDate, href: '' });

export function imageView({ osType, operatingSystem: _, volumes, ...one }: Image, whole: boolean): JsonObject {
  return {
    ...one,
    description: '',
    lastUpdateDate: one.creationDate,
    href: '',
    specifications: { operatingSystem: osType, architecture: 'ppc64', imageType: 'stock' },
    ...(whole && {
      size: volumes.reduce((sum, { size }) => sum + size, 0),
      maxImageVolumeSize: Math.max(0, ...volumes.map(({ size }) => size)),
      volumes,
    }),
  };
}
