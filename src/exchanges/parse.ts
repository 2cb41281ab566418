import {
  ExchangeSyntaxError,
  type Exchange,
  type ExchangeAnswer,
  type ExchangeCall,
  type ExchangeIgnored,
  type ExchangeRequest,
  type Header,
} from './exchange.js';

/** Lines with the number of the first, so that errors can say where. */
interface Lines {
  readonly at: number;
  readonly lines: readonly string[];
}

const SECTION = /^=== (\w+)\s*$/;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})\b/;
const DOCUMENT = /^\s*[<{[]/;
const blank = (line: string | undefined): boolean => line === undefined || line.trim() === '';

const SECTIONS = new Set(['given', 'calls', 'answer', 'ignored']);

/**
 * `=== given`, `=== calls` and `=== answer` begin a section, a status line begins the answer; what stands before is the
 * request.
 */
function sections(text: string): Map<string, Lines> {
  const found = new Map<string, Lines>();
  let [name, at, lines] = ['request', 1, [] as string[]];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((line, index) => {
      const next = SECTION.exec(line)?.[1] ?? (name !== 'answer' && STATUS_LINE.test(line) ? 'answer' : undefined);
      if (next === undefined) {
        lines.push(line);
        return;
      }
      if (!SECTIONS.has(next))
        throw new ExchangeSyntaxError(index + 1, `=== ${next} is not a section; given, calls, answer and ignored are`);
      found.set(name, { at, lines });
      if (found.has(next)) throw new ExchangeSyntaxError(index + 1, `a second ${next}`);
      const named = SECTION.test(line);
      [name, at, lines] = [next, index + (named ? 2 : 1), named ? [] : [line]];
    });
  return found.set(name, { at, lines });
}

/** The lines from the first that isn't blank. */
function trimmedStart({ at, lines }: Lines): Lines {
  const skip = lines.findIndex((line) => !blank(line));
  return skip === -1 ? { at, lines: [] } : { at: at + skip, lines: lines.slice(skip) };
}

/** Headers up to a blank line or the document, then the document without blank lines around it. */
function message({ at, lines }: Lines): { headers: Header[]; body: string } {
  const headers: Header[] = [];
  let index = 0;
  for (; index < lines.length && !blank(lines[index]) && !DOCUMENT.test(lines[index]!); index++) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*?)\s*$/.exec(lines[index]!) ?? [];
    if (name === undefined) throw new ExchangeSyntaxError(at + index, `not a header: ${lines[index]!}`);
    headers.push([name, value!]);
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
  if (lines.length === 0) throw new ExchangeSyntaxError(at, 'there is no request');
  const folded = !/ HTTP\/1\.[01]\s*$/.test(lines[0]!) && / HTTP\/1\.[01]\s*$/.test(lines[1] ?? '');
  const line = folded ? lines[0]!.trimEnd() + lines[1]!.trimStart() : lines[0]!;
  const [, method, target] = /^([A-Z]+) (\/\S*)(?: HTTP\/1\.[01])?\s*$/.exec(line) ?? [];
  if (method === undefined)
    throw new ExchangeSyntaxError(at, `not a request line such as "GET /api/vms HTTP/1.1": ${line}`);
  const used = folded ? 2 : 1;
  return { method, target: target!, ...message({ at: at + used, lines: lines.slice(used) }) };
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
  while (rest.lines.length > 0) {
    const [, service, method, path, status] = /^([\w-]+) ([A-Z]+) (\S+) -> (\d+)\s*$/.exec(rest.lines[0]!) ?? [];
    if (service === undefined)
      throw new ExchangeSyntaxError(rest.at, `not a call such as "volume POST /volumes -> 202": ${rest.lines[0]!}`);
    let end = rest.lines.findIndex(blank);
    if (end === -1) end = rest.lines.length;
    const text = rest.lines.slice(1, end).join('\n');
    try {
      found.push({
        service,
        method: method!,
        path: path!,
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
    const [, path, why] = /^(\S+): (.+?)\s*$/.exec(line) ?? [];
    if (path === undefined) throw new ExchangeSyntaxError(at + index, `not a path and a reason: ${line}`);
    return [{ path, why: why! }];
  });
}

/**
 * Reads an exchange.
 * @throws ExchangeSyntaxError
 */
export function parseExchange(text: string): Exchange {
  const found = sections(text);
  const whole = trimmedStart(found.get('request')!);
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
