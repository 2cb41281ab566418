/** What is wrong with a body: `path` is a JSON pointer, "" for the whole. */
export interface BodyError {
  readonly path: string;
  readonly message: string;
}

/** A compiled JSON Schema. `errors` are those of its last run. */
export interface Validator<T> {
  (body: unknown): body is T;
  errors?: { instancePath: string; message?: string; params?: Record<string, unknown> }[] | null;
}

/** The errors of the validator's last run; empty after a success. */
export const errorsOf = ({ errors }: Validator<unknown>): BodyError[] =>
  (errors ?? []).map(({ instancePath: path, message = 'is wrong', params }) => {
    const additional = params?.['additionalProperty'];
    return { path, message: typeof additional === 'string' ? `${message}: ${additional}` : message };
  });

/** The same as lines: `/server/name must be string`. */
export const errorLines = (validator: Validator<unknown>): string[] =>
  errorsOf(validator).map(({ path, message }) => `${path} ${message}`.trim());

const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text',
  array: 'a list',
  object: 'a mapping of names to values',
};

/** A type of JSON Schema as people say it, for files that they write: `a whole number`. */
export const typeInWords = (type: string): string => TYPES[type] ?? type;
