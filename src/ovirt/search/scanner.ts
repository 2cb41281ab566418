import type { Relation } from './ast.js';

const BLANK = /\s*/y;
const NAME = /[a-z_][\w-]*/iy;
const RELATION = /!=|<=|>=|=|<|>/y;
const NUMBER = /\d+/y;

/**
 * Reads the text of a search. What a piece means depends on what comes before it, so there is no separate tokenizer.
 */
export class Scanner {
  at = 0;

  constructor(readonly text: string) {}

  /** Skips blanks. */
  skip(): this {
    this.#match(BLANK);
    return this;
  }

  get ended(): boolean {
    return this.skip().at >= this.text.length;
  }

  peek(): string {
    return this.text.charAt(this.at);
  }

  take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at += 1;
    return true;
  }

  name(): string | undefined {
    return this.#match(NAME)?.toLowerCase();
  }
  relation(): Relation | undefined {
    return this.#match(RELATION) as Relation | undefined;
  }
  digits(): string | undefined {
    return this.#match(NUMBER);
  }

  /** Whether the keyword comes next, as a whole word and in any case. */
  keyword(word: string): boolean {
    const found = this.text.slice(this.at, this.at + word.length);
    const next = this.text.charAt(this.at + word.length);
    if (found.toLowerCase() !== word || (next !== '' && !/[\s()"]/.test(next))) return false;
    this.at += word.length;
    return true;
  }

  /** Quoted, to the next quote; undefined when there is none. The language has no escape. */
  quoted(): string | undefined {
    const end = this.text.indexOf('"', this.at + 1);
    if (end < 0) return undefined;
    const value = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return value;
  }

  /**
   * All up to a blank. A closing parenthesis that was opened before the word (`grouped`) ends it; others are part of
   * it: `name=vm(1)`.
   */
  word(grouped: boolean): string {
    const from = this.at;
    let depth = 0;
    for (; this.at < this.text.length && !/[\s"]/.test(this.peek()); this.at += 1) {
      if (this.peek() === '(') depth += 1;
      if (this.peek() === ')' && (depth -= 1) < 0 && grouped) break;
    }
    return this.text.slice(from, this.at);
  }

  /** The result of `read`; where it is undefined, nothing is consumed. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const from = this.at;
    const found = read();
    if (found === undefined) this.at = from;
    return found;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }
}
