import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/**
 * IBM's models and operations, as docs/reference tells them: JSON Schemas that hold an answer to what a model requires
 * and declares, and nothing else.
 */
type Schema = Record<string, unknown>;

const lines = (file: string): string[] =>
  readFileSync(new URL(`../../docs/reference/${file}`, import.meta.url), 'utf8').split('\n');

const scalars: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int64: { type: 'integer' },
  float64: { type: 'number' },
  'strfmt.DateTime': { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT' },
  CRN: { type: 'string' },
  PinPolicy: { type: 'string' },
  Tags: { type: 'array', items: { type: 'string' } },
  AccessConfig: { type: 'string' },
};
/** Models that are a list, a map or anything: the text has no properties of them. */
const shapes: Readonly<Record<string, Schema>> = {
  Object: {},
  PVMInstanceList: { type: 'array', items: { $ref: '#/$defs/PVMInstance' } },
  RegionStorageTiers: { type: 'array', items: { $ref: '#/$defs/StorageTier' } },
  FlashCopyMappings: { type: 'array' },
  SystemPools: { type: 'object', additionalProperties: { $ref: '#/$defs/SystemPool' } },
};

function typed(type: string, known: ReadonlySet<string>): Schema {
  const plain = type.replace(/^\*/, '');
  if (plain.startsWith('[]')) return { type: 'array', items: typed(plain.slice(2), known) };
  const value = /^map\[string\](.*)$/.exec(plain)?.[1];
  if (value !== undefined) return { type: 'object', additionalProperties: typed(value, known) };
  return scalars[plain] ?? (known.has(plain) || plain in shapes ? { $ref: `#/$defs/${plain}` } : {});
}

interface Model {
  readonly properties: Record<string, Schema>;
  readonly required: string[];
  readonly bases: string[];
}

function readModels(): Map<string, Model> {
  const text = lines('powervs-models.txt');
  const known = new Set(text.filter((line) => line.startsWith('### ')).map((line) => line.slice(4).trim()));
  const models = new Map<string, Model>();
  let model: Model | undefined;
  for (const line of text) {
    if (line.startsWith('### ')) {
      model = { properties: {}, required: [], bases: [] };
      models.set(line.slice(4).trim(), model);
      continue;
    }
    const [, name, type, note = ''] = /^ {2}(\w+) : (\S*) — ?(.*)$/.exec(line) ?? [];
    if (model === undefined || name === undefined || type === undefined) continue;
    if (type === '') {
      model.bases.push(name);
      continue;
    }
    const choices = /Enum: (\[[^\]]*\])/.exec(note)?.[1];
    model.properties[name] = {
      ...typed(type, known),
      ...(choices !== undefined && { enum: JSON.parse(choices) as unknown[] }),
    };
    if (/Required: true/.test(note)) model.required.push(name);
  }
  return models;
}

const models = readModels();

function whole(name: string): Model {
  const model = models.get(name);
  if (model === undefined) throw new TypeError(`powervs-models.txt has no model ${name}`);
  // RemoteCopyRelationship, which no simulated answer has, stands nowhere in the text
  const bases = model.bases.filter((base) => models.has(base));
  return bases.map(whole).reduce(
    (sum, base) => ({
      bases: [],
      properties: { ...base.properties, ...sum.properties },
      required: [...base.required, ...sum.required],
    }),
    { ...model, bases: [] },
  );
}

const definitions: Schema = {
  ...Object.fromEntries(
    [...models.keys()].map((name) => {
      const { properties, required } = whole(name);
      return [name, { type: 'object', properties, required, additionalProperties: false }];
    }),
  ),
  ...shapes,
};
const ajv = new Ajv2020({ allErrors: true, strict: false });
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a body of the model: paths and reasons. Throws for a model that the text has not. */
export function wrongWith(model: string, body: unknown): string[] {
  if (!(model in definitions)) throw new TypeError(`powervs-models.txt has no model ${model}`);
  const check = compiled.get(model) ?? ajv.compile({ $defs: definitions, ...(definitions[model] as Schema) } as Schema);
  compiled.set(model, check);
  if (check(body)) return [];
  return (check.errors ?? []).map(({ instancePath, message, params }) =>
    `${instancePath} ${message ?? ''} ${(params as { additionalProperty?: string }).additionalProperty ?? ''}`.trim(),
  );
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  /** Name of its request's model; `-` for none. */
  readonly body: string;
  /** Status → model of the answer. */
  readonly answers: ReadonlyMap<number, string>;
}

const STATUS: Readonly<Record<string, number>> = { OK: 200, Created: 201, Accepted: 202, PartialContent: 206 };

/** Every operation of docs/reference/powervs-operations.txt. */
export const operations: readonly Operation[] = lines('powervs-operations.txt').flatMap((line) => {
  const [, method, path, body, answers] = /^(\w+)\s+(\S+) \| body=(\S+)[^|]*\| ([^|]*)\|/.exec(line) ?? [];
  if (method === undefined || path === undefined || body === undefined || answers === undefined) return [];
  const pairs = [...answers.matchAll(/(\w+):(\w+)/g)].map(([, status = '', model = '']) => {
    const code = STATUS[status];
    if (code === undefined) throw new TypeError(`${line}: ${status} is no status`);
    return [code, model] as const;
  });
  return [{ method, path, body, answers: new Map(pairs) }];
});

/** The operation of a request, whatever stands in its path. */
export const operationOf = (method: string, path: string): Operation | undefined =>
  operations.find(
    (one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
