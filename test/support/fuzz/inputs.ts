import fc from 'fast-check';
import { CodecError, parseXml, type XmlElement } from '../../../src/codec/index.js';
import { exchangeFiles, folder, v4Folder } from '../exchange-files.js';
import { pieces } from './pieces.js';

/** What fuzzers send: damaged copies of what clients send. */

/** A request as clients send it: of the corpus. */
export interface Seed {
  readonly method: string;
  readonly target: string;
  readonly body: string;
}

/** Every request of the corpus, once; in version 3 and 4. */
export const seeds: readonly Seed[] = [folder, v4Folder]
  .flatMap((at) => exchangeFiles(at))
  .flatMap(({ exchanges }) => exchanges.map(({ request }) => request))
  .filter(({ target, body }) => !/\{\w+-\d+\}/.test(target + body))
  .map(({ method, target, body }) => ({ method, target, body }));

/** The body of a request in XML as a tree, as JSON and YAML have it. */
function treeOf({ attributes, children, text }: XmlElement): unknown {
  if (children.length === 0 && attributes.size === 0) return text;
  const tree: Record<string, unknown> = Object.fromEntries(attributes);
  for (const child of children) {
    const value = treeOf(child);
    const before = tree[child.name];
    tree[child.name] = before === undefined ? value : [before, value].flat();
  }
  return tree;
}

export interface TreeSeed extends Seed {
  /** The name of the element that is the whole. */
  readonly root: string;
  readonly tree: unknown;
}

/** The corpus holds bodies that engines refuse, too. */
function treeIn(body: string): Pick<TreeSeed, 'root' | 'tree'> | undefined {
  try {
    const element = parseXml(body);
    return { root: element.name, tree: treeOf(element) };
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

export const treeSeeds: readonly TreeSeed[] = seeds.flatMap((seed) => {
  const read = treeIn(seed.body);
  return read ? [{ ...seed, ...read }] : [];
});

/** Ways to damage a text: at which of its characters, counted over again, and how. */
const textDamage = fc.record({
  at: fc.nat(4000),
  length: fc.nat(30),
  instead: fc.oneof(
    pieces(
      '',
      '<',
      '>',
      '</',
      '/>',
      '&',
      '&x;',
      '&#0;',
      '&#x110000;',
      '"',
      '<!--',
      '<![CDATA[',
      ']]>',
      '<?x',
      '<!DOCTYPE a>',
    ),
    pieces('\0', '\u2028', '\ud800', '￾', '-1', '99999999999999999999', '1e400', 'NaN', '<a>'.repeat(80)),
    fc.string({ maxLength: 10 }),
  ),
});

export const damagedText = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(texts, fc.array(textDamage, { minLength: 1, maxLength: 4 })).map(([text, damages]) =>
    damages.reduce((left, { at, length, instead }) => {
      const from = at % (left.length + 1);
      return left.slice(0, from) + instead + left.slice(from + length);
    }, text),
  );

/** Values that no member of a document is meant to have. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  pieces('', ' ', '-1', 'x'.repeat(5000), '\0', '../..', '%2e%2e', '\ud800', '__proto__', 'NaN', '1e400'),
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 2 ** 53, -(2 ** 63), [], {}, [[]], [null], { id: {} }),
  fc.jsonValue({ maxDepth: 3 }),
);

/**
 * One damage of a tree: which of its nodes, counted over again, and what takes its place; `undefined`: it is left out.
 */
export interface TreeDamage {
  readonly node: number;
  readonly instead: unknown;
}
export const treeDamage: fc.Arbitrary<TreeDamage> = fc.record({
  node: fc.nat(500),
  instead: fc.option(odd, { nil: undefined, freq: 4 }),
});

const isBranch = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const nodesOf = (tree: unknown): [Record<string, unknown>, string][] =>
  isBranch(tree)
    ? Object.keys(tree).flatMap((key): [Record<string, unknown>, string][] => [[tree, key], ...nodesOf(tree[key])])
    : [];

/** A copy of the tree with those damages. */
export function damaged(tree: unknown, damages: readonly TreeDamage[]): unknown {
  const whole: Record<string, unknown> = { tree: structuredClone(tree) };
  for (const { node, instead } of damages) {
    const nodes = nodesOf(whole);
    const [parent, key] = nodes[node % Math.max(1, nodes.length)] ?? [whole, 'tree'];
    if (instead === undefined) delete parent[key];
    else parent[key] = structuredClone(instead);
  }
  return whole['tree'];
}

const escaped = (text: string): string => text.replace(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`);

/** A tree as XML: what is no branch is a text; names that XML cannot have are left out. */
export function xmlOf(name: string, tree: unknown): string {
  if (!/^[a-z_]\w*$/i.test(name)) return '';
  if (Array.isArray(tree)) return tree.map((one) => xmlOf(name, one)).join('');
  const inner = isBranch(tree)
    ? Object.entries(tree)
        .map(([child, value]) => xmlOf(child, value))
        .join('')
    : escaped(String(tree));
  const attribute = isBranch(tree) && typeof tree['id'] === 'string' ? ` id="${escaped(tree['id'])}"` : '';
  return `<${name}${attribute}>${inner}</${name}>`;
}
