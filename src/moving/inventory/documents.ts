import { CodecError, type XmlElement } from '../../codec/index.js';
import { MappingError, type Lost } from '../../mapping/index.js';
import type { Version } from '../../ovirt/index.js';
import type { Part } from './record.js';

/** A document of any type, read by its version's reader. */
export type Held = Readonly<Record<string, unknown>>;

export const isHeld = (value: unknown): value is Held =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A document that this gateway's reader cannot take; the message says where and why. */
export class UnreadableError extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'UnreadableError';
  }
}

/** A document, and what of it the schema does not know. @throws UnreadableError */
export function documentOf(version: Version, table: string, element: XmlElement): { value: Held; unknown: string[] } {
  try {
    const { value, unknown } = version.binding(table).representation.fromXml(element);
    return { value: value, unknown };
  } catch (error) {
    if (error instanceof CodecError) throw new UnreadableError(error);
    throw error;
  }
}

/** A state as either version has it: `<status><state>up</state></status>`, `<status>up</status>`. */
const stateIn = (value: unknown): string | undefined => textIn(isHeld(value) ? value['state'] : value);

/** What a client only reads, and the mappers therefore leave out: an entity's property, and where it stands. */
const READ_ONLY: Readonly<Record<string, Readonly<Record<string, (held: Held) => unknown>>>> = {
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

/** The document as an entity. `without`: members that are entities of their own. @throws UnreadableError */
export function partOf<T>(
  version: Version,
  table: string,
  document: Held,
  unknown: readonly string[] = [],
  without: readonly string[] = [],
): Part<T> {
  const own = Object.fromEntries(Object.entries(document).filter(([name]) => !without.includes(name)));
  try {
    const { value, lost } = version.binding(table).in(own, { base: '' });
    const more = Object.entries(READ_ONLY[table] ?? {}).flatMap(([name, read]) => {
      const found = read(document);
      return found === undefined ? [] : [[name, found] as const];
    });
    const told: readonly Lost[] = [
      ...lost,
      ...unknown
        .filter((path) => !without.some((member) => path.split('.')[1] === member))
        .map((path) => ({ path, why: 'No version of the API that is known here has it', refused: false })),
    ];
    return {
      entity: withoutSecrets({ ...value, ...Object.fromEntries(more) }) as T,
      ...(told.length > 0 && { lost: told }),
    };
  } catch (error) {
    if (error instanceof MappingError) throw new UnreadableError(error);
    throw error;
  }
}

/** An inventory is a file that people hand around: passwords are not for it. */
const withoutSecrets = (entity: object): unknown =>
  JSON.parse(JSON.stringify(entity, (key, held: unknown) => (key === 'password' ? undefined : held)));
