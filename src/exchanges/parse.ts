import { required } from '../invariant.js';
import {
  ExchangeSyntaxError,
  type Exchange,
  type ExchangeAnswer,
  type ExchangeCall,
  type ExchangeIgnored,
  type ExchangeRequest,
  type Header,
} from './exchange.js';
import { originForm } from './target.js';

/** Lines with the number of the first, so that errors can say where. */
interface Lines {
  readonly at: number;
  readonly lines: readonly string[];
}

const SECTION = /^=== (\w+)\s*$/;
const NEXT = /^=== then\s*$/;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})\b/;
// a browser shows requests of HTTP/2 and 3 in the same form
const PROTOCOL = / HTTP\/(?:1\.[01]|[23](?:\.0)?)\s*$/;
// the target as servers get it, or the whole URL, as proxies do
const REQUEST_LINE = /^([A-Z]+) (\/\S*|https?:\/\/\S+)(?: HTTP\/(?:1\.[01]|[23](?:\.0)?))?\s*$/;
const DOCUMENT = /^\s*[<{[]/;
const blank = (line: string | undefined): boolean => line === undefined || line.trim() === '';

const SECTIONS = new Set(['given', 'calls', 'answer', 'ignored']);

/**
 * `=== given`, `=== calls` and `=== answer` begin a section, a status line begins the answer; what precedes them is the
 * request.
 */
function sections(whole: Lines): Map<string, Lines> {
  const found = new Map<string, Lines>();
  let [name, at, lines] = ['request', whole.at, [] as string[]];
  for (const [index, line] of whole.lines.entries()) {
    const number = whole.at + index;
    const next = SECTION.exec(line)?.[1] ?? (name !== 'answer' && STATUS_LINE.test(line) ? 'answer' : undefined);
    if (next === undefined) {
      lines.push(line);
      continue;
    }
    if (!SECTIONS.has(next))
      throw new ExchangeSyntaxError(number, `=== ${next} is not a section; given, calls, answer and ignored are`);
    found.set(name, { at, lines });
    if (found.has(next)) throw new ExchangeSyntaxError(number, `a second ${next}`);
    const named = SECTION.test(line);
    [name, at, lines] = [next, number + (named ? 1 : 0), named ? [] : [line]];
  }
  return found.set(name, { at, lines });
}

/** The texts between the lines `=== then`. */
function parts(text: string): Lines[] {
  const found: { at: number; lines: string[] }[] = [{ at: 1, lines: [] }];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (NEXT.test(line)) found.push({ at: index + 2, lines: [] });
    else found.at(-1)?.lines.push(line);
  }
  return found;
}

/** The lines from the first that isn't blank. */
function trimmedStart({ at, lines }: Lines): Lines {
  const skip = lines.findIndex((line) => !blank(line));
  return skip === -1 ? { at, lines: [] } : { at: at + skip, lines: lines.slice(skip) };
}

/** Headers up to a blank line or the document, then the document without blank lines around it. */
function message({ at, lines }: Lines): { headers: Header[]; body: string } {
  const headers: Header[] = [];
  const end = lines.findIndex((line) => blank(line) || DOCUMENT.test(line));
  const index = end === -1 ? lines.length : end;
  for (const [number, line] of lines.slice(0, index).entries()) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) throw new ExchangeSyntaxError(at + number, `not a header: ${line}`);
    headers.push([name, value]);
  }
  return {
    headers,
    body: trimmedStart({ at, lines: lines.slice(index) })
      .lines.join('\n')
      .trimEnd(),
  };
}

function request(section: Lines): ExchangeRequest {
  const { at, lines } = trimmedStart(section);
  const [first, second = ''] = lines;
  if (first === undefined) throw new ExchangeSyntaxError(at, 'there is no request');
  const folded = !PROTOCOL.test(first) && PROTOCOL.test(second);
  const line = folded ? first.trimEnd() + second.trimStart() : first;
  const [, method, target] = REQUEST_LINE.exec(line) ?? [];
  if (method === undefined || target === undefined)
    throw new ExchangeSyntaxError(at, `not a request line such as "GET /api/vms HTTP/1.1": ${line}`);
  const used = folded ? 2 : 1;
  return {
    method,
    target: target.startsWith('/') ? target : originForm(target),
    ...message({ at: at + used, lines: lines.slice(used) }),
  };
}

function answer(section: Lines): ExchangeAnswer {
  const { at, lines } = trimmedStart(section);
  const status = STATUS_LINE.exec(lines[0] ?? '')?.[1];
  if (status === undefined) throw new ExchangeSyntaxError(at, 'not a status line such as "HTTP/1.1 200 OK"');
  return { status: Number(status), ...message({ at: at + 1, lines: lines.slice(1) }) };
}

function calls(section: Lines): ExchangeCall[] {
  const found: ExchangeCall[] = [];
  let rest = trimmedStart(section);
  for (let [line] = rest.lines; line !== undefined; [line] = rest.lines) {
    const [, service, method, path, status] = /^([\w-]+) ([A-Z]+) (\S+) -> (\d+)\s*$/.exec(line) ?? [];
    if (service === undefined || method === undefined || path === undefined)
      throw new ExchangeSyntaxError(rest.at, `not a call such as "volume POST /volumes -> 202": ${line}`);
    let end = rest.lines.findIndex(blank);
    if (end === -1) end = rest.lines.length;
    const text = rest.lines.slice(1, end).join('\n');
    try {
      found.push({
        service,
        method,
        path,
        ...(text === '' ? {} : { body: JSON.parse(text) as unknown }),
        status: Number(status),
      });
    } catch (error) {
      throw new ExchangeSyntaxError(rest.at + 1, `the call's body is not JSON: ${(error as Error).message}`, {
        cause: error,
      });
    }
    rest = trimmedStart({ at: rest.at + end, lines: rest.lines.slice(end) });
  }
  return found;
}

function ignored(section: Lines): ExchangeIgnored[] {
  const { at, lines } = trimmedStart(section);
  return lines.flatMap((line, index) => {
    if (blank(line)) return [];
    const [, path, why = ''] = /^(\S+): (.+?)\s*$/.exec(line) ?? [];
    if (path === undefined) throw new ExchangeSyntaxError(at + index, `not a path and a reason: ${line}`);
    return [{ path, why }];
  });
}

function exchange(lines: Lines): Exchange {
  const found = sections(lines);
  const whole = trimmedStart(required(found.get('request'), 'the section of the request'));
  const first = whole.lines.findIndex((line) => !blank(line) && !line.startsWith('#'));
  const head = first === -1 ? whole.lines.length : first;
  const notes = whole.lines
    .slice(0, head)
    .filter((line) => line.startsWith('#'))
    .map((line) => line.slice(1).trim());
  const [given, called, answered, unused] = ['given', 'calls', 'answer', 'ignored'].map((name) => found.get(name));
  return {
    notes,
    request: request({ at: whole.at + head, lines: whole.lines.slice(head) }),
    ...(given ? { given: trimmedStart(given).lines.join('\n').trimEnd() } : {}),
    ...(called ? { calls: calls(called) } : {}),
    ...(answered ? { answer: answer(answered) } : {}),
    ...(unused ? { ignored: ignored(unused) } : {}),
  };
}

/**
 * Reads the exchanges of a file, in their order: one, or several with `=== then` between them.
 * @throws ExchangeSyntaxError
 */
export const parseExchanges = (text: string): Exchange[] => parts(text).map(exchange);

/**
 * Reads an exchange.
 * @throws ExchangeSyntaxError
 */
export function parseExchange(text: string): Exchange {
  const [first, second] = parts(text);
  if (second) throw new ExchangeSyntaxError(second.at - 1, 'only one request is expected here, and no === then');
  return exchange(required(first, 'the text of an exchange'));
}
