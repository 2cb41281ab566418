import { parse, stringify } from 'yaml';
import { checkJson, CodecError, type ListWriter, type Representation, withItem } from '../../codec/index.js';
import { Fault } from '../../model/index.js';
import { guardYaml } from './yaml-guard.js';

/** The longest document, bytes: the parser is slow. */
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
  return withItem({
    head: () => '',
    textOf: (value: T) => stringify([items.toJson(value)], { lineWidth: 0, aliasDuplicateObjects: false }),
    lead() {
      const first = empty ? `${items.element}:\n` : '';
      empty = false;
      return first;
    },
    tail: () => (empty ? '{}\n' : ''),
  });
}

/**
 * The value of a document, as JSON's parser would return it: the last of duplicate keys wins (the parser's own check is
 * quadratic). Aliases are refused: they can expand without bound. Throws CodecError (`syntax`), `request.too-large`.
 */
export function parseYaml(bytes: Uint8Array): unknown {
  if (bytes.length > LONGEST) throw new Fault('request.too-large', { limit: LONGEST });
  const source = decoded(bytes);
  guardYaml(source);
  const value = parsed(source);
  checkJson(value);
  return value;
}

function parsed(source: string): unknown {
  try {
    return parse(source, { maxAliasCount: 0, schema: 'core', logLevel: 'error', uniqueKeys: false }) as unknown;
  } catch (cause) {
    throw new CodecError('syntax', '', `The body is not YAML: ${(cause as Error).message.split('\n')[0]}`, { cause });
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CodecError('syntax', '', 'The body is not UTF-8.', { cause });
  }
}
