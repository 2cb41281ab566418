import { CodecError, parseJson, parseXml, type Read, type Representation, type XmlElement } from '../../codec/index.js';
import { Fault } from '../../model/index.js';
import { formatOfBody } from './negotiation.js';
import { parseYaml } from './yaml.js';

type Parsed = { readonly xml: XmlElement } | { readonly json: object };

/** The body of a request: its bytes, and the document in them. */
export class RequestBody {
  /** The document that was read last. */
  document: object | undefined;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly contentType: string | undefined,
    /**
     * Whether a JSON document has to be one of its type (version 4): with an unknown key, or a value that is none of
     * its kind, it cannot be read.
     */
    private readonly strictJson = false,
  ) {}

  get empty(): boolean {
    return this.bytes.length === 0;
  }

  /** Reads the body as this type. Throws `request.media-type`, `request.syntax`, `request.value`. */
  read<T>(representation: Representation<T>): Read<T> {
    const read = this.#reading(representation.element, (parsed) =>
      this.#known(parsed, valueOf(representation, parsed)),
    );
    this.document = read.value as object;
    return read;
  }

  /**
   * Reads the body as one item or as a collection of them: by the root element in XML; in JSON, which has no root, by
   * the key of the items (docs/reference/ovirt.md, section 8). Throws as `read`.
   */
  readSeveral<I, C>(
    item: Representation<I>,
    collection: Representation<C>,
    itemsOf: (value: C) => readonly I[],
  ): Read<readonly I[]> & { readonly single: boolean } {
    return this.#reading(item.element, (parsed) => {
      const several =
        'xml' in parsed ? parsed.xml.name === collection.element : Object.hasOwn(parsed.json, item.element);
      const { value, unknown } = several
        ? mapRead(valueOf(collection, parsed), itemsOf)
        : mapRead(valueOf(item, parsed), (one) => [one]);
      return { value, unknown, single: !several };
    });
  }

  #known<T>(parsed: Parsed, read: Read<T>): Read<T> {
    if (this.strictJson && 'json' in parsed && read.unknown[0] !== undefined)
      throw new CodecError('value', read.unknown[0], `Unrecognized field "${read.unknown[0]}"`);
    return read;
  }

  #reading<R>(expected: string, read: (parsed: Parsed) => R): R {
    if (this.empty) throw new Fault('request.syntax', { text: `The body is empty; a <${expected}> is expected.` });
    const format = formatOfBody(this.contentType);
    try {
      return read(
        format === 'xml'
          ? { xml: parseXml(this.bytes) }
          : { json: asObject(format === 'yaml' ? parseYaml(this.bytes) : parseJson(this.bytes)) },
      );
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      throw new Fault(
        error.kind === 'syntax' || (this.strictJson && format !== 'xml') ? 'request.syntax' : 'request.value',
        { text: error.message },
        { cause: error },
      );
    }
  }
}

function valueOf<T>(representation: Representation<T>, parsed: Parsed): Read<T> {
  if ('json' in parsed) return representation.fromJson(parsed.json);
  const { name } = parsed.xml;
  if (name !== representation.element)
    throw new CodecError('syntax', name, `The root element is <${name}>; <${representation.element}> is expected.`);
  return representation.fromXml(parsed.xml);
}

function asObject(json: unknown): object {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new CodecError('syntax', '', 'The document is not a JSON object.');
  return json;
}

const mapRead = <T, R>({ value, unknown }: Read<T>, map: (value: T) => R): Read<R> => ({ value: map(value), unknown });
