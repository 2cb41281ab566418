import { parse, stringify } from 'yaml';
import { CodecError, type ListWriter, type Representation } from '../codec/index.js';
import { Fault } from '../model/index.js';

/** The reader is slow, so a document that it is given must be short; bytes. */
const LONGEST = 64 * 1024;

/**
 * Engines 3.x write `application/x-yaml` as they do JSON: the same value in another form (docs/reference/ovirt.md,
 * section 4).
 */
export const writeYaml = <T>(representation: Representation<T>, value: T): string =>
  stringify(representation.toJson(value), { lineWidth: 0, aliasDuplicateObjects: false });

/** As the codec's writers of lists: one item after the other. */
export function yamlListWriter<C extends object, T>(
  _collection: Representation<C>,
  items: Representation<T>,
): ListWriter<C, T> {
  let empty = true;
  return {
    head: () => '',
    item(value: T): string {
      const first = empty ? `${items.element}:\n` : '';
      empty = false;
      return first + stringify([items.toJson(value)], { lineWidth: 0, aliasDuplicateObjects: false });
    },
    tail: () => (empty ? '{}\n' : ''),
  };
}

/**
 * The value of a document, as JSON's parser would give it. No aliases: they can grow without end. Throws CodecError
 * (`syntax`), `request.too-large`.
 */
export function parseYaml(bytes: Uint8Array): unknown {
  if (bytes.length > LONGEST) throw new Fault('request.too-large', { limit: LONGEST });
  try {
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), {
      maxAliasCount: 0,
      schema: 'core',
      logLevel: 'error',
    });
  } catch (cause) {
    throw new CodecError('syntax', '', `The body is not YAML: ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
}
