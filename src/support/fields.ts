import { upTo } from '../text.js';
import { firstOf } from '../invariant.js';
import { follow, isIndex, stepsOf } from '../schemas/pointer.js';
import type { Located, Row, Table } from '../schemas/schema.js';
import type { Schemas } from '../schemas/store.js';
import type { Words } from '../model/index.js';
import type { Version } from '../ovirt/index.js';
import { needsByEntity } from '../services/fitting.js';
import { inWords, type Standing, type SupportedBackend } from './standing.js';
import { sentence } from './sentence.js';

export interface SupportedField {
  /** As in the document: `cpu.topology.sockets`. */
  readonly field: string;
  /** Whether answers can hold it. */
  readonly answered: boolean;
  /** How a request handles it, by the backend's name. */
  readonly on: Readonly<Record<string, Standing>>;
}

/** The fields of one type of document. */
export interface SupportedType {
  readonly name: string;
  /** The version of the protocol whose document it is: `3`. */
  readonly version: string;
  readonly element?: string;
  readonly fields: readonly SupportedField[];
}

/** The files of schemas/. */
export type TableSource = Schemas;

/**
 * The fields of every type that a mapping table of the protocol names. A type that several tables name is that of the
 * longest.
 */
export function typesOf(
  schemas: Schemas,
  { id, number }: Version,
  backends: readonly SupportedBackend[],
): SupportedType[] {
  const types = new Map<string, { readonly table: Table; readonly other: Located }>();
  for (const table of tablesIn(schemas, `ovirt/${id}/mapping`)) {
    const other = schemas.referenceIn(table.other, `ovirt/${id}/types`);
    const known = types.get(other?.name ?? '');
    if (other?.name !== undefined && (known?.table.rows.length ?? 0) < table.rows.length)
      types.set(other.name, { table, other });
  }
  return [...types]
    .map(([name, { table, other }]) => ({
      name,
      version: number,
      ...(other.schema.xml?.name !== undefined && { element: other.schema.xml.name }),
      fields: fieldsOf(schemas, table, other, backends),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

const tablesIn = (schemas: Schemas, folder: string): Table[] =>
  schemas.files(folder).map((file) => schemas.documents.get(file) as Table);
const tablesOf = (schemas: Schemas, backend: string): Table[] => tablesIn(schemas, `mapping/${backend}`);

/** Walks the type's schema in the order of its elements: rows decide, and fields without a row are marked so. */
function fieldsOf(
  schemas: Schemas,
  table: Table,
  other: Located,
  backends: readonly SupportedBackend[],
): SupportedField[] {
  const rows = new Map<string, Row[]>();
  for (const row of table.rows)
    for (const pointer of [row.other ?? []].flat())
      rows.set(fieldOf(pointer), [...(rows.get(fieldOf(pointer)) ?? []), row]);
  const noteOf = keptOf(schemas, table.model);
  const backs = backends.map(
    (backend) =>
      [
        backend.name,
        { words: backend.words, rows: backRows(schemas, backend, table.model), lacks: lacksOf(backend, table.model) },
      ] as const,
  );
  const fields: SupportedField[] = [];

  function visit(at: Located, name: string, above = false): void {
    const readOnly = above || at.schema['x-read-only'] === true;
    const here = rows.get(name);
    if (here)
      fields.push({
        field: name,
        answered: here.some(answers),
        on: Object.fromEntries(
          backs.map(([backend, back]) => [backend, inWords(standingOf(here, noteOf, back), back.words)]),
        ),
      });
    const below = [...rows.keys()].some((field) => field.startsWith(`${name}.`));
    if (below)
      for (const [property, schema] of propertiesOf(schemas, at)) visit(schema, `${name}.${property}`, readOnly);
    else if (!here)
      fields.push({
        field: name,
        answered: false,
        on: Object.fromEntries(backs.map(([backend]) => [backend, untaken(readOnly)])),
      });
  }
  for (const [property, schema] of schemas.properties(other)) visit(schema, property);
  return fields;
}

/** A pointer without its indexes: what a client calls the field. */
const fieldOf = (pointer: string): string =>
  stepsOf(pointer)
    .filter((step) => !isIndex(step))
    .join('.');

function propertiesOf(schemas: Schemas, at: Located): ReadonlyMap<string, Located> {
  const value = schemas.target(at);
  return value.schema.items
    ? propertiesOf(schemas, { file: value.file, schema: value.schema.items })
    : schemas.properties(value);
}

const answers = ({ model, direction, constant, href }: Row): boolean =>
  (model !== undefined && direction !== 'in') || constant !== undefined || (model === undefined && href !== undefined);

/** A part of a read-only field is read-only, too. */
const untaken = (readOnly: boolean): Standing =>
  readOnly
    ? { support: 'read only', how: 'Ignored when it comes back.' }
    : { support: 'left out', how: 'Not translated.' };

function standingOf(rows: readonly Row[], noteOf: (property: string) => string | undefined, back: Back): Standing {
  const refusal = rows.find(({ refuse }) => refuse !== undefined)?.refuse;
  const report = rows.find((row) => row.report !== undefined)?.report;
  const taken = rows.find(({ model, direction }) => model !== undefined && direction !== 'out');
  const fixed = rows.find(({ constant }) => constant !== undefined);
  if (taken?.model !== undefined) {
    const property = upTo(taken.model, '.');
    const lacking = back.lacks(property);
    if (lacking) return lacking;
    const home = noteOf(property);
    const by = back.rows.get(property)?.other;
    const values = taken.values && `Only ${Object.values(taken.values).map(String).join(', ')}.`;
    const how = [
      home !== undefined
        ? `Kept in ${home}.`
        : by !== undefined &&
          `The backend's ${firstOf([by].flat(), 'a row’s pointers').slice(1).replaceAll('/', '.')}.`,
      taken.why && sentence(taken.why),
      values,
      report !== undefined && `Other values are left out: ${sentence(report)}`,
      refusal !== undefined && `Other values are refused: ${sentence(refusal)}`,
    ];
    return { support: home !== undefined ? 'emulated' : 'translated', how: how.filter(Boolean).join(' ') };
  }
  if (refusal !== undefined) return { support: 'refused', how: sentence(refusal) };
  if (report !== undefined)
    return {
      support: 'left out',
      how: `${fixed ? `Always ${JSON.stringify(fixed.constant)}. ` : ''}${sentence(report)}`,
    };
  if (fixed)
    return {
      support: 'left out',
      how: [`Always ${JSON.stringify(fixed.constant)}.`, fixed.why && sentence(fixed.why)].filter(Boolean).join(' '),
    };
  return {
    support: 'read only',
    how: rows[0]?.why === undefined ? 'Ignored when it comes back.' : sentence(rows[0].why),
  };
}

/**
 * Where the gateway keeps an entity's property that the backend has no field for (`x-kept`, of the property or of the
 * entity).
 */
function keptOf(schemas: Schemas, entity: string): (property: string) => string | undefined {
  const at = schemas.reference(`#/$defs/${entity}`, 'model/entities.json');
  return (property) => (at && follow(schemas, at, [property])?.schema['x-kept']) ?? at?.schema['x-kept'];
}

/** One backend's rows for an entity, and what it does not support. */
interface Back {
  readonly words: Words;
  readonly rows: ReadonlyMap<string, Row>;
  readonly lacks: (property: string) => Standing | undefined;
}

/** The standing of a property that needs a missing capability, as the services treat it. */
const lacksOf =
  ({ capabilities }: SupportedBackend, entity: string): Back['lacks'] =>
  (property) => {
    const need = needsByEntity[entity]?.find((one) => one.property === property);
    const able = need && capabilities[need.capability];
    if (typeof able === 'string' && need?.noted && capabilities[need.noted] === true)
      return { support: 'emulated', how: `Kept as a note: ${able}` };
    return typeof able === 'string'
      ? { support: need?.refused ? 'refused' : 'left out', how: sentence(able) }
      : undefined;
  };

/** The rows of a backend's tables that read an entity, by the entity's property. */
function backRows(schemas: Schemas, { name, on }: SupportedBackend, entity: string): ReadonlyMap<string, Row> {
  const rows = [...(on === undefined ? [] : tablesOf(schemas, on)), ...tablesOf(schemas, name)]
    .filter(({ model }) => model === entity)
    .flatMap((table) => table.rows);
  return new Map(rows.flatMap((row) => (row.model === undefined ? [] : [[upTo(row.model, '.'), row] as const])));
}
