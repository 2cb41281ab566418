import { isNullable, stepInto, stepsOf } from './pointer.js';
import { sides } from './rows.js';
import type { Located, Problem, Row, Table } from './schema.js';
import type { Schemas } from './store.js';

/**
 * Rows that may fail to bring in what must be there of an entity that is read (`required`): a backend's body may lack
 * what they read. One row of a property is enough that its body cannot be without, or whose `cases` end with a line
 * that anything fits; or a row says why the backend never maps a body without it (`certain`). What no row brings in the
 * backend adds: the type of its mapper asks for it.
 */
export function checkCertain(schemas: Schemas): Problem[] {
  return sides(schemas)
    .filter(({ version }) => version === undefined)
    .flatMap((side) =>
      schemas.files(side.tables).flatMap((file) => {
        const table = schemas.documents.get(file) as Table;
        const entity = schemas.reference(`#/$defs/${table.model}`, 'model/entities.json');
        const body = schemas.referenceIn(table.other, side.types);
        return (entity?.schema.required ?? []).flatMap((property) => {
          const rows = table.rows.filter(({ model, direction }) => model === property && direction !== 'out');
          if (!body || rows.length === 0 || rows.some((row) => isCertain(schemas, row, body))) return [];
          const message = `must be there of a ${table.model} that is read, and the body may lack it: give another row, end the cases with "*", or say under "certain" why it is there`;
          return [{ file, field: property, message }];
        });
      }),
    );
}

function isCertain(schemas: Schemas, { cases, other, values, certain }: Row, body: Located): boolean {
  if (certain !== undefined) return true;
  const last = cases?.at(-1);
  if (last) return last.slice(0, -1).every((fits) => fits === '*');
  if (values !== undefined) return false;
  let at: Located = body;
  for (const step of stepsOf([other ?? []].flat()[0] ?? '')) {
    const next = stepInto(schemas, at, step);
    if (!next?.required || next.nullable || isNullable(schemas, next.to)) return false;
    at = next.to;
  }
  return true;
}
