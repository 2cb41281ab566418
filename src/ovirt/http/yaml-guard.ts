import { CST, Lexer } from 'yaml';
import { CodecError, XML_LIMITS } from '../../codec/index.js';

/** Tokens of a document: a value of oVirt's has three or four. The reader takes some ten microseconds for each. */
const MOST_TOKENS = 20_000;
/** An element that holds a list is two levels, as in JSON; a level is two columns of indentation, or one indicator. */
const DEEPEST = 2 * XML_LIMITS.maxDepth;
/** Tags and anchors: oVirt's documents have none, and the parser is quadratic in how many one value has. */
const MOST_PROPERTIES = 50;

const refuse = (message: string): never => {
  throw new CodecError('syntax', '', message);
};

/**
 * Bounds a YAML document before it is parsed: the parser recurses for each level, and V8 ends the process if the stack
 * overflows inside a regular expression. Linear. Works on the tokens of the parser's own lexer, so that quoted and
 * block text does not count. Levels come from brackets, from indentation, or from indicators on one line (YAML 1.2.2,
 * chapters 7 and 8). Throws CodecError (`syntax`).
 */
export function guardYaml(source: string): void {
  let tokens = 0;
  let properties = 0;
  /** Open brackets. */
  let open = 0;
  /** Indicators since the last line, comma or bracket: each can open a level. */
  let indicators = 0;
  let indentation = 0;
  let lineBegins = true;
  for (const token of new Lexer().lex(source)) {
    if ((tokens += 1) > MOST_TOKENS) refuse('The document has too many values.');
    const type = CST.tokenType(token);
    if (lineBegins) indentation = type === 'space' && open === 0 ? token.length : 0;
    lineBegins = type === 'newline';
    switch (type) {
      case 'flow-map-start':
      case 'flow-seq-start':
        open += 1;
        indicators = 0;
        break;
      case 'flow-map-end':
      case 'flow-seq-end':
        open = Math.max(0, open - 1);
        break;
      case 'comma':
        indicators = 0;
        break;
      case 'newline':
        if (open === 0) indicators = 0;
        break;
      case 'seq-item-ind':
      case 'explicit-key-ind':
      case 'map-value-ind':
        indicators += 1;
        break;
      case 'tag':
      case 'anchor':
        if ((properties += 1) > MOST_PROPERTIES) refuse('The document has too many tags and anchors.');
        break;
      case 'alias':
        refuse('An alias is not allowed.');
    }
    if (open + indicators + indentation / 2 > DEEPEST) refuse('The document is nested too deeply.');
  }
}
