import { isNullable, stepInto, stepsOf } from './pointer.js';
import { sides } from './rows.js';
import type { Located, Problem, Row, Table } from './schema.js';
import type { Schemas } from './store.js';

/**
 * Rows that may not set a required property of an entity, because the backend's body may lack what they read. It is
 * enough that one row of the property reads something that its body always has, has `cases` that end with a line that
 * fits anything, or says why the backend never maps a body without it (`certain`). The backend adds properties that no
 * row sets: the type of its mapper requires it.
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
          const message =
            `must be there of a ${table.model} that is read, and the body may lack it: give another row, ` +
            'end the cases with "*", or say under "certain" why it is there';
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
