import { readFileSync } from 'node:fs';
import { formatExchange, parseExchange, type Exchange } from '../../src/exchanges/index.js';
import { packageRoot } from '../../src/settings/index.js';

const fixture = (name: string): Exchange =>
  parseExchange(
    readFileSync(`${packageRoot}fixtures/exchanges/${name}.txt`, 'utf8').replace(/^=== given\n[\s\S]*?(?==== )/m, ''),
  );

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;

/** The part of an exchange's text that its section names. */
const section = (text: string, name: 'calls' | 'answer'): string =>
  text.split(`=== ${name}\n`)[1]!.split('\n=== ')[0]!.trim();

/** An answer's document without links and actions, which say nothing of the translation. */
const withoutLinks = (text: string): string =>
  text.replace(/^ *<actions>\n[\s\S]*?<\/actions>\n/m, '').replace(/^ *<link [^\n]*\/>\n/gm, '');

/** The worked example: an exchange of the conformance corpus, which a test runs. */
export function workedExample(): string {
  const exchange = fixture('15.12-create-disk');
  const text = formatExchange(exchange);
  return [
    'A client adds a disk of 8 GiB to a VM (example 15.12 of the RHEV-M guide):',
    fenced('http', formatExchange({ notes: [], request: exchange.request })),
    'The gateway reads the VM, and has PowerVC create a volume and attach it. Until this is complete, the intent is ' +
      "recorded in the volume's metadata, so that any gateway can finish the work:",
    fenced('', section(text, 'calls')),
    "The client has its answer once the volume is accepted (links left out; `{uuid-1}` is the volume's id):",
    fenced('http', withoutLinks(section(text, 'answer'))),
    '`X-Ovirt-Ignored` names what PowerVM does not support. `npm start -- translate` shows the same for any request.',
  ].join('\n\n');
}

/** An example of a refusal. */
export const faultExample = (): string =>
  fenced('http', section(formatExchange(fixture('disk-refused-shrink')), 'answer'));
