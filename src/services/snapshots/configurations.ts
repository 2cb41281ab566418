import { deflateRawSync } from 'node:zlib';
import type { DiskInput, NicInput, Snapshot, Vm, VmInput } from '../../model/index.js';
import { readPackedNote, type OnBadNote } from '../notes/notes.js';

/**
 * A VM's configuration at a snapshot's time. A cloud's snapshot holds volumes only, so the rest is in its notes
 * (`configuration`), packed: JSON, deflated, base64. Older gateways kept it in the notes of the VM, under the
 * snapshot's name: each took five of the 128 items that Nova gives a server.
 */
export const CONFIGURATION = 'configuration';

export interface Configuration {
  /** When it was taken, epoch milliseconds. */
  readonly at: number;
  /** The snapshot's whole description: PowerVC stores 255 characters of it. */
  readonly description: string;
  readonly vm: VmInput;
  readonly disks: readonly DiskInput[];
  readonly nics: readonly NicInput[];
}

const PREFIX = 'snapshot.';

/** The note's key for the snapshot of that name. */
export const noteOf = (snapshotName: string): string => `${PREFIX}${snapshotName}`;

/** Name of the snapshot that the note's key is for; undefined for other notes. */
export const snapshotOf = (key: string): string | undefined =>
  key.startsWith(PREFIX) ? key.slice(PREFIX.length) : undefined;

export function pack({
  vm: { notes: _, pmemVolumes: __, cpuUsagePercent: ___, ...vm },
  ...rest
}: Configuration): string {
  const disks = rest.disks.map(({ notes: _, vm: __, vmIds: ___, ...disk }) => disk);
  const nics = rest.nics.map(({ notes: _, vm: __, addresses: ___, ...nic }) => nic);
  return deflateRawSync(JSON.stringify({ ...rest, vm, disks, nics })).toString('base64');
}

/** The snapshot's configuration, or the one that its VM keeps for it, written by an older gateway. */
export const packedOf = (snapshot: Snapshot, vm: Vm): string | undefined =>
  snapshot.notes?.[CONFIGURATION] ?? vm.notes?.[noteOf(snapshot.name ?? '')];

/** The unpacked configuration; undefined for no note, and for one that is not the gateway's. */
export const unpack = (text: string | undefined, bad?: OnBadNote): Configuration | undefined =>
  readPackedNote('Configuration', text, bad);
