import fc from 'fast-check';

/** Of what the formats are made, and what was never meant to be in them: for fuzzers. */

export const pieces = (...all: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...all);

/** Of which XML is made. */
export const xmlPiece = pieces(
  '<a>',
  '</a>',
  '<b/>',
  '<a b="c">',
  " b='d'",
  '&amp;',
  '&x;',
  '&#65;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<?x',
  '?>',
  '<!DOCTYPE',
  '"',
  "'",
  '>',
  '<',
  '\u0000',
  'text',
  ' ',
  '\n',
  '/',
);

/** Of which YAML is made. */
export const yamlPiece = pieces(...'[]{},#%|>\\"\'\t\n a', '- ', '? ', ': ', '&a ', '!b ', '---\n', '*a');

/** Of which search queries are made. */
const searchPiece = pieces(...'ab=!<>()" .:*', ' and ', ' or ', 'sortby ', 'page ');

const SEARCHED = 'name status id memory creationdate tag host cluster vm disk network size usage date Vms Disks Events';
export const query = fc.oneof(
  fc.string({ unit: searchPiece, maxLength: 200 }),
  fc
    .array(
      fc.oneof(
        searchPiece,
        pieces(...SEARCHED.split(' '), 'up', '10', '1GB', '2026-01-01', 'Today', '*', 'desc', '!=', '>=', '"a b"'),
      ),
      { maxLength: 40 },
    )
    .map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** Texts that notes were never meant to hold, and some that are almost right. */
export const noteText = fc.oneof(
  pieces('', '{', '[]', 'null', 'yes', '-1', '1e999', '00000000-0000-4000-8000-000000000000', 'attach', 'remove'),
  pieces('{"vm":"a","at":1,"kind":"stop"}', '{"names":"a","at":"now"}', '{"__proto__":{"x":1}}', '['.repeat(250)),
  fc.string({ maxLength: 255 }),
  fc.json({ maxDepth: 4 }).map((text) => text.slice(0, 255)),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

export const NOTES = [
  ...'vm medium task failed transfer transfer.copy delete_protected read_only interface instead illegal wanted start'.split(
    ' ',
  ),
  ...'nic blank restoring pmem.aggregated old mac lun description cloned cdrom boot settings numa next_run facts tags'.split(
    ' ',
  ),
  ...['snapshotting', 'snapshot.a', 'session.a', 'lun.a', 'tag.a', 'label.a', 'option.a', 'event.a', 'keep_disks'],
] as const;
