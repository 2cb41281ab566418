import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { packageRoot } from '../settings/index.js';
import { StartError } from './start-error.js';
import { typeInWords } from '../validator.js';

/** A schema of what a simulator holds, by the name of its file in schemas/simulator. */
export type InventorySchema = 'inventory' | 'powervs-inventory';

const validators = new Map<InventorySchema, ValidateFunction>();

/** Compiled once per process: that takes longer than the rest of a gateway's start. */
function validatorOf(name: InventorySchema): ValidateFunction {
  const compiled = validators.get(name);
  if (compiled) return compiled;
  const schema = JSON.parse(readFileSync(`${packageRoot}schemas/simulator/${name}.json`, 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
  validators.set(name, validate);
  return validate;
}

/** More would be a flood: the same mistake is often repeated. */
const MOST_PROBLEMS = 10;

/** `/servers/3/name` → `servers, record 4, name`. */
const placeOf = (path: readonly string[]): string =>
  path.map((step) => (/^\d+$/.test(step) ? `record ${Number(step) + 1}` : step)).join(', ');

function sentence({ keyword, message, params }: ErrorObject): string {
  const given = params as Readonly<Record<string, unknown>>;
  if (keyword === 'additionalProperties') return `there is no field ${String(given['additionalProperty'])}`;
  if (keyword === 'required') return `the field ${String(given['missingProperty'])} is missing`;
  if (keyword === 'enum') return `must be one of ${(given['allowedValues'] as unknown[]).join(', ')}`;
  if (keyword === 'type') return `must be ${typeInWords(String(given['type']))}`;
  return message ?? keyword;
}

/** A text that is JSON; undefined for any other. Reading it as YAML takes more than twenty times as long. */
function jsonIn(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // YAML has this form, too, and its reader names the line of a mistake
    return undefined;
  }
}

/**
 * The content of a file, YAML or JSON, checked against its schema.
 * @throws StartError that names each problem with its line.
 */
export async function inventoryFrom<I>(file: string, schema: InventorySchema): Promise<I> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new StartError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  const validate = validatorOf(schema);
  const json = jsonIn(text);
  if (json !== undefined && validate(json)) return json as I;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0)
    throw new StartError(document.errors.map((error) => `${at(error.pos[0])}: not YAML: ${error.message}`).join('\n'));
  const inventory = document.toJS() as I;
  if (validate(inventory)) return inventory;
  const problems = (validate.errors ?? [])
    // a union reports an error per member; one error for all is enough
    .filter(({ keyword, schemaPath }) => keyword !== 'if' && !/\/(anyOf|oneOf)\/\d+\//.test(schemaPath))
    .map((error) => {
      const path = error.instancePath.split('/').slice(1);
      const extra = error.keyword === 'additionalProperties' ? [String(error.params['additionalProperty'])] : [];
      const node = document.getIn([...path, ...extra], true) ?? document.getIn(path, true);
      const offset = isNode(node) ? node.range?.[0] : undefined;
      const place = path.length === 0 ? 'the file' : placeOf(path);
      return `${at(offset ?? 0)}: ${place}: ${sentence(error)}`;
    });
  const more = problems.length > MOST_PROBLEMS ? [`… and ${problems.length - MOST_PROBLEMS} more`] : [];
  throw new StartError([...new Set(problems)].slice(0, MOST_PROBLEMS).concat(more).join('\n'));
}
