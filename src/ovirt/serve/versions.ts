import { versions as tables } from '../../generated/ovirt/versions.js';
import { operations } from '../operations/index.js';
import type { ServedVersion } from '../declare/operation.js';
import { createVersion, type VersionTables } from '../version/version.js';
import { byVersion } from '../operations/version-code.js';

/** Versions from their tables, with every declared operation that they have. Throws for a version without code. */
export const createVersions = (all: readonly VersionTables[]): readonly ServedVersion[] =>
  all.map((one) => {
    byVersion(one.protocol);
    return createVersion(one, operations);
  });

/** The versions of schemas/ovirt. */
export const versions: readonly ServedVersion[] = createVersions(tables.filter(({ protocol }) => !protocol.draft));
