import { readdirSync, readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodecError, parseXml, XML_LIMITS, type XmlElement } from '../src/codec/index.js';
import { xmlPiece } from './support/fuzz/pieces.js';

const refused = (document: string | Uint8Array): CodecError => {
  try {
    parseXml(document);
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
    expect((error as CodecError).kind).toBe('syntax');
    return error as CodecError;
  }
  throw new Error(`accepted: ${String(document).slice(0, 80)}`);
};

describe('what a gateway must refuse (docs/reference/performance.md, section 1)', () => {
  test.each([
    ['mismatched tags', '<a><b></a></b>', '</a> stands where </b> is expected'],
    ['an element that is not closed', '<a><b></b>', '<a> is not closed'],
    ['an attribute without quotes', '<a b=1/>', 'The tag <a> is malformed'],
    ['an attribute twice', '<a b="1" b="2"/>', 'The attribute b appears twice'],
    ['a second root', '<a/><b/>', 'A document must have exactly one root element'],
    ['text behind the root', '<a/>junk', 'Text is not allowed outside the root'],
    ['a control character', '<a>\u0001</a>', 'A control character'],
    ['an unknown entity', '<a>&foo;</a>', '"&foo;" is not a known entity'],
    ['"<" in an attribute', '<a b="<"/>', 'The tag <a> is malformed'],
    ['DOCTYPE with an internal entity', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'DOCTYPE is not allowed'],
  ])('%s', (_, document, message) => expect(refused(document).message).toContain(message));

  test.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['text before the root', 'x<a/>'],
    ['a bare &', '<a>&</a>'],
    ['a bare & in an attribute', '<a b="&"/>'],
    ['an entity without its end', '<a>&amp</a>'],
    ['a reference to U+0000', '<a>&#0;</a>'],
    ['a reference to a surrogate', '<a>&#xD800;</a>'],
    ['a reference beyond Unicode', '<a>&#x110000;</a>'],
    ['a reference to U+0001 in an attribute', '<a b="&#1;"/>'],
    ['a lone surrogate', '<a>\ud800</a>'],
    ['U+FFFE', '<a>\ufffe</a>'],
    ['"]]>" in text', '<a>]]></a>'],
    ['"--" in a comment', '<a><!-- a -- b --></a>'],
    ['a comment that is not closed', '<a/><!--'],
    ['a comment that ends in three dashes', '<a><!-- a ---></a>'],
    ['CDATA that is not closed', '<a><![CDATA[</a>'],
    ['CDATA outside the root', '<![CDATA[x]]><a/>'],
    ['a DOCTYPE inside of the root', '<a><!DOCTYPE a></a>'],
    ['a declaration that is not first', ' <?xml version="1.0"?><a/>'],
    ['a declaration of version 2', '<?xml version="2.0"?><a/>'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
    ['a name with a digit first', '<1a/>'],
    ['no name', '<>'],
    ['a space before the name', '< a/>'],
    ['attributes side by side', '<a b="1"c="2"/>'],
    ['an attribute without a value', '<a b/>'],
    ['a closing tag with an attribute', '<a></a b="1">'],
    ['a closing tag first', '</a>'],
    ['an instruction that is not closed', '<a><?x'],
    ['a slash and a space', '<a/ >'],
    ['a name split by U+1680', '<a\u1680b="1"/>'],
  ])('%s', (_, document) => {
    refused(document);
  });

  test('bytes that are no UTF-8, and UTF-16', () => {
    expect(refused(Buffer.from([0x3c, 0x61, 0xff, 0x2f, 0x3e])).message).toBe('The document is not UTF-8.');
    refused(Buffer.from('<a/>', 'utf16le'));
  });

  test('length and depth beyond the limits', () => {
    expect(refused(`<a>${'x'.repeat(XML_LIMITS.maxLength)}</a>`).message).toContain('longer than');
    expect(refused(Buffer.alloc(XML_LIMITS.maxLength + 1, 0x20)).message).toContain('longer than');
    expect(refused('<a>'.repeat(65) + '</a>'.repeat(65)).message).toContain('deeper than 64');
    expect(parseXml('<a>'.repeat(64) + '</a>'.repeat(64)).name).toBe('a');
  });

  test('the line of an error is reported', () => expect(refused('<a>\n<b>\n</c></a>').message).toMatch(/^Line 3: /));

  test('any input is read or refused with a CodecError, quickly', () => {
    fc.assert(
      fc.property(
        fc.array(xmlPiece, { maxLength: 40 }).map((parts) => parts.join('')),
        (document) => {
          const begun = performance.now();
          try {
            parseXml(document);
          } catch (error) {
            expect(error).toBeInstanceOf(CodecError);
          }
          expect(performance.now() - begun).toBeLessThan(1000);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each(['<', '<a ', '<a b="" ', '<!--', '&', ' ', '<a>', '<a b="', '<?x '])(
    'a long run of %j takes linear time',
    (piece) => {
      const document = piece.repeat(200_000);
      const begun = performance.now();
      refused(`<a>${document}`);
      expect(performance.now() - begun).toBeLessThan(2000);
    },
  );
});

describe('what is read', () => {
  test('names, attributes and text as they stand', () => {
    const root = parseXml(
      '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<!-- c --><?pi it\'s?><x:a  xmlns:x="u" b = \'1 "2"\'><n>007</n><t> true </t><e/></x:a> <!-- end -->',
    );
    expect(root).toEqual({
      name: 'x:a',
      attributes: new Map([
        ['xmlns:x', 'u'],
        ['b', '1 "2"'],
      ]),
      text: '',
      children: [
        { name: 'n', attributes: new Map(), children: [], text: '007' },
        { name: 't', attributes: new Map(), children: [], text: ' true ' },
        { name: 'e', attributes: new Map(), children: [], text: '' },
      ],
    });
  });

  test('the five entities, references, CDATA, comments and instructions inside of text', () => {
    expect(parseXml('<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;</a>').text).toBe('<>&"\'A😀');
    expect(parseXml('<a>one <![CDATA[<two> &amp; ]]>three<!-- x --><?x y?> four</a>').text).toBe(
      'one <two> &amp; three four',
    );
    expect(parseXml('<a>&amp;lt;</a>').text).toBe('&lt;');
  });

  test('white space: kept in text, line ends normalised, spaces in attributes', () => {
    expect(parseXml('<a> x\r\n\ty </a>').text).toBe(' x\n\ty ');
    expect(parseXml('<a b="1\n2\t3&#10;4&#9;5"/>').attributes.get('b')).toBe('1 2 3\n4\t5');
    expect(parseXml('<a>&#13;</a>').text).toBe('\r');
  });

  test('a byte order mark, bytes', () => {
    expect(parseXml('\ufeff<a/>').name).toBe('a');
    expect(parseXml(Buffer.from('<a>\u00e4</a>')).text).toBe('\u00e4');
  });

  test('names that JavaScript knows are names like others', () => {
    const root = parseXml(
      '<__proto__ constructor="1" __proto__="2" toString="3"><constructor/><hasOwnProperty/><prototype/></__proto__>',
    );
    expect(root.name).toBe('__proto__');
    expect([...root.attributes]).toEqual([
      ['constructor', '1'],
      ['__proto__', '2'],
      ['toString', '3'],
    ]);
    expect(root.children.map(({ name }) => name)).toEqual(['constructor', 'hasOwnProperty', 'prototype']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('a thousand entities in one document', () => {
    expect(parseXml(`<a>${'R&amp;D '.repeat(5000)}</a>`).text).toBe('R&D '.repeat(5000));
  });
});

describe('against fast-xml-parser, which reads what is well-formed', () => {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    textNodeName: '#text',
    trimValues: false,
    parseTagValue: false,
    parseAttributeValue: false,
  });
  type Node = Readonly<Record<string, unknown>>;
  function elementOf(node: Node): XmlElement {
    const name = Object.keys(node).find((key) => key !== ':@') ?? '';
    const content = node[name] as Node[];
    return {
      name,
      attributes: new Map(Object.entries((node[':@'] ?? {}) as Record<string, string>)),
      children: content.filter((child) => !('#text' in child)).map(elementOf),
      text: content.map((child) => (child['#text'] as string | undefined) ?? '').join(''),
    };
  }
  const xml = new URL('../fixtures/exchanges/', import.meta.url);
  const bodies = readdirSync(xml, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.txt'))
    .flatMap((file) => readFileSync(new URL(file, xml), 'utf8').match(/^<(\w+)( [^>]*[^/])?>\n[^]*?^<\/\1>$/gm) ?? [])
    // one exchange sends an entity, which we refuse
    .filter((body) => !body.includes('&x;'));

  test('there are documents', () => expect(bodies.length).toBeGreaterThan(100));

  test('each document of the corpus reads the same', () => {
    for (const body of bodies) {
      expect(parseXml(body)).toEqual(elementOf((parser.parse(body) as [Node])[0]));
    }
  });
});
