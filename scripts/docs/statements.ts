import { readFileSync, readdirSync } from 'node:fs';
import { packageRoot } from '../../src/settings/index.js';
import { table } from './blocks.js';

/**
 * What the documents say that this gateway was written for, in our words, and what shows that it is so: exchanges of
 * the conformance corpus, which a test runs, and tests by their names.
 */
export interface Statement {
  /** The section, table or example of the document. */
  readonly section: string;
  readonly statement: string;
  /** Why the gateway does otherwise; absent where it does as it is said. */
  readonly differs?: string;
  readonly shown: readonly Shown[];
}

/** `calls` and `answer` are texts that stand in that part of the exchange. */
export type Shown =
  | { readonly exchange: string; readonly calls?: string; readonly answer?: string }
  | { readonly test: string; readonly name: string };

export interface Document {
  /** The document's name. */
  readonly document: string;
  readonly statements: readonly Statement[];
}

const FOLDER = 'fixtures/statements/';
const ORDER = ['guide', 'pmem', 'power-virtual-server'];

/** By the names of their files; those of the package first. */
export function statementDocuments(): Document[] {
  const names = readdirSync(packageRoot + FOLDER).map((file) => file.replace(/\.json$/, ''));
  return [...ORDER, ...names.filter((name) => !ORDER.includes(name))].map(
    (name) => JSON.parse(readFileSync(`${packageRoot}${FOLDER}${name}.json`, 'utf8')) as Document,
  );
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(packageRoot + file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** What keeps this from showing anything: a test or an exchange that is not there, or says something else. */
export function missingIn(shown: Shown): string | undefined {
  if ('test' in shown) {
    const text = read(shown.test);
    if (text === undefined) return `there is no ${shown.test}`;
    const calls = new Set((text.match(/\(\s*(['"`])(.*?)\1,/g) ?? []).map((call) => call.replace(/^\(\s*.|.,$/g, '')));
    const isNamed = shown.test.endsWith('.test.ts') && calls.has(shown.name);
    return isNamed ? undefined : `${shown.test} has no test of the name "${shown.name}"`;
  }
  const text = read(`fixtures/exchanges/${shown.exchange}.txt`);
  if (text === undefined) return `there is no exchange ${shown.exchange}`;
  if (shown.calls === undefined && shown.answer === undefined) return `nothing of ${shown.exchange} is named`;
  const [before = '', answer = ''] = text.split('\n=== answer\n');
  const [, calls = ''] = before.split('\n=== calls\n');
  for (const [part, whole] of [
    ['calls', calls],
    ['answer', answer],
  ] as const) {
    const sought = shown[part];
    if (sought !== undefined && !whole.includes(sought)) return `${shown.exchange} has no ${sought} among its ${part}`;
  }
  return undefined;
}

const nameOf = (shown: Shown): string => ('test' in shown ? `${shown.test}: ${shown.name}` : shown.exchange);

/** Each document with its statements. Throws for one that nothing shows. */
export function statementTables(): string {
  return statementDocuments()
    .map(({ document, statements }) => {
      const rows = statements.map(({ section, statement, differs, shown }) => {
        const missing = shown.length === 0 ? 'nothing shows it' : shown.map(missingIn).find((why) => why !== undefined);
        if (missing !== undefined) throw new Error(`${section}, "${statement}": ${missing}`);
        const names = [...new Set(shown.map(nameOf))].map((name) => `\`${name}\``).join(', ');
        return [section, statement, differs === undefined ? 'kept' : `differs: ${differs}`, names];
      });
      const kept = statements.filter(({ differs }) => differs === undefined).length;
      const head = table(['section', 'statement', '', 'shown by'], rows);
      const counts = `${statements.length} statements: ${kept} kept, ${statements.length - kept} differ.`;
      return `## ${document}\n\n${counts}\n\n${head}`;
    })
    .join('\n\n');
}
