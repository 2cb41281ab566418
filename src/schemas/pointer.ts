import type { Located, Table } from './schema.js';
import type { Schemas } from './store.js';

/** The steps of a JSON pointer (RFC 6901). `*` is each item of an array. */
export const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

export const isIndex = (step: string): boolean => step === '*' || /^\d+$/.test(step);

/** A step's outcome: the schema of what it leads to, and what the value stepped from may be instead. */
export interface Step {
  readonly to: Located;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly mixed: boolean;
}

const typesOf = ({ schema }: Located): readonly string[] =>
  schema.type === undefined ? [] : typeof schema.type === 'string' ? [schema.type] : schema.type;

/** Whether the value may be null. */
export const isNullable = (schemas: Schemas, at: Located): boolean =>
  schemas.alternatives(at).some((one) => typesOf(one).includes('null'));

export const isArray = (schemas: Schemas, at: Located): boolean =>
  schemas.alternatives(at).some((one) => typesOf(one).includes('array'));

/** Whether the value may be a string, number or boolean as well as an object. */
const isMixed = (schemas: Schemas, at: Located): boolean =>
  schemas
    .alternatives(at)
    .some((one) => typesOf(one).some((type) => ['string', 'number', 'integer', 'boolean'].includes(type)));

/** One step of a pointer. Undefined when the schema has no such property or is no array. */
export function stepInto(schemas: Schemas, from: Located, step: string): Step | undefined {
  const nullable = isNullable(schemas, from);
  const mixed = isMixed(schemas, from);
  for (const one of schemas.alternatives(from)) {
    const { schema, file } = one;
    if (isIndex(step) && schema.items) return { to: { file, schema: schema.items }, required: false, nullable, mixed };
    const property = schemas.properties(one).get(step);
    if (property) return { to: property, required: isRequired(schemas, one, step), nullable, mixed };
    if (typeof schema.additionalProperties === 'object')
      return { to: { file, schema: schema.additionalProperties }, required: false, nullable, mixed };
  }
  return undefined;
}

function isRequired(schemas: Schemas, at: Located, property: string): boolean {
  const base = schemas.base(at);
  return (
    (at.schema.required?.includes(property) ?? false) || (base !== undefined && isRequired(schemas, base, property))
  );
}

/** The schema at the end of a path. Undefined when a step leads nowhere. */
export function follow(schemas: Schemas, from: Located, steps: readonly string[]): Located | undefined {
  let at: Located | undefined = from;
  for (const step of steps) at = at && stepInto(schemas, at, step)?.to;
  return at;
}

/**
 * The words that a plain text must be one of to be such a value; undefined where any text will do, or where the source
 * is closed itself.
 */
export function narrowing(schemas: Schemas, source: Located, target: Located): readonly string[] | undefined {
  const [from] = schemas.alternatives(source);
  const [to] = schemas.alternatives(target);
  return to?.schema.enum && from?.schema.enum === undefined && from?.schema.type === 'string'
    ? (to.schema.enum as string[])
    : undefined;
}

/** Whether a table has rows for a direction; without them it has no such function. */
export const speaks = (table: Table, direction: 'in' | 'out'): boolean =>
  table.rows.some(
    (row) =>
      (row.model !== undefined && (row.direction ?? 'both') !== (direction === 'in' ? 'out' : 'in')) ||
      (direction === 'out' && (row.constant !== undefined || (row.model === undefined && row.href !== undefined))),
  );
