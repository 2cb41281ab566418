import { CodecError, type XmlElement } from '../../codec/index.js';
import { MappingError, type Lost } from '../../mapping/index.js';
import { anyCloud, worded } from '../../model/index.js';
import type { Version } from '../../ovirt/index.js';
import type { LostValue, VmPart } from './record.js';

/** A document of any type, read by its version's reader. */
export type HeldParts = Readonly<Record<string, unknown>>;

export const isHeld = (value: unknown): value is HeldParts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The gateway's reader rejects the document; the message says where and why. */
export class UnreadableError extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'UnreadableError';
  }
}

/** Reads a document, and collects what its schema does not have. @throws UnreadableError */
export function documentOf(
  version: Version,
  table: string,
  element: XmlElement,
): { value: HeldParts; unknown: string[] } {
  try {
    const { value, unknown } = version.binding(table).representation.fromXml(element);
    return { value: value, unknown };
  } catch (error) {
    if (error instanceof CodecError) throw new UnreadableError(error);
    throw error;
  }
}

/** A state in the form of either version: `<status><state>up</state></status>` or `<status>up</status>`. */
const stateIn = (value: unknown): string | undefined => textIn(isHeld(value) ? value['state'] : value);

/** Read-only values, which the mappers skip: for each property of an entity, how to read it from the document. */
const READ_ONLY: Readonly<Record<string, Readonly<Record<string, (held: HeldParts) => unknown>>>> = {
  vm: {
    status: ({ status }) => stateIn(status),
    host: ({ host }) => (isHeld(host) && host['id'] !== undefined ? { id: host['id'] } : undefined),
    createdAt: (held) => held['creation_time'],
    nextRun: (held) => held['next_run_configuration_exists'],
  },
  disk: {
    status: ({ status }) => stateIn(status),
    actualBytes: (held) => held['actual_size'],
    format: ({ format }) => (format === 'raw' || format === 'cow' ? format : undefined),
  },
  snapshot: {
    type: (held) => textIn(held['snapshot_type']) ?? textIn(held['type']),
    createdAt: ({ date }) => date,
    status: (held) => stateIn(held['snapshot_status']),
  },
  host: { status: ({ status }) => stateIn(status) },
  template: { status: ({ status }) => stateIn(status), createdAt: (held) => held['creation_time'] },
  storageDomain: {
    type: ({ type }) => textIn(type),
    availableBytes: ({ available }) => available,
    usedBytes: ({ used }) => used,
  },
  dataCenter: { status: ({ status }) => stateIn(status) },
};

/** Reads a document as an entity. `without`: members that are entities of their own. @throws UnreadableError */
export function partOf<T>(
  version: Version,
  table: string,
  document: HeldParts,
  unknown: readonly string[] = [],
  without: readonly string[] = [],
): VmPart<T> {
  const own = Object.fromEntries(Object.entries(document).filter(([name]) => !without.includes(name)));
  try {
    const { value, lost: unmapped } = version.binding(table).in(own, { base: '' });
    const more = Object.entries(READ_ONLY[table] ?? {}).flatMap(([name, read]) => {
      const found = read(document);
      return found === undefined ? [] : [[name, found] as const];
    });
    const lost: readonly LostValue[] = [
      ...unmapped.map(inWords),
      ...unknown
        .filter((path) => !without.some((member) => path.split('.')[1] === member))
        .map((path) => ({ path, why: 'No known version of the API has it', refused: false })),
    ];
    return {
      entity: withoutSecrets({ ...value, ...Object.fromEntries(more) }) as T,
      ...(lost.length > 0 && { lost }),
    };
  } catch (error) {
    if (error instanceof MappingError) throw new UnreadableError(error);
    throw error;
  }
}

/** With a reason that any reader of the inventory understands. */
function inWords({ why, ...lost }: Lost): LostValue {
  const text = worded(why, anyCloud);
  if (text === why) return { ...lost, why };
  return { ...lost, why: text.slice(0, 1).toUpperCase() + text.slice(1), pattern: why };
}

/** Inventories are passed around, so passwords are removed. */
const withoutSecrets = (entity: object): unknown =>
  JSON.parse(JSON.stringify(entity, (key, held: unknown) => (key === 'password' ? undefined : held)));
