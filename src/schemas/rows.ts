import { converters, factories } from '../mapping/converters.js';
import { follow, speaks, stepsOf } from './pointer.js';
import type { Located, Problem, Row, Table } from './schema.js';
import type { Schemas } from './store.js';

/** One pair of tables: the model on one side, a version of oVirt or a backend on the other. */
export interface Side {
  /** `ovirt/v3`, `powervc`: the folder of the other side below schemas/, and of what is generated for it. */
  readonly name: string;
  /** Folder of the tables. */
  readonly tables: string;
  /** Folder of the other side's types. */
  readonly types: string;
  /** The version of the protocol, `v3`; absent for a backend. */
  readonly version?: string;
}

/** Every pair of tables: those of the protocol's versions, then those of the backends. */
export const sides = (schemas: Schemas): readonly Side[] => [
  ...schemas.versions().map((version) => ({
    name: `ovirt/${version}`,
    tables: `ovirt/${version}/mapping`,
    types: `ovirt/${version}/types`,
    version,
  })),
  ...schemas.backends().map((backend) => ({ name: backend, tables: `mapping/${backend}`, types: backend })),
];

/** Names in tables that do not exist: entities, properties, pointers, converters, tables; and duplicate rows. */
export function checkTables(schemas: Schemas): Problem[] {
  return sides(schemas).flatMap((side) => {
    const files = schemas.files(side.tables);
    const tables = files.map((file) => schemas.documents.get(file) as Table);
    const names = tables.map((table) => table.name);
    return files.flatMap((file, i) => {
      const table = schemas.documents.get(file) as Table;
      const twin = names.indexOf(table.name);
      return [
        ...(twin < i ? [{ file, field: 'name', message: `${files[twin]} has this name, too` }] : []),
        ...checkTable(schemas, side.types, file, table, tables),
      ];
    });
  });
}

function checkTable(schemas: Schemas, side: string, file: string, table: Table, tables: readonly Table[]): Problem[] {
  const entity = schemas.reference(`#/$defs/${table.model}`, 'model/entities.json');
  const other = schemas.referenceIn(table.other, side);
  if (!entity) return [{ file, field: 'model', message: `there is no entity ${table.model}` }];
  if (!other) return [{ file, field: 'other', message: `there is no ${table.other}` }];
  const seen = new Map<string, number>();
  return table.rows.flatMap((row, i) => {
    const problem = (field: string, message: string): Problem => ({ file, row: i + 1, field, message });
    const same = (['in', 'out'] as const)
      .filter((direction) => (row.direction ?? direction) === direction || row.direction === 'both')
      .map((direction) => JSON.stringify([direction, row.model ?? null, row.other, row.refuse ?? row.report ?? null]));
    const before = same.map((key) => seen.get(key)).find((row) => row !== undefined);
    for (const key of same) seen.set(key, i + 1);
    const fixed = row.model !== undefined && row.direction !== 'in' ? constantAt(table, row) : -1;
    return [
      ...(before === undefined ? [] : [problem('other', `row ${before} is the same`)]),
      ...(fixed < 0 ? [] : [problem('other', `row ${fixed + 1} always writes a constant there`)]),
      ...checkRow(schemas, row, entity, other, tables, problem),
    ];
  });
}

/** The row that writes a constant where this one writes a property of the entity; -1 for none. */
const constantAt = ({ rows }: Table, { other }: Row): number =>
  rows.findIndex((one) => one.constant !== undefined && one.direction !== 'in' && one.other === other);

function checkRow(
  schemas: Schemas,
  row: Row,
  entity: Located,
  other: Located,
  tables: readonly Table[],
  problem: (field: string, message: string) => Problem,
): Problem[] {
  const problems: Problem[] = [];
  if (row.model !== undefined && !follow(schemas, entity, row.model.split('.')))
    problems.push(problem('model', `${entity.name} has no ${row.model}`));
  for (const pointer of [row.other ?? []].flat()) {
    if (!follow(schemas, other, stepsOf(pointer))) problems.push(problem('other', `${other.name} has no ${pointer}`));
    if (pointer.split('/*').length > 2) problems.push(problem('other', `${pointer} has more than one *: use a table`));
  }
  if (row.convert !== undefined && row.convert !== 'ref') {
    const known = row.args === undefined ? converters : factories;
    if (!Object.hasOwn(known, row.convert))
      problems.push(
        problem(
          'convert',
          `there is no converter "${row.convert}" ${row.args === undefined ? 'without' : 'with'} args; ` +
            `there are: ${Object.keys(known).join(', ')}`,
        ),
      );
  }
  if (row.table !== undefined) problems.push(...checkNested(row, tables).map((message) => problem('table', message)));
  const width = [row.other ?? []].flat().length + 1;
  for (const [n, fits] of (row.cases ?? []).entries())
    if (fits.length !== width) problems.push(problem(`cases/${n}`, `has ${fits.length} values; ${width} are needed`));
  for (const [, name = ''] of (row.href ?? '').matchAll(/\{([^}]+)\}/g)) {
    const from =
      row.convert === 'ref' && !name.includes('.') ? schemas.reference('#/$defs/Ref', 'model/entities.json') : entity;
    if (!from || !follow(schemas, from, name.split('.'))) problems.push(problem('href', `there is no {${name}}`));
  }
  return problems;
}

/** A nested table must exist and have rows in every direction that the row has. */
function checkNested(row: Row, tables: readonly Table[]): string[] {
  const table = tables.find(({ name }) => name === row.table);
  if (!table) return [`there is no table "${row.table}" in this folder`];
  const ways = row.direction === undefined || row.direction === 'both' ? (['in', 'out'] as const) : [row.direction];
  return ways.filter((way) => !speaks(table, way)).map((way) => `table "${row.table}" has no row in direction ${way}`);
}
