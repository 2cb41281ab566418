import type { DeclaredCall, Located, Problem, Schema } from './schema.js';
import type { Schemas } from './store.js';

/** Every `$ref` of a schema, with its place. */
function* refsOf(value: unknown, at: string): Generator<[ref: string, at: string]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, held] of Object.entries(value) as [string, unknown][]) {
    if (key === '$ref' && typeof held === 'string') yield [held, at];
    else yield* refsOf(held, `${at}/${key}`);
  }
}

/** References that lead nowhere, types of one name in a folder, a type that extends itself. */
export function checkReferences(schemas: Schemas): Problem[] {
  const problems: Problem[] = [];
  for (const [file, document] of schemas.documents) {
    if (/^meta\/|^mapping\/|\/mapping\//.test(file)) continue;
    for (const [ref, at] of refsOf(document, '')) {
      if (!schemas.reference(ref, file)) problems.push({ file, field: at, message: `there is no ${ref}` });
    }
  }
  for (const version of schemas.versions()) problems.push(...checkTypes(schemas, `ovirt/${version}/types`));
  return [...problems, ...schemas.backends().flatMap((backend) => checkCalls(schemas, `${backend}/calls.json`))];
}

function checkTypes(schemas: Schemas, folder: string): Problem[] {
  const problems: Problem[] = [];
  const names = new Map<string, Located>();
  const elements = new Map<string, Located>();
  for (const at of schemas.definitions(folder)) {
    const field = `/$defs/${at.name}`;
    const twin = names.get(at.name ?? '');
    if (twin) problems.push({ file: at.file, field, message: `${twin.file} has a ${at.name}, too` });
    names.set(at.name ?? '', at);
    const element = at.schema.xml?.name;
    const other = element === undefined ? undefined : elements.get(element);
    if (other) problems.push({ file: at.file, field, message: `<${element}> is ${other.name}'s, too` });
    if (element !== undefined) elements.set(element, at);
    const seen = new Set<Schema>();
    for (let above: Located | undefined = at; above; above = schemas.base(above)) {
      if (seen.has(above.schema)) {
        problems.push({ file: at.file, field, message: `${at.name} extends itself` });
        break;
      }
      seen.add(above.schema);
    }
  }
  return problems;
}

function checkCalls(schemas: Schemas, file: string): Problem[] {
  const { calls = [] } = (schemas.documents.get(file) ?? {}) as { calls?: DeclaredCall[] };
  const problems: Problem[] = [];
  const ids = new Set<string>();
  for (const [index, call] of calls.entries()) {
    const field = `/calls/${index} (${call.id})`;
    if (ids.has(call.id)) problems.push({ file, field, message: 'another call has this id' });
    ids.add(call.id);
    for (const ref of [call.request, ...Object.values(call.answers ?? {})]) {
      if (typeof ref === 'string' && !schemas.reference(ref, file))
        problems.push({ file, field, message: `there is no ${ref}` });
    }
  }
  return problems;
}
