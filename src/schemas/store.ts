import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Located, Problem, Schema } from './schema.js';

/** The files of schemas/, by their path from there (`ovirt/v3/disk.json`), and how their references resolve. */
export class Schemas {
  readonly documents: ReadonlyMap<string, unknown>;
  readonly #definitions = new Map<string, Located>();

  constructor(documents: ReadonlyMap<string, unknown>) {
    this.documents = documents;
    for (const [file, document] of documents) {
      for (const [name, schema] of Object.entries((document as Schema | null)?.$defs ?? {}))
        this.#definitions.set(`${file}#${name}`, { file, schema, name });
    }
  }

  /** The names of a folder's files, sorted; `[]` when there is none. */
  files(folder: string): string[] {
    return [...this.documents.keys()].filter((file) => posix.dirname(file) === folder).sort();
  }

  /** The versions of the protocol: the folders of ovirt/. */
  versions(): string[] {
    const names = [...this.documents.keys()].flatMap((file) => /^ovirt\/([^/]+)\//.exec(file)?.[1] ?? []);
    return [...new Set(names)].sort();
  }

  /** The folders of backends: those that declare calls. */
  backends(): string[] {
    return [...this.documents.keys()]
      .flatMap((file) => /^((?!meta\/)[^/]+)\/calls\.json$/.exec(file)?.[1] ?? [])
      .sort();
  }

  /** Every definition of a folder, file by file in the order written. */
  definitions(folder: string): Located[] {
    return this.files(folder).flatMap((file) => [...this.#definitions.values()].filter((found) => found.file === file));
  }

  /** `disk.json#/$defs/Disk`, seen from a file. Undefined when there is no such definition. */
  reference(ref: string, from: string): Located | undefined {
    const [path = '', name = ''] = ref.split('#/$defs/');
    const file = path === '' ? from : posix.join(posix.dirname(from), path);
    return this.#definitions.get(`${file}#${name}`);
  }

  /** The same, seen from any file of a folder. */
  referenceIn(ref: string, folder: string): Located | undefined {
    return this.reference(ref, `${folder}/file`);
  }

  /**
   * The definition behind a chain of pure references; itself when it is none. A definition with `$ref` and properties
   * extends another.
   */
  target(at: Located): Located {
    if (
      at.schema.$ref === undefined ||
      at.schema.properties !== undefined ||
      (at.name !== undefined && at.schema.type !== undefined)
    )
      return at;
    const found = this.reference(at.schema.$ref, at.file);
    return found ? this.target(found) : at;
  }

  /** The forms that a value may have: references and anyOf, oneOf, allOf unfolded. */
  alternatives(at: Located): Located[] {
    const { schema, file } = this.target(at);
    const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
    return inner.length > 0 ? inner.flatMap((one) => this.alternatives({ file, schema: one })) : [this.target(at)];
  }

  /** The definition that this one extends. */
  base(at: Located): Located | undefined {
    return at.schema.$ref === undefined ? undefined : this.reference(at.schema.$ref, at.file);
  }

  /** All properties of an object, the base's first. */
  properties(at: Located): Map<string, Located> {
    const base = this.base(at);
    const all = base ? this.properties(base) : new Map<string, Located>();
    for (const [name, schema] of Object.entries(at.schema.properties ?? {})) all.set(name, { file: at.file, schema });
    return all;
  }
}

/** Reads every .json file under a folder. Syntax errors become problems. */
export function readSchemas(root: string): { schemas: Schemas; problems: Problem[] } {
  const documents = new Map<string, unknown>();
  const problems: Problem[] = [];
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  for (const file of names) {
    try {
      documents.set(file, JSON.parse(readFileSync(join(root, file), 'utf8')));
    } catch (error) {
      problems.push({ file, message: `Not JSON: ${(error as Error).message}` });
    }
  }
  return { schemas: new Schemas(documents), problems };
}
