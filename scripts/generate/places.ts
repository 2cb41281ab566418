import { follow, isArray, isIndex, stepsOf } from '../../src/schemas/pointer.js';
import type { Row, Table } from '../../src/schemas/schema.js';
import type { Side } from '../../src/schemas/rows.js';
import type { Schemas } from '../../src/schemas/store.js';
import { camel, key } from './output.js';

type SideOfTable = ReturnType<Schemas['referenceIn']> & object;

/** Where each property of a table's entity is in the document: src/mapping/places.ts. */
export function placesOf(schemas: Schemas, side: Side, tables: readonly Table[]): string {
  const lines = tables.flatMap((table) => {
    const other = schemas.referenceIn(table.other, side.types);
    const element = other?.schema.xml?.name;
    if (!other || element === undefined) return [];
    const found = [...propertiesOf(table)].map(
      ([name, rows]) => `${key(name)}: ${JSON.stringify(rows.map((row) => placeOf(schemas, row, other)).join(' '))}`,
    );
    const head = `entity: ${JSON.stringify(table.model)}, element: ${JSON.stringify(element)}`;
    return [`  ${key(camel(table.name))}: { ${head}, at: { ${found.join(', ')} } },\n`];
  });
  return `\n/** Where an entity's properties are in the documents, by table. */\nexport const places: Places = {\n${lines.join('')}};\n`;
}

/** The rows that read a property, or, where none does, those that write it; the one that wins last. */
function propertiesOf(table: Table): Map<string, Row[]> {
  const all = new Map<string, Row[]>();
  for (const row of table.rows) {
    const [name] = (row.model ?? '').split('.');
    if (name) all.set(name, [...(all.get(name) ?? []), row]);
  }
  for (const [name, rows] of all) {
    const read = rows.filter(({ direction }) => direction !== 'out');
    if (read.length > 0) all.set(name, read);
  }
  return all;
}

/** `cpu.topology.sockets`, `network@` for a reference, `disks/disk>disk` for a list whose items a table maps. */
function placeOf(schemas: Schemas, row: Row, other: SideOfTable): string {
  const steps = stepsOf([row.other ?? ''].flat()[0] ?? '').filter((step) => !isIndex(step) && step !== '*');
  const [last = '', parent] = [steps.at(-1), steps.at(-2)];
  const holder = follow(schemas, other, steps.slice(0, -1));
  const value = follow(schemas, other, steps);
  const alone = holder !== undefined && schemas.properties(schemas.target(holder)).size === 1;
  const wrapped = parent !== undefined && parent === `${last}s` && value !== undefined && isArray(schemas, value);
  const cut = steps.length > 1 && (wrapped || (alone && row.table === undefined));
  const whole = cut ? `${steps.slice(0, -1).join('.')}/${last}` : steps.join('.');
  return `${whole}${row.convert === 'ref' ? '@' : ''}${row.table === undefined ? '' : `>${camel(row.table)}`}`;
}
