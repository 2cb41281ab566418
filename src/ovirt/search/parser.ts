import { type Condition, type Criteria, type Group, KEYWORDS, type Query, type Relation, type Sort } from './ast.js';
import { Scanner } from './scanner.js';
import { syntaxFault } from './syntax-fault.js';

/** What a condition is about. */
export interface Subject {
  readonly object?: string;
  readonly field: string;
}

/** Bounds on nesting and length, far above what any client needs. */
const DEEPEST = 50;
const LONGEST = 8000;

/**
 * Reads a search: `[object:] [criteria] [sortby FIELD [asc|desc]] [page N]`, keywords in any case, blanks anywhere
 * between words.
 *
 *     criteria  = choice { choice }              side by side: all of them
 *     choice    = series { "or" series }
 *     series    = part { "and" part }
 *     part      = "(" criteria ")" | condition
 *     condition = [object "."] field relation value | object relation value | value
 *
 * `and` binds tighter than `or`, and both tighter than standing side by side: `a or b c` is `(a or b) and c`. So
 * engines have it (searchbackend/SyntaxChecker, "implying precedence rules").
 *
 * An engine's names hold no blanks, a cloud's do, and clients write them without quotes: `name=RHEL 9.4 and …` is also
 * `name="RHEL 9.4"`, where `isText` says that the field is a text.
 *
 * `objects` are the words that may stand before the colon, `others` those of other collections.
 * Throws `search.syntax`.
 */
export function parse(
  text: string,
  objects: ReadonlySet<string>,
  others: ReadonlySet<string>,
  isText: (subject: Subject) => boolean = () => false,
): Query {
  const scanner = new Scanner(text);
  let depth = 0;
  if (text.length > LONGEST) throw syntaxFault(text, LONGEST, `A search has at most ${LONGEST} characters`);

  prefix();
  const where = begins() ? criteria() : undefined;
  const sort = sorting();
  const page = paging();
  if (!scanner.ended)
    fail(
      scanner.peek() === ')'
        ? 'This closes nothing that was opened'
        : page === undefined
          ? 'A condition, sortby or page is expected'
          : 'Nothing may follow the page number',
    );
  return { text, ...(where && { where }), ...(sort && { sort }), ...(page !== undefined && { page }) };

  function fail(wrong: string, at = scanner.skip().at): never {
    throw syntaxFault(text, at, wrong);
  }

  /** `VMs:` or `Vms :`; other words before a colon are free text. */
  function prefix(): void {
    const at = scanner.skip().at;
    const named = scanner.attempt(() => {
      const name = scanner.name();
      return name !== undefined && (objects.has(name) || others.has(name)) && scanner.skip().take(':')
        ? name
        : undefined;
    });
    if (named !== undefined && !objects.has(named))
      fail(`A search for ${named} does not belong to this collection`, at);
  }

  /** Whether a condition may begin here. */
  function begins(): boolean {
    return !scanner.ended && scanner.peek() !== ')' && !ahead('sortby') && !ahead('page');
  }

  function ahead(word: string): boolean {
    const { at } = scanner.skip();
    const found = scanner.keyword(word);
    scanner.at = at;
    return found;
  }

  function criteria(): Criteria {
    const items = [choice()];
    while (begins()) items.push(choice());
    return group('and', items);
  }

  function choice(): Criteria {
    const items = [series()];
    while (scanner.skip().keyword('or')) items.push(series());
    return group('or', items);
  }

  function series(): Criteria {
    const items = [part()];
    while (scanner.skip().keyword('and')) items.push(part());
    return group('and', items);
  }

  function part(): Criteria {
    if (!begins() || ahead('and') || ahead('or')) fail('A condition is missing');
    const { at } = scanner;
    if (!scanner.take('(')) return orLonger(condition());
    if ((depth += 1) > DEEPEST) fail(`Parentheses can be nested at most ${DEEPEST} deep`, at);
    const inner = begins() ? criteria() : fail('A condition is missing');
    if (!scanner.skip().take(')')) fail(`The parenthesis at character ${at + 1} is not closed`);
    depth -= 1;
    return inner;
  }

  function condition(): Condition {
    const { at } = scanner;
    const named = scanner.attempt(subject);
    if (!named) {
      if (scanner.relation() !== undefined) fail('A field is missing', at);
      return { kind: 'condition', relation: '=', value: value(at), at, valueAt: at };
    }
    const behind = scanner.at;
    const valueAt = scanner.skip().at;
    return { kind: 'condition', ...named, value: value(behind), at, valueAt };
  }

  /** A text without quotes and the plain words behind it: each of them, or all of it as one value. */
  function orLonger(first: Condition): Criteria {
    const { relation, valueAt } = first;
    const quoted = text.charAt(valueAt) === '"';
    if (relation !== '=' || quoted || first.field === undefined || !isText({ ...first, field: first.field }))
      return first;
    const words: Condition[] = [];
    while (begins() && scanner.peek() !== '(') {
      const from = scanner.at;
      if (ahead('and') || ahead('or') || scanner.peek() === '"') break;
      const word = condition();
      if (word.field === undefined && word.relation === '=') words.push(word);
      else {
        scanner.at = from;
        break;
      }
    }
    if (words.length > 0 && ahead('or'))
      scanner.at = words[0]?.at ?? scanner.at; // `or` binds tighter
    else if (words.length > 0) return joined(first, words);
    return first;
  }

  function joined(first: Condition, words: readonly Condition[]): Criteria {
    const { valueAt } = first;
    const last = words.at(-1) ?? first;
    const whole = text.slice(valueAt, last.valueAt + last.value.length);
    return group('or', [group('and', [first, ...words]), { ...first, value: whole }]);
  }

  /** `field =` or `object . field =`; anything else is free text. */
  function subject(): (Subject & { readonly relation: Relation }) | undefined {
    const first = scanner.name();
    if (first === undefined) return undefined;
    const second = scanner.attempt(() => (scanner.skip().take('.') ? scanner.skip().name() : undefined));
    const relation = scanner.skip().relation();
    if (relation === undefined) return undefined;
    return second === undefined ? { field: first, relation } : { object: first, field: second, relation };
  }

  /** Behind a relation a keyword is a plain value: a VM may be named `page`. */
  function value(behind: number): string {
    const { at } = scanner;
    if (scanner.peek() === '"') return scanner.quoted() ?? fail('The quote is not closed', at);
    const word = scanner.word(depth > 0);
    if (word === '') fail('A value is missing', behind);
    if (scanner.peek() === '"') fail('A quote is only allowed at the beginning and at the end of a value', scanner.at);
    return word;
  }

  function sorting(): Sort | undefined {
    if (!scanner.skip().keyword('sortby')) return undefined;
    const { at } = scanner.skip();
    const field = scanner.name();
    if (field === undefined || KEYWORDS.has(field)) fail('The field to sort by is missing', at);
    scanner.skip();
    const descending = scanner.keyword('desc');
    if (!descending) scanner.keyword('asc');
    return { field, descending, at };
  }

  function paging(): number | undefined {
    if (!scanner.skip().keyword('page')) return undefined;
    const { at } = scanner.skip();
    const page = Number(scanner.digits() ?? fail('The page number is missing', at));
    if (page < 1 || !Number.isSafeInteger(page)) fail('Pages count from 1', at);
    return page;
  }
}

/** A single item is no group; groups of the same kind are merged. */
function group(kind: Group['kind'], items: readonly Criteria[]): Criteria {
  const [first, ...more] = items;
  if (first && more.length === 0) return first;
  return { kind, items: items.flatMap((item) => (item.kind === kind ? item.items : [item])) };
}
