/**
 * JSON Schema 2020-12 as schemas/ uses it, with OpenAPI's `xml` object and the annotations of schemas/README.md.
 */
export interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly xml?: { readonly name?: string; readonly attribute?: boolean; readonly wrapped?: boolean };
  readonly 'x-text'?: boolean;
  readonly 'x-enum'?: string;
  readonly 'x-read-only'?: boolean;
  /** Of an entity or its property: where the gateway keeps what the backend has no field for. */
  readonly 'x-kept'?: string;
  /** Of an entity or its property: the layers that set it, and that read it, where no row of a table does. */
  readonly 'x-set-by'?: string;
  readonly 'x-read-by'?: string;
  /** Of an entity: whether what clients send has a type of its own, in which nothing is required. */
  readonly 'x-input'?: boolean;
  /** Of an entity's property: why nothing sets it, or nothing reads it. */
  readonly 'x-unset'?: string;
  readonly 'x-unread'?: string;
}

/** A schema, and the file that its references are relative to. `name`: the name of its definition, when it is one. */
export interface Located {
  readonly file: string;
  readonly schema: Schema;
  readonly name?: string;
}

/** One row of a mapping table (schemas/README.md, "Mapping tables"). */
export interface Row {
  readonly model?: string;
  readonly other?: string | readonly string[];
  readonly direction?: 'both' | 'in' | 'out';
  readonly convert?: string;
  readonly args?: unknown;
  readonly table?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly cases?: readonly (readonly unknown[])[];
  readonly default?: unknown;
  readonly constant?: unknown;
  readonly href?: string;
  readonly refuse?: string;
  readonly report?: string;
  readonly unless?: readonly unknown[];
  /** For a required property: why it is always there, although it is optional in the body's schema. */
  readonly certain?: string;
  readonly why?: string;
}

export interface Table {
  readonly name: string;
  readonly model: string;
  readonly other: string;
  readonly strict?: boolean;
  readonly description?: string;
  /** Properties that the version before maps and this one does not, or not both ways, and why. */
  readonly without?: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** One call that the backend sends (schemas/<backend>/calls.json). */
export interface DeclaredCall {
  readonly id: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query?: readonly string[];
  /** It changes nothing, though it is no GET. */
  readonly reads?: boolean;
  readonly action?: string;
  readonly request?: string;
  /** What the body is sent as; JSON when absent. */
  readonly media?: string;
  readonly answers: Readonly<Record<string, string | null>>;
}

/** What is wrong in schemas/: where, and in words. `row` counts from 1. */
export interface Problem {
  readonly file: string;
  readonly row?: number;
  readonly field?: string;
  readonly message: string;
}
