import type { Declaration } from '../version/declaration.js';
import type { OperationKind } from '../version/declaration.js';
import type { Product } from '../version/product.js';
import type { Version } from '../version/version.js';

type Value = { readonly name: string; readonly value: string; readonly type?: string; readonly context?: string };

const BOOLEAN = { value: 'true|false', type: 'xs:boolean', context: 'matrix' } as const;

/** How engines describe parameters of the URL: type, place and what to put there. Others are texts in matrix form. */
const PARAMETERS: Readonly<Record<string, Omit<Value, 'name'>>> = {
  max: { value: 'max results', type: 'xs:int', context: 'matrix' },
  search: { value: 'search query', type: 'xs:string', context: 'query' },
  from: { value: 'event_id', type: 'xs:string', context: 'matrix' },
  case_sensitive: BOOLEAN,
  async: BOOLEAN,
  current: BOOLEAN,
  force: BOOLEAN,
  next_run: BOOLEAN,
  pmem_vol: BOOLEAN,
  all_tenants: BOOLEAN,
  aggregated_memory: BOOLEAN,
};

/** The flags of a removal, where its document has them; `undefined` where only a parameter has. */
const FLAGS: Readonly<Record<string, string>> = {
  force: 'action.force',
  detach: 'action.detach',
  detach_only: 'action.vm.disks.detach_only',
};

const header = (name: string, value: string, required: boolean): Header => ({ required, name, value });
const CONTENT = header('Content-Type', 'application/xml|json', true);
const CORRELATION = header('Correlation-Id', 'any string', false);
const VIEW = [header('Filter', 'true|false', false), header('All-Content', 'true|false', false)];

const HEADERS: Readonly<Record<OperationKind, readonly Header[]>> = {
  entry: VIEW.slice(0, 1),
  list: VIEW,
  get: VIEW,
  progress: [],
  add: [CORRELATION, CONTENT, header('Expect', '201-created', false)],
  update: [CORRELATION, CONTENT, header('Expect', '202-accepted', false)],
  remove: [CORRELATION, CONTENT],
  action: [CORRELATION, CONTENT],
};

/** What every action document may hold. */
const ACTION: readonly Parameter[] = [
  { required: false, type: 'xs:boolean', name: 'action.async' },
  { required: false, type: 'xs:long', name: 'action.grace_period.expiry' },
];

/** A header of a request, as an RSDL has it. */
interface Header {
  readonly required: boolean;
  readonly name: string;
  readonly value: string;
}

/** A parameter of a URL or a body. */
interface Parameter {
  readonly required: boolean;
  readonly type: string;
  readonly name: string;
  readonly context?: string;
  readonly value?: string;
}

/** The types of a version's documents by their element. */
const typeNamesOf = ({ table }: Version): ReadonlyMap<string, string> =>
  new Map(Object.entries(table.types).flatMap(([name, { root, element }]) => (root ? [[element, name] as const] : [])));

const snake = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Sizes are numbers; the other fields that engines demand are texts. */
const typeOfField = (field: string): string => (/size|index|memory/.test(field) ? 'xs:long' : 'xs:string');

function bodyParameters({ kind, reads, required, fields, parameters }: Declaration): Parameter[] {
  const demanded = required.map(({ field, at, unless }) => ({
    required: unless === undefined,
    type: typeOfField(field),
    name: `${reads[0]}.${at ?? snake(field)}`,
  }));
  if (kind === 'remove')
    return [
      ...parameters.flatMap((name) => FLAGS[name] ?? []).map((name) => ({ required: false, type: 'xs:boolean', name })),
      ...ACTION,
    ];
  const taken = fields
    .filter((field) => !demanded.some(({ name }) => name.startsWith(`action.${field}`)))
    .map((field) => ({ required: false, type: 'xs:string', name: `action.${field}` }));
  return kind === 'action' ? [...demanded, ...taken, ...ACTION] : demanded;
}

/** The parameters of the URL. A removal's own flags are in its document, too. */
function urlParameters({ parameters }: Declaration): Parameter[] {
  return parameters.map((name) => {
    const { value, type = 'xs:string', context = 'matrix' } = PARAMETERS[name] ?? { value: name };
    return { required: false, type, context, name, value };
  });
}

/** `/vms/{vm:id}` is `vms/{vm:id}`; readers of an RSDL take the names of other parts for ids. */
const hrefOf = (path: string): string => path.slice(1).replace(/:(name|text)\}/g, ':id}');

function linkOf(
  operation: Declaration,
  typeNames: ReadonlyMap<string, string>,
): {
  readonly href: string;
  readonly rel: string;
  readonly request: { readonly http_method: string; readonly body: object; readonly [part: string]: unknown };
  readonly [part: string]: unknown;
} {
  const { kind, method, path, rel, summary, reads, answers, searchable } = operation;
  const [headers, url, body] = [HEADERS[kind], urlParameters(operation), bodyParameters(operation)];
  const type = typeNames.get(reads[0] ?? '');
  return {
    href: hrefOf(path),
    rel,
    description: summary,
    request: {
      http_method: method,
      ...(headers.length > 0 && { headers: [...headers] }),
      ...(url.length > 0 && { url: [{ parameter: url }] }),
      // a body without a type: engines write it wherever nothing is read
      body:
        type === undefined
          ? {}
          : {
              ...(kind === 'remove' && { required: false }),
              type,
              ...(body.length > 0 && { parameters_set: [{ parameter: body }] }),
            },
    },
    ...(kind !== 'remove' && { response: { type: typeNames.get(answers) ?? answers } }),
    ...(searchable && { linkCapabilities: { searchable } }),
  };
}

/** The description of one operation. Its `href` is relative to the entry point. */
export const describe = (operation: Declaration, version: Version): ReturnType<typeof linkOf> =>
  linkOf(operation, typeNamesOf(version));

/**
 * The description of every declared operation, in the form and order of engines (`?rsdl`; docs/reference/ovirt.md,
 * section 2).
 */
export function rsdlOf(version: Version, product: Product): object {
  const names = typeNamesOf(version);
  const described = version.operations
    .filter(({ kind }) => kind !== 'entry' && kind !== 'progress')
    .map((operation) => linkOf(operation, names));
  described.sort((a, b) => compare(a.href, b.href) || compare(a.rel, b.rel));
  return {
    href: '?rsdl',
    rel: 'rsdl',
    description: 'The oVirt RESTful API description language.',
    version: product.version,
    schema: { href: '?schema', rel: 'schema', name: SCHEMA_FILE, description: 'oVirt API entities schema.' },
    general: {
      href: '*',
      rel: '*',
      name: 'The oVirt RESTful API generic descriptor.',
      description: 'These options are valid for entire application.',
      request: {
        http_method: 'GET',
        headers: [header('Session-TTL', 'minutes', false), header('Prefer', 'persistent-auth', false), CORRELATION],
      },
    },
    links: { link: described },
  };
}

const compare = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);

/** What engines call the file of their schema. */
export const SCHEMA_FILE = 'ovirt-engine-api-schema.xsd';
