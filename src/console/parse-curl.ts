import { originForm, type ExchangeRequest, type Header } from '../exchanges/index.js';
import { BadInput } from './bad-input.js';

/** Escapes of `$'…'` (Bash, "ANSI-C Quoting") that stand for one character. */
const ANSI: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
const ansi = (text: string): string =>
  text.replace(
    /\\(?:u([\dA-Fa-f]{1,4})|U([\dA-Fa-f]{1,8})|x([\dA-Fa-f]{1,2})|([\s\S]))/g,
    (all, u?: string, long?: string, x?: string, one?: string) => {
      const code = Number.parseInt(u ?? long ?? x ?? '', 16);
      if (one !== undefined || Number.isNaN(code)) return ANSI[one ?? ''] ?? one ?? all;
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );

/**
 * A command of Windows' cmd as one of a POSIX shell: a caret escapes the next character, or continues the line. Chrome
 * copies requests like this, each argument between `^"`.
 */
function withoutCarets(text: string): string {
  // a POSIX shell's command may have carets in single quotes
  if (!/\bcurl(?:\.exe)?\s+\^"/.test(text)) return text.includes("'") ? text : text.replace(/\^[ \t]*\r?\n/g, ' ');
  return text
    .replace(/\^\r?\n\r?\n/g, '\n')
    .replace(/\^\r?\n/g, '')
    .replace(/\^(.)/g, '$1');
}

/** The words of a POSIX shell command: quotes, escapes, lines continued by a backslash. Throws BadInput. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  const token =
    /\s+|\$'((?:[^'\\]|\\[\s\S])*)'|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|((?:[^\s'"\\$]|\$(?!'))+)/y;
  let word: string | undefined;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw new BadInput(`Unclosed quote: ${text.slice(at, at + 40)}`);
    const [all, quoted, single, double, escaped, plain] = found;
    if (/^\s/.test(all)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (escaped !== '\n') {
      word =
        (word ?? '') +
        ((quoted === undefined ? undefined : ansi(quoted)) ??
          single ??
          double?.replace(/\\(["\\$`\n])/g, '$1') ??
          escaped ??
          plain ??
          '');
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Options without a value that change nothing here. */
const FLAGS =
  /^-(?:[sSkLvifgN]+|-(?:silent|show-error|insecure|location|verbose|include|fail|compressed|no-buffer|globoff|http[\d.]+))$/;
/** Options with a value that change nothing here. */
const VALUED = new Set([
  ...['-o', '--output', '-w', '--write-out', '-D', '--dump-header', '-c', '--cookie-jar'],
  ...['-m', '--max-time', '--connect-timeout', '--retry', '-E', '--cert', '--key', '--cacert', '--capath'],
]);
const SHORT_FLAGS = new Set([...'sSkLvifgNIG']);

/** A curl command line as the request that it sends. Throws BadInput that names what is not understood. */
export function parseCurl(text: string): ExchangeRequest {
  const words = shellWords(withoutCarets(text)).filter((word) => word !== '$');
  const headers: Header[] = [];
  const data: string[] = [];
  let method: string | undefined;
  let url: string | undefined;
  let head = false;
  let isQuery = false;
  const goTo = (next: string): void => {
    if (url !== undefined) throw new BadInput(`The command names two URLs: ${url} and ${next}.`);
    url = next;
  };
  const queue = words.slice(1).flatMap(unbundled);
  const value = (option: string): string => {
    const next = queue.shift();
    if (next === undefined) throw new BadInput(`${option} has no value.`);
    return next;
  };
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '-X' || word === '--request') method = value(word);
    else if (word === '-H' || word === '--header') headers.push(headerOf(value(word)));
    else if (['-d', '--data', '--data-raw', '--data-binary', '--data-ascii'].includes(word)) data.push(value(word));
    else if (word === '-u' || word === '--user') headers.push(['Authorization', basic(value(word))]);
    else if (word === '-A' || word === '--user-agent') headers.push(['User-Agent', value(word)]);
    else if (word === '-b' || word === '--cookie') headers.push(['Cookie', value(word)]);
    else if (word === '--data-urlencode') data.push(encoded(value(word)));
    else if (word === '--json') {
      data.push(value(word));
      headers.push(['Content-Type', 'application/json'], ['Accept', 'application/json']);
    } else if (word === '--url') goTo(value(word));
    else if (word === '-I' || word === '--head') head = true;
    else if (word === '-G' || word === '--get') isQuery = true;
    else if (VALUED.has(word)) value(word);
    else if (FLAGS.test(word)) continue;
    else if (word.startsWith('-')) throw new BadInput(`The curl option ${word} is not supported.`);
    else goTo(word);
  }
  if (url === undefined) throw new BadInput('The command names no URL.');
  if (data.some((one) => one.startsWith('@')))
    throw new BadInput('Bodies from files are not supported: paste the text after -d.');
  const sent = data.join('&');
  const body = isQuery ? '' : sent;
  // the host is that of the scratch gateway, whatever the URL says
  const target = originForm(url);
  return {
    method: method ?? (head ? 'HEAD' : body === '' ? 'GET' : 'POST'),
    target: isQuery && sent !== '' ? `${target}${target.includes('?') ? '&' : '?'}${sent}` : target,
    headers,
    body,
  };
}

/** `-sku` → `-s`, `-k`, `-u`; `-XPOST` → `-X`, `POST`. */
function unbundled(word: string): string[] {
  if (!/^-[A-Za-z]{2,}/.test(word) || word.startsWith('--')) return [word];
  const out: string[] = [];
  for (const [index, letter] of [...word.slice(1)].entries()) {
    out.push(`-${letter}`);
    if (SHORT_FLAGS.has(letter)) continue;
    const rest = word.slice(index + 2);
    if (rest !== '') out.push(rest);
    break;
  }
  return out;
}

/** The value of --data-urlencode: `content`, `=content` or `name=content`, of which the content is encoded. */
function encoded(text: string): string {
  if (/^[^=]*@/.test(text)) throw new BadInput('Bodies from files are not supported: paste the text after -d.');
  const [, name = '', content = text] = /^([^=]*)=([\s\S]*)$/.exec(text) ?? [];
  return `${name === '' ? '' : `${name}=`}${encodeURIComponent(content)}`;
}

function headerOf(text: string): Header {
  const [, name, value = ''] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined) throw new BadInput(`Not a header: ${text}`);
  return [name, value];
}

/** A variable in place of the login means the simulator's own. */
const basic = (login: string): string =>
  `Basic ${Buffer.from(login.startsWith('$') ? 'admin@internal:powervc' : login).toString('base64')}`;
