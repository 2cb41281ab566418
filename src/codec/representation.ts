import type { XmlElement } from './xml.js';

export { CodecError } from './error.js';

/** A value that was read, and what else the document held. */
export interface Read<T> {
  readonly value: T;
  /**
   * Paths of what the schema does not know: `disk.foo` (an element or a JSON key), `disk.@foo` (an attribute),
   * `disk.#text` (text between elements), `disk.name` again (a second `<name>`). No indexes; at most 200, each once.
   */
  readonly unknown: string[];
}

/**
 * One type of a protocol, in XML and in JSON. Made by `npm run generate` from schemas/; see
 * src/generated/ovirt/v3/representations.ts.
 */
export interface Representation<T> {
  /** Name of the type: `Disk`. */
  readonly name: string;
  /** Name of its element: `disk`. */
  readonly element: string;
  /** Throws CodecError (`value`). The element's own name is not looked at. */
  fromXml(element: XmlElement): Read<T>;
  /** Throws CodecError (`value`). Takes parsed JSON. */
  fromJson(json: unknown): Read<T>;
  /** The element and a line end, indented by `depth` steps of four spaces. */
  toXml(value: T, depth?: number): string;
  /** What JSON.stringify takes, in the dialect of the engine's Jackson (docs/reference/ovirt.md, section 8). */
  toJson(value: T): unknown;
}

const MOST_UNKNOWN = 200;

/** Collects the paths of what the schema does not know. */
export class Unknown {
  readonly #paths = new Set<string>();

  add(path: string): void {
    if (this.#paths.size < MOST_UNKNOWN) this.#paths.add(path);
  }

  /** A second element where one is allowed: the last wins, as in JAXB, and the repetition is reported. */
  once(before: unknown, path: string): void {
    if (before !== undefined) this.add(path);
  }

  list(): string[] {
    return [...this.#paths];
  }
}

/** The four functions that are generated for a type. `at` is the path of the element or object read. */
export interface Functions<T> {
  readonly readXml: (element: XmlElement, at: string, unknown: Unknown) => T;
  readonly readJson: (json: unknown, at: string, unknown: Unknown) => T;
  readonly writeXml: (value: T, element: string, depth: number) => string;
  readonly writeJson: (value: T) => unknown;
}

/** Binds generated functions into a Representation. */
export function represent<T>(name: string, element: string, functions: Functions<T>): Representation<T> {
  const { readXml, readJson, writeXml, writeJson } = functions;
  return {
    name,
    element,
    fromXml(root) {
      const unknown = new Unknown();
      const value = readXml(root, element, unknown);
      return { value, unknown: unknown.list() };
    },
    fromJson(json) {
      const unknown = new Unknown();
      const value = readJson(json, element, unknown);
      return { value, unknown: unknown.list() };
    },
    toXml: (value, depth = 0) => writeXml(value, element, depth),
    toJson: writeJson,
  };
}
