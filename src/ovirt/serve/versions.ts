import { versions as tables } from '../../generated/ovirt/versions.js';
import { operations } from '../operations/index.js';
import type { ServedVersion } from '../declare/operation.js';
import { createVersion, type VersionTables } from '../version/version.js';
import { byVersion } from '../operations/version-code.js';

/** Versions from their tables, with every declared operation that they have. Throws for one that no code serves. */
export const createVersions = (all: readonly VersionTables[]): readonly ServedVersion[] =>
  all.map((one) => {
    byVersion(one.protocol);
    return createVersion(one, operations);
  });

/** The versions that stand in schemas/ovirt. */
export const versions: readonly ServedVersion[] = createVersions(tables.filter(({ protocol }) => !protocol.draft));
