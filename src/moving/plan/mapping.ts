import { parse, stringify } from 'yaml';

/** What names of the old side are called on the new one. */
export interface Mapping {
  readonly clusters: Names;
  readonly networks: Names;
  readonly storageDomains: Names;
}
export type MappingKind = keyof Mapping;
export type Names = Readonly<Record<string, string | null>>;

export const mappingKinds: readonly MappingKind[] = ['clusters', 'networks', 'storageDomains'];
export const noMapping: Mapping = { clusters: {}, networks: {}, storageDomains: {} };

/** A mapping file that is none; the message says what is wrong with it. */
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
    throw new MappingFileError(`${file}: a mapping of ${mappingKinds.join(', ')} is expected`);
  const strange = Object.keys(tree).find((name) => !mappingKinds.some((kind) => kind === name));
  if (strange !== undefined)
    throw new MappingFileError(`${file}: ${strange} is not mapped; ${mappingKinds.join(', ')} are`);
  const named = Object.entries(tree as Record<string, unknown>).map(([kind, names]) => {
    if (names !== null && !isNames(names)) throw new MappingFileError(`${file}: ${kind} maps names to names`);
    return [kind, names ?? {}] as const;
  });
  return { ...noMapping, ...Object.fromEntries(named) };
}

/** One name to map: how often it is used, and what it is called on the other side, as far as one knows. */
export interface Used {
  readonly name: string;
  readonly uses: number;
  readonly to?: string;
}

const USES: Readonly<Record<MappingKind, string>> = { clusters: 'VMs', networks: 'NICs', storageDomains: 'disks' };

/** A mapping file to be filled in. `offered`: the names that there are on the other side. */
export function draftMapping(
  used: Readonly<Record<MappingKind, readonly Used[]>>,
  offered: Readonly<Record<MappingKind, readonly string[]>> | undefined,
): string {
  const parts = mappingKinds.map((kind) => {
    const names = offered?.[kind] ?? [];
    const lines = used[kind].map(({ name, uses, to }) => {
      const pair = stringify({ [name]: to ?? null }, { lineWidth: 0 }).trimEnd();
      return `  ${pair} # ${uses} ${USES[kind]}\n`;
    });
    const comment = names.length > 0 ? `# On the new side: ${names.join(', ')}\n` : '';
    return `${comment}${kind}:${lines.length === 0 ? ' {}' : ''}\n${lines.join('')}`;
  });
  return `# What clusters, networks and storage domains of the old side are called on the new one. null: not decided yet.\n\n${parts.join('\n')}`;
}
