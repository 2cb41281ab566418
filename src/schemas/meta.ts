import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { upTo } from '../text.js';
import { ANNOTATIONS } from './annotations.js';
import type { Problem } from './schema.js';
import type { Schemas } from './store.js';

/** Which files have which form. */
const FORMS: readonly (readonly [folder: RegExp, meta: string])[] = [
  [/^ovirt\/[^/]+\/types\/[^/]+\.json$/, 'meta/representation.json'],
  [/^ovirt\/[^/]+\/protocol\.json$/, 'meta/protocol.json'],
  [/^(?:mapping\/[^/]+|ovirt\/[^/]+\/mapping)\/[^/]+\.json$/, 'meta/mapping.json'],
  [/^support\/[^/]+\.json$/, 'meta/support.json'],
  [/^(?!meta\/)[^/]+\/calls\.json$/, 'meta/calls.json'],
  [/^engines\/[^/]+\.json$/, 'meta/engine.json'],
  [/^model\/rules\.json$/, 'meta/rules.json'],
  [/^model\/custom-properties\.json$/, 'meta/custom-properties.json'],
  [/^model\/events\.json$/, 'meta/events.json'],
  [/^model\/operating-systems\.json$/, 'meta/operating-systems.json'],
  [/^model\/permits\.json$/, 'meta/permits.json'],
  [/^model\/roles\.json$/, 'meta/roles.json'],
];

const newAjv = (): Ajv2020 =>
  new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    validateFormats: false,
    keywords: [...ANNOTATIONS],
  });

/** `rows/2/convert` → row 3, field convert. */
function place(pointer: string): Pick<Problem, 'row' | 'field'> {
  const [first, index, ...rest] = pointer.split('/').slice(1);
  if (first === 'rows' && index !== undefined)
    return { row: Number(index) + 1, field: rest.length > 0 ? rest.join('/') : undefined };
  return { field: pointer === '' ? undefined : pointer };
}

/** Alternatives report an error per branch; the deepest is the one that matters. */
function telling(errors: readonly ErrorObject[]): ErrorObject[] {
  const own = errors.filter((error) => !['anyOf', 'if', 'not', 'allOf'].includes(error.keyword));
  const pool = own.length > 0 ? own : errors;
  const deepest = new Map<string, ErrorObject>();
  for (const error of pool) if (!deepest.has(error.instancePath)) deepest.set(error.instancePath, error);
  return [...deepest.values()];
}

/** What breaks the meta-schemas of schemas/meta, and bodies that are no JSON Schema. */
export function checkForms(schemas: Schemas): Problem[] {
  const ajv = newAjv();
  const problems: Problem[] = [];
  const bodies = schemas.backends();
  for (const [file, document] of schemas.documents) {
    const meta = FORMS.find(([pattern]) => pattern.test(file))?.[1];
    if (meta === undefined) {
      if (bodies.includes(upTo(file, '/')) && !ajv.validateSchema(document as object))
        for (const error of ajv.errors ?? [])
          problems.push({ file, ...place(error.instancePath), message: error.message ?? 'is no JSON Schema' });
      continue;
    }
    const form = schemas.documents.get(meta);
    if (form === undefined) {
      problems.push({ file, message: `cannot be checked: there is no schemas/${meta}` });
      continue;
    }
    const validate = ajv.getSchema(meta) ?? ajv.compile(form as object);
    if (validate(document)) continue;
    for (const error of telling(validate.errors ?? [])) {
      const extra = (error.params as { additionalProperty?: string }).additionalProperty;
      problems.push({
        file,
        ...place(error.instancePath),
        message: `${error.message ?? 'is wrong'}${extra === undefined ? '' : `: ${extra}`}`,
      });
    }
  }
  return problems;
}
