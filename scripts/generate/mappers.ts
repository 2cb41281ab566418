import type { Located, Table } from '../../src/schemas/schema.js';
import type { Schemas } from '../../src/schemas/store.js';
import { speaks } from '../../src/schemas/pointer.js';
import type { Side } from '../../src/schemas/rows.js';
import { bodyName } from './calls.js';
import { hasInput } from './inputs.js';
import { coverOf, shapesOf } from './cover.js';
import { Direction } from './direction.js';
import { banner, camel, key } from './output.js';
import { placesOf } from './places.js';

/** `cover` and `shapes` as TypeScript, on one line an entry. */
function literal(value: unknown): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, held]) => `${key(name)}: ${literal(held)}`)
    .join(', ')} }`;
}

function mapper(schemas: Schemas, side: Side, table: Table): string {
  const isFront = side.version !== undefined;
  const strict = table.strict ?? isFront;
  const name = camel(table.name);
  const other = schemas.referenceIn(table.other, side.types);
  const entity = schemas.reference(`#/$defs/${table.model}`, 'model/entities.json');
  if (!other || !entity) throw new Error(`${side.tables}: ${table.name} has no such sides`);
  const at = other.schema.xml?.name ?? name;
  const sides = { schemas, folder: side.tables, table, entity, other, at, front: isFront };
  const entityType = `n.${table.model}`;
  // what a client sends is a part of an entity; what a body does not tell, the backend adds
  const isPart = hasInput(entity.schema) && isFront;
  const inputType = hasInput(entity.schema) ? `${entityType}Input` : entityType;
  const otherType = isFront ? `o.${other.name}` : `o.${bodyName(table.other)}`;
  return [
    ...(speaks(table, 'out') ? [outFunction(new Direction(sides, 'out').write(), name, inputType, otherType)] : []),
    ...(strict || speaks(table, 'in')
      ? [
          inFunction(
            new Direction(isPart ? { ...sides, entity: partOf(entity) } : sides, 'in').write(),
            name,
            isPart ? inputType : without(entityType, untold(entity, table)),
            otherType,
            at,
            strict ? { cover: literal(coverOf(schemas, table, entity, other)), type: other.name ?? '' } : undefined,
          ),
        ]
      : []),
  ].join('\n');
}

/** The entity without what must be there of one that is read. */
function partOf({ schema: { required: _, ...schema }, ...at }: Located): Located {
  return { ...at, schema };
}

/** What must be there of an entity that is read, and no row of the table brings in. */
const untold = ({ schema }: Located, { rows }: Table): string[] =>
  (schema.required ?? []).filter(
    (property) => !rows.some(({ model, direction }) => model?.split('.')[0] === property && direction !== 'out'),
  );

const without = (type: string, properties: readonly string[]): string =>
  properties.length === 0 ? type : `Omit<${type}, ${properties.map((name) => JSON.stringify(name)).join(' | ')}>`;

type Written = ReturnType<Direction['write']>;

const outFunction = (
  { constants, body, literal: created }: Written,
  name: string,
  entity: string,
  other: string,
): string => `${constants}
export function ${name}Out(entity: ${entity}, context: MappingContext): ${other} {
${body}  return ${created};
}
`;

const inFunction = (
  { constants, body, literal: created }: Written,
  name: string,
  entity: string,
  other: string,
  at: string,
  strict: { cover: string; type: string } | undefined,
): string => `${constants}${strict ? `const ${name}Cover: Cover = ${strict.cover};\n` : ''}
export function ${name}In(doc: ${other}, context: MappingContext, at = ${JSON.stringify(at)}): Mapped<${entity}> {
  const lost: Lost[] = ${strict ? `leftovers(doc, at, ${name}Cover, ${JSON.stringify(strict.type)}, shapes)` : '[]'};
${body}  const value: ${entity} = ${created};
  return { value${strict ? ': v.defined(value)' : ''}, lost };
}
`;

/** The mappers of a folder of tables: for each, `<name>Out` and `<name>In`. */
export function mappersFile(schemas: Schemas, side: Side, tables: readonly Table[]): string {
  const strict = tables.filter((table) => table.strict ?? side.version !== undefined);
  const shapes = shapesOf(
    schemas,
    strict.map((table) => table.other).map((ref) => ref.slice(ref.lastIndexOf('/') + 1)),
    side.types,
  );
  const parts = tables.map((table) => mapper(schemas, side, table));
  const shapeLines = Object.entries(shapes)
    .map(([type, shape]) => `  ${type}: ${literal(shape)},\n`)
    .join('');
  const whole = parts.join('\n');
  const up = side.version === undefined ? '../' : '../../';
  return `${banner(`schemas/${side.tables}`)}import { converters, factories } from '${up}../mapping/converters.js';
import { leftovers, type Cover, type Shapes } from '${up}../mapping/lost.js';
import type { Lost, Mapped, MappingContext } from '${up}../mapping/mapped.js';
${side.version === undefined ? '' : `import type { Places } from '${up}../mapping/places.js';\n`}import * as v from '${up}../mapping/values.js';
import type * as n from '${up}entities.js';
import type * as o from '${side.version === undefined ? `../${side.name}` : '.'}/types.js';

${strict.length > 0 ? `const shapes: Shapes = {\n${shapeLines}};\n\n` : ''}${whole}${side.version === undefined ? '' : elementsOf(schemas, side, tables) + placesOf(schemas, side, tables)}`;
}

/** The element of each table's document. */
function elementsOf(schemas: Schemas, side: Side, tables: readonly Table[]): string {
  const lines = tables.flatMap((table) => {
    const element = schemas.referenceIn(table.other, side.types)?.schema.xml?.name;
    return element === undefined ? [] : [`  ${key(camel(table.name))}: ${JSON.stringify(element)},\n`];
  });
  return `\n/** The elements of the documents that the tables map, by table. */\nexport const elements = {\n${lines.join('')}} as const;\n`;
}
