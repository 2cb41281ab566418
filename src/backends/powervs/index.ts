import {
  Fault,
  nameId,
  uuidOf,
  WORKING_NOTES,
  type Backend,
  type BackendSession,
  type CallOptions,
  type Permission,
} from '../../model/index.js';
import { probeAll } from '../http/probe.js';
import { createTransport } from '../http/transport.js';
import { unsupportedPorts } from '../unsupported-ports.js';
import { capabilities, words } from './capabilities.js';
import { connect, reconnect, type Connection, type WorkspacePlace } from './connection.js';
import { parseCrn } from './crn.js';
import { createVmPort } from './instances.js';
import { createInventoryPort, tierOf, type ImageVolumes } from './inventory.js';
import { createNicPort, type Whereabouts } from './nics.js';
import type { Marks } from './marks.js';
import { createPmemPort } from './pmem.js';
import { createDeployments } from './deployments.js';
import { directoryOf, endpointOf, regionOf } from './regions.js';
import type { PowerVsSettings } from './settings.js';
import { createGroupNotes, type GroupNotesState, type Warn } from './group-notes.js';
import { createSnapshotPort } from './snapshots.js';
import { unsupported } from './unsupported.js';
import { createDiskPort } from './volumes.js';
import { createWorkingNotes } from './working-notes.js';

export { powerVsSettings, type PowerVsSettings } from './settings.js';
export { capabilities as powerVsCapabilities, words as powerVsWords } from './capabilities.js';
export { parseCrn } from './crn.js';
export { instanceSize } from './sizes.js';
export { endpointOf, regionOf } from './regions.js';

/** Where the workspace of the settings is. Throws `request.value` for an invalid CRN. */
export function placeOf({ crn: text, url, region, private: isPrivate, regionsUrl }: PowerVsSettings): WorkspacePlace {
  const crn = parseCrn(text);
  if (!crn) throw new Fault('request.value', { text: `${text} is not the CRN of a Power Virtual Server workspace.` });
  return {
    crn: crn.text,
    workspace: crn.cloudInstanceId,
    address: new URL(url ?? endpointOf(region ?? regionOf(crn.location), isPrivate)),
    ...(url === undefined &&
      regionsUrl !== '' && {
        directory: {
          address: new URL(regionsUrl ?? directoryOf(isPrivate)),
          location: region ?? crn.location,
          isPrivate,
        },
      }),
  };
}

/**
 * IBM Power Virtual Server as a backend: one workspace in one region. Nothing is sent before the first login. `warn` is
 * told of notes in the workspace that somebody has damaged, each time that they are read. Throws `request.value` for an invalid CRN, and if `caFile`
 * cannot be read.
 */
export function createPowerVsBackend(settings: PowerVsSettings, warn?: Warn): Backend {
  const place = placeOf(settings);
  const transport = createTransport(settings);
  const shared: Shared = {
    settings,
    whereabouts: new Map(),
    vms: createWorkingNotes('A VM', WORKING_NOTES.vm),
    disks: createWorkingNotes('A disk', [...WORKING_NOTES.disk, 'bootable']),
    nics: createWorkingNotes('A NIC', WORKING_NOTES.nic),
    vmNames: new Map(),
    sighted: new Set(),
    diskMarks: new Map(),
    imageVolumes: new Map(),
    nicMarks: new Map(),
    groupNotes: { notes: new Map(), refused: new Map(), changes: 0, sighted: new Set(), ...(warn && { warn }) },
  };
  return {
    name: 'powervs',
    words,
    capabilities,
    async login(credentials) {
      const connection = await connect(transport, settings, place, credentials);
      await createGroupNotes(connection, shared.groupNotes).load();
      return sessionOf(connection, place, shared);
    },
    resume: (exported, credentials) =>
      sessionOf(reconnect(transport, settings, place, exported, credentials), place, shared),
    probe: () =>
      probeAll(transport, [
        { service: 'iam', url: new URL(settings.iamUrl) },
        { service: 'pcloud', url: place.address },
      ]),
    load: () => transport.load(),
    renew: (files) => transport.renew(files),
    close: (how) => transport.close(how),
  };
}

/** State that all logins of this process share. */
interface Shared {
  readonly settings: PowerVsSettings;
  readonly whereabouts: Whereabouts;
  readonly vms: ReturnType<typeof createWorkingNotes>;
  readonly disks: ReturnType<typeof createWorkingNotes>;
  readonly nics: ReturnType<typeof createWorkingNotes>;
  readonly vmNames: Map<string, string>;
  readonly sighted: Set<string>;
  readonly diskMarks: Marks;
  readonly imageVolumes: ImageVolumes;
  readonly nicMarks: Marks;
  readonly groupNotes: GroupNotesState;
}

const noKeys = (operation: string): Fault =>
  unsupported(
    operation,
    'A key of one user',
    'the SSH keys of Power Virtual Server belong to the account, not to a user.',
  );

/**
 * IAM's policies are with another service, and neither a token nor the API names the role of its owner. Who logs in is
 * therefore shown as a Manager of the workspace: clients that offer only what permissions allow (the VM portal) would
 * offer nothing otherwise, and IAM refuses what it does not allow.
 */
const ownPermission = ({ login: { user } }: Connection): Permission => ({
  id: nameId('permission', user.id, 'Manager'),
  role: { id: uuidOf('role', 'Manager'), name: 'Manager' },
  user: { id: uuidOf('user', user.id), name: user.name },
});

function sessionOf(connection: Connection, place: WorkspacePlace, shared: Shared): BackendSession {
  const tier = (id: string): Promise<string> => tierOf(connection, id);
  const groupNotes = createGroupNotes(connection, shared.groupNotes);
  return {
    capabilities,
    architectures: ['ppc64'],
    get user() {
      return connection.login.user;
    },
    project: { id: uuidOf('workspace', place.workspace), name: connection.login.workspaceName },
    get expiresAt() {
      return connection.login.expiresAt;
    },
    vms: createVmPort(
      connection,
      shared.settings,
      shared.vms,
      createDeployments(connection, shared.vms, shared.vmNames, shared.sighted, groupNotes),
      tier,
      groupNotes,
    ),
    disks: createDiskPort(connection, shared.settings, shared.disks, shared.diskMarks, tier, groupNotes),
    // clients are refused by the capability before
    images: unsupportedPorts(words, String(capabilities['disk.upload'])).images,
    nics: createNicPort(connection, shared.nics, shared.nicMarks, shared.whereabouts, groupNotes),
    snapshots: createSnapshotPort(connection),
    pmem: createPmemPort(connection),
    inventory: createInventoryPort(connection, groupNotes, shared.imageVolumes),
    access: {
      permissions: async () => [ownPermission(connection)],
      keys: async () => [],
      addKey: async () => {
        throw noKeys('add SSH public key');
      },
      removeKey: async () => {
        throw noKeys('remove SSH public key');
      },
    },
    shared: {
      read: async () => ({}),
      note: async () => {
        throw unsupported(
          'store tags, affinity labels and options',
          'Data that belongs to no resource',
          'Power Virtual Server cannot store metadata for a workspace.',
        );
      },
    },
    with: (options: CallOptions) => sessionOf(connection.with(options), place, shared),
    export: () => connection.export(),
    hold: () => connection.hold(),
    // IAM has no call that revokes a token, nor one that says whether it was revoked
    check: async () => true,
    logout: async () => {
      connection.logOut();
    },
  };
}
