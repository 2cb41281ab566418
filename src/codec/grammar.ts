/* eslint-disable no-misleading-character-class -- the ranges are the specification's, combining marks and all */

/** The grammar of XML 1.0, fifth edition, less DOCTYPE and encodings other than UTF-8. */

// Production 2, turned round. The u flag makes a lone surrogate a character of its own, and so refused.
export const NOT_A_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
// Productions 4, 4a and 5, less U+1680 and U+FEFF, which JavaScript's \s takes for space.
const START =
  ':A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u167F\\u1681-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFEFE\\uFF00-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NAME = `[${START}][${START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*`;
const SPACE = '[ \\t\\r\\n]';

export const declaration = new RegExp(
  `^<\\?xml${SPACE}+version${SPACE}*=${SPACE}*(["'])1\\.[0-9]+\\1(?:${SPACE}+encoding${SPACE}*=${SPACE}*(["'])([A-Za-z][A-Za-z0-9._-]*)\\2)?(?:${SPACE}+standalone${SPACE}*=${SPACE}*(["'])(?:yes|no)\\4)?${SPACE}*\\?>`,
);
export const opening = new RegExp(`<(${NAME})`, 'yu');
export const attribute = new RegExp(`${SPACE}+(${NAME})${SPACE}*=${SPACE}*("[^<"]*"|'[^<']*')`, 'yu');
export const openingEnd = new RegExp(`${SPACE}*(/?)>`, 'y');
export const closing = new RegExp(`</(${NAME})${SPACE}*>`, 'yu');
export const instruction = new RegExp(`<\\?(${NAME})(?=[ \\t\\r\\n?])`, 'yu');
export const BAD_REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)/;
