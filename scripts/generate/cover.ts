import { follow, isArray, narrowing, stepsOf } from '../../src/schemas/pointer.js';
import type { Located, Row, Table } from '../../src/schemas/schema.js';
import type { Schemas } from '../../src/schemas/store.js';
import type { Cover, Shapes, Reported } from '../../src/mapping/lost.js';

/** Why an inbound value may be lost at the place of a row; 1 when every value there is read. */
function leafOf(schemas: Schemas, row: Row, entity: Located, other: Located): Cover | undefined {
  const reason = row.refuse ?? row.report;
  const unless = row.unless ?? (row.constant === undefined ? undefined : [row.constant]);
  if (reason !== undefined) return reported(reason, row.refuse !== undefined, unless);
  if (row.constant !== undefined) return reported(row.why ?? `Always ${JSON.stringify(row.constant)}`, false, unless);
  if (row.direction === 'out' || row.model === undefined) return undefined;
  if (row.values)
    return reported(
      row.why ?? `Only ${Object.values(row.values).map(String).join(', ')} can be translated`,
      false,
      Object.values(row.values),
    );
  const target = follow(schemas, entity, row.model.split('.'));
  const source = follow(schemas, other, stepsOf([row.other ?? ''].flat()[0]!));
  const words =
    row.convert === undefined && row.table === undefined && source && target
      ? narrowing(schemas, source, target)
      : undefined;
  if (words) return reported(row.why ?? `Only ${words.join(', ')} can be translated`, false, words);
  if (row.convert !== 'ref') return 1;
  const reference: Cover = { href: 1, id: 1, name: 1 };
  return source && isArray(schemas, source) ? { '*': reference } : reference;
}

const reported = (why: string, refused: boolean, unless?: readonly unknown[]): Reported =>
  unless ? [why, refused, unless] : [why, refused];

/**
 * What a table reads of a document. Where a row reads a place and another refuses or reports it, both apply: it is read
 * and reported.
 */
export function coverOf(schemas: Schemas, table: Table, entity: Located, other: Located): Cover {
  const root: Record<string, Cover> = {};
  function put(pointer: string, leaf: Cover): void {
    const steps = stepsOf(pointer);
    let at = root;
    for (const step of steps.slice(0, -1)) {
      const next = at[step];
      at = (at[step] = typeof next === 'object' && !Array.isArray(next) ? next : {}) as Record<string, Cover>;
    }
    const last = steps.at(-1) ?? '';
    at[last] = leaf;
  }
  const speaks = (row: Row): number => ((row.refuse ?? row.report) === undefined ? 0 : 1);
  for (const row of [...table.rows].sort((a, b) => speaks(a) - speaks(b))) {
    const leaf = leafOf(schemas, row, entity, other);
    if (leaf !== undefined) for (const pointer of [row.other ?? []].flat()) put(pointer, leaf);
  }
  return root;
}

/** The properties of these types, and of all they lead to, that are no plain values. */
export function shapesOf(schemas: Schemas, types: readonly string[], folder: string): Shapes {
  const located = new Map(schemas.definitions(folder).map((at) => [at.name ?? '', at]));
  const shapes: Record<string, Record<string, 0 | string>> = {};
  function visit(type: string): void {
    const at = located.get(type);
    if (!at || shapes[type]) return;
    const shape: Record<string, 0 | string> = (shapes[type] = {});
    for (const [name, property] of schemas.properties(at)) {
      const value = schemas.target(
        property.schema.items ? { file: property.file, schema: property.schema.items } : property,
      );
      if (property.schema['x-read-only']) shape[name] = 0;
      else if (value.name !== undefined && value.schema.type === 'object') {
        shape[name] = value.name;
        visit(value.name);
      }
    }
  }
  types.forEach(visit);
  return shapes;
}
