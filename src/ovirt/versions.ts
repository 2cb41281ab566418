import { versions as tables } from '../generated/ovirt/versions.js';
import { operations } from './operations/index.js';
import { createVersion, type Version, type VersionTables } from './version.js';

/** Versions from their tables, with every declared operation that they have. */
export const createVersions = (all: readonly VersionTables[]): readonly Version[] =>
  all.map((one) => createVersion(one, operations));

/** The versions that stand in schemas/ovirt. */
export const versions: readonly Version[] = createVersions(tables.filter(({ protocol }) => !protocol.draft));
