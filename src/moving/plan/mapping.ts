import { parse, stringify } from 'yaml';
import { counted } from '../units.js';

/** Names on the old side → names on the new side. */
export interface Mapping {
  readonly clusters: Names;
  readonly networks: Names;
  readonly storageDomains: Names;
}
export type MappingKind = keyof Mapping;
export type Names = Readonly<Record<string, string | null>>;

export const mappingKinds: readonly MappingKind[] = ['clusters', 'networks', 'storageDomains'];
export const noMapping: Mapping = { clusters: {}, networks: {}, storageDomains: {} };

/** The mapping file is invalid; the message says why. */
export class MappingFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MappingFileError';
  }
}

const isNames = (value: unknown): value is Names =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((held) => held === null || typeof held === 'string');

/** Reads a mapping file. @throws MappingFileError */
export function readMapping(text: string, file: string): Mapping {
  let tree: unknown;
  try {
    tree = parse(text) ?? {};
  } catch (error) {
    throw new MappingFileError(`${file}: ${(error as Error).message}`, { cause: error });
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree))
    throw new MappingFileError(`${file}: expected a mapping with the keys ${mappingKinds.join(', ')}`);
  const strange = Object.keys(tree).find((name) => !mappingKinds.some((kind) => kind === name));
  if (strange !== undefined)
    throw new MappingFileError(`${file}: unknown key ${strange}; the keys are ${mappingKinds.join(', ')}`);
  const named = Object.entries(tree as Record<string, unknown>).map(([kind, names]) => {
    if (names !== null && !isNames(names)) throw new MappingFileError(`${file}: ${kind} must map names to names`);
    return [kind, names ?? {}] as const;
  });
  return { ...noMapping, ...Object.fromEntries(named) };
}

/** A name to map: how often it is used, and its counterpart on the new side, if known. */
export interface Used {
  readonly name: string;
  readonly uses: number;
  readonly to?: string;
}

const USES: Readonly<Record<MappingKind, string>> = { clusters: 'VM', networks: 'NIC', storageDomains: 'disk' };

/** A mapping file to fill in. `offered`: the names that exist on the new side. */
export function draftMapping(
  used: Readonly<Record<MappingKind, readonly Used[]>>,
  offered: Readonly<Record<MappingKind, readonly string[]>> | undefined,
): string {
  const parts = mappingKinds.map((kind) => {
    const names = offered?.[kind] ?? [];
    const lines = used[kind].map(({ name, uses, to }) => {
      const pair = stringify({ [name]: to ?? null }, { lineWidth: 0 }).trimEnd();
      return `  ${pair} # ${counted(uses, USES[kind])}\n`;
    });
    const comment = names.length > 0 ? `# On the new side: ${names.join(', ')}\n` : '';
    return `${comment}${kind}:${lines.length === 0 ? ' {}' : ''}\n${lines.join('')}`;
  });
  return (
    '# Old names of clusters, networks and storage domains, and their new names. null: ' +
    `not decided yet.\n\n${parts.join('\n')}`
  );
}
