import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import standaloneCode from 'ajv/dist/standalone/index.js';
import type { DeclaredCall, Schema } from '../../src/schemas/schema.js';
import { ANNOTATIONS } from '../../src/schemas/annotations.js';
import type { Schemas } from '../../src/schemas/store.js';
import { bodyName } from './calls.js';
import { banner, identifier, type Output } from './output.js';

/**
 * ajv writes CommonJS `require` into its ES modules: it is made there, as an import's `default` differs between Node
 * and vitest.
 */
export const withRequire = (code: string): string =>
  [
    "import { createRequire } from 'node:module';",
    'const require = createRequire(import.meta.url);',
    code.replace(/^"use strict";/, ''),
  ].join('\n');

/** The checks of bodies: compiled.js, which ajv wrote, and validators.ts, which gives them names and types. */
export function validatorsFiles(schemas: Schemas, backend: string): Output {
  const ajv = new Ajv2020({
    code: { source: true, esm: true, lines: true },
    strict: true,
    strictTypes: false,
    allowUnionTypes: true,
    strictRequired: false,
    keywords: [...ANNOTATIONS],
  });
  addFormats.default(ajv);
  const files = schemas.files(backend).filter((file) => file !== `${backend}/calls.json`);
  // One backend's bodies may refer to another's
  for (const file of schemas
    .backends()
    .flatMap((one) => schemas.files(one))
    .filter((one) => !one.endsWith('/calls.json')))
    ajv.addSchema(schemas.documents.get(file) as Schema, file);
  const { calls = [] } = (schemas.documents.get(`${backend}/calls.json`) ?? {}) as { calls?: DeclaredCall[] };

  const definitions = files.flatMap((file) =>
    Object.keys((schemas.documents.get(file) as Schema).$defs ?? {}).map((name) => `${file}#/$defs/${name}`),
  );
  const exported = Object.fromEntries(definitions.map((ref) => [identifier(bodyName(ref)), ref]));
  const compiled = standaloneCode.default(ajv, exported);

  const use = (ref: string): string => `c.${identifier(bodyName(ref))}`;
  const all = definitions.map((ref) => `  ${JSON.stringify(bodyName(ref))}: check<t.${bodyName(ref)}>(${use(ref)}),\n`);
  const requests = calls
    .filter((call) => call.request !== undefined)
    .map((call) => `  ${JSON.stringify(call.id)}: validators[${JSON.stringify(bodyName(call.request!))}],\n`);
  const answers = calls.map((call) => {
    const statuses = Object.entries(call.answers)
      .filter((entry): entry is [string, string] => entry[1] !== null)
      .map(([status, ref]) => `${status}: validators[${JSON.stringify(bodyName(ref))}]`);
    return `  ${JSON.stringify(call.id)}: ${statuses.length > 0 ? `{ ${statuses.join(', ')} }` : '{}'},\n`;
  });
  const facade = `${banner(`schemas/${backend}`)}import type { Validator } from '../../validator.js';
import type { CallId } from './calls.js';
import * as c from './compiled.js';
import type * as t from './types.js';

const check = <T>(compiled: unknown): Validator<T> => compiled as Validator<T>;

/** By file and definition: \`nova.Server\`. */
export const validators = {
${all.join('')}} as const;

/** By call, the check of what is sent; calls without a body have none. */
export const requestValidators: { readonly [Id in CallId]?: Validator<unknown> } = {
${requests.join('')}};

/** By call and status, the check of what is answered; statuses whose body is not read have none. */
export const answerValidators: { readonly [Id in CallId]: { readonly [status: number]: Validator<unknown> } } = {
${answers.join('')}};
`;
  return new Map([
    [`${backend}/compiled.js`, `${banner(`schemas/${backend}`)}${withRequire(compiled)}`],
    [`${backend}/validators.ts`, facade],
  ]);
}
