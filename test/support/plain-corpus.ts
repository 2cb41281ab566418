import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseXml, type XmlElement } from '../../src/codec/index.js';
import { headerOf, type ExchangeAnswer } from '../../src/exchanges/index.js';

/**
 * The conformance corpus on plain OpenStack, simulated or real. The calls are other ones than on PowerVC; status, kind
 * of document, elements and values are the same, but for what fixtures/openstack.yaml lists, each with its reason.
 */
export interface Difference {
  readonly status: number;
  readonly why: string;
}
interface Declared {
  readonly skipped: Record<string, string>;
  readonly powervc: Record<string, string>;
  readonly differences: Record<string, Difference>;
  readonly documents: {
    readonly varies: readonly Rule[];
    readonly absent: readonly Rule[];
    readonly more: readonly Rule[];
  };
}
const { skipped, powervc, differences, documents } = parse(
  readFileSync(new URL('../../fixtures/openstack.yaml', import.meta.url), 'utf8'),
) as Declared;

/** What is different for an exchange; undefined where nothing is. */
export const differenceOf = (name: string): Difference | undefined => differences[name];

/** What of `=== given` plain OpenStack cannot be made to hold. */
const IBM = { pmemVolumes: "PowerVM's persistent memory", luns: "PowerVC's unmanaged LUNs" } as const;
const SIMULATED = { faults: 'faults that the simulator makes', settings: 'settings of the simulator' } as const;

/**
 * Why an exchange is left out on plain OpenStack; on a real cloud for what only a simulator can be made to do, too.
 * Undefined: it is run.
 */
export function reasonToSkip(
  name: string,
  given: string | undefined,
  where: 'cloud' | 'simulator',
): string | undefined {
  const kinds = Object.keys((parse(given ?? '') ?? {}) as object);
  const only = Object.entries(where === 'cloud' ? { ...IBM, ...SIMULATED } : IBM).find(([kind]) =>
    kinds.includes(kind),
  );
  return only?.[1] ?? powervc[name] ?? (where === 'cloud' ? skipped[name] : undefined);
}

/** What has to be the same on every backend. */
export function essence({ status, headers, body }: ExchangeAnswer): object {
  return {
    status,
    type: headerOf(headers, 'content-type'),
    element: /^<\?xml[^>]*>\s*<(\w+)/.exec(body)?.[1] ?? '',
    ...(status >= 400 && { reason: /<reason>([^<]*)/.exec(body)?.[1] }),
  };
}

/**
 * Where documents may differ: regular expressions of a path (`/vm/cpu/topology@cores`) and of names of exchanges;
 * without the latter everywhere.
 */
interface Rule {
  readonly at: string;
  readonly of?: string;
  readonly why: string;
}
type Allows = (name: string, path: string) => boolean;
function rulesOf(rules: readonly Rule[]): Allows {
  const all = rules.map(({ at, of = '' }) => ({ at: new RegExp(at), of: new RegExp(of) }));
  return (name, path) => all.some(({ at, of }) => of.test(name) && at.test(path));
}
const [varies, absent, more] = [rulesOf(documents.varies), rulesOf(documents.absent), rulesOf(documents.more)];

/** What a recorded value may stand for at another run. */
const placeholders: readonly (readonly [RegExp, string])[] = [
  [/\\\{(?:uuid|creation|job|name|mac)-\d+\\\}/g, '[0-9a-f:-]+'],
  [/\\\{(?:time|host|configuration)\\\}/g, '.+'],
];
/** A fault names the backend. */
const named = (text: string): string =>
  text.replaceAll('powervc', 'openstack').replaceAll('PowerVC', 'OpenStack').replaceAll('PowerVM', 'Nova');
const fits = (recorded: string, here: string): boolean =>
  new RegExp(
    `^${placeholders.reduce((text, [mark, pattern]) => text.replace(mark, pattern), named(recorded).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))}$`,
    's',
  ).test(here);

/** A link without the ids in it: they are compared where they stand by themselves. */
const withoutIds = (href: string): string =>
  href.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{\w+-\d+\}|\b[0-9a-f]{6}\b/g, '*');

/** Values by path; those of a list in no order. */
function leavesOf(root: XmlElement): Map<string, string[]> {
  const leaves = new Map<string, string[]>();
  const put = (path: string, value: string): void => {
    leaves.set(path, [...(leaves.get(path) ?? []), value].sort());
  };
  function visit(element: XmlElement, above: string): void {
    const path = `${above}/${element.name}`;
    for (const [name, value] of element.attributes) put(`${path}@${name}`, name === 'href' ? withoutIds(value) : value);
    if (element.children.length === 0) put(path, element.text.trim());
    for (const child of element.children) visit(child, path);
  }
  visit(root, '');
  return leaves;
}

/**
 * How a document differs from the recorded one, beyond what fixtures/openstack.yaml allows: elements and attributes
 * that are missing or too many, and other values.
 */
export function differencesIn(name: string, recorded: string, here: string): string[] {
  const [expected, got] = [leavesOf(parseXml(recorded)), leavesOf(parseXml(here))];
  const missing = [...expected.keys()]
    .filter((path) => !got.has(path) && !absent(name, path))
    .map((path) => `${path} is missing`);
  const added = [...got.keys()]
    .filter((path) => !expected.has(path) && !more(name, path))
    .map((path) => `${path} is new`);
  const others = [...expected].flatMap(([path, values]) => {
    const found = got.get(path);
    if (
      !found ||
      varies(name, path) ||
      (found.length === values.length && values.every((value, index) => fits(value, found[index]!)))
    )
      return [];
    return [`${path}: ${values.join(', ')} recorded, ${found.join(', ')} here`];
  });
  return [...missing, ...added, ...others];
}
