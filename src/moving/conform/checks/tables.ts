import type { XmlElement } from '../../../codec/index.js';
import { CodecError } from '../../../codec/index.js';
import type { Declaration, Version } from '../../../ovirt/index.js';
import { childOf, isRefused, type Bench } from '../bench.js';
import type { Check } from '../check.js';
import { Differs, expectThat, NotRun } from '../outcomes.js';
import { orderProblems } from '../order.js';

/** An id that does not exist. */
const NOBODY = 'deadbeef-dead-4bad-8bad-deadbeefdead';
/** How many items of a collection are checked. */
const CLOSELY = 100;

const isHeld = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const ids = (elements: readonly XmlElement[]): string[] =>
  elements.flatMap(({ attributes }) => attributes.get('id') ?? []).sort();

/** The checks of each collection, derived from the tables of the version. */
export function tableChecks(version: Version): Check[] {
  const lists = version.operations.filter(
    ({ kind, path, since }) => kind === 'list' && !path.includes('{') && since !== 'gateway',
  );
  return lists.flatMap((list) => collectionChecks(version, list));
}

function collectionChecks(version: Version, list: Declaration): Check[] {
  const { path, name, answers } = list;
  const element = version.document(answers).element;
  const get = version.operations.find(
    (one) => one.kind === 'get' && one.path.startsWith(`${path}/{`) && !one.path.slice(path.length + 1).includes('/'),
  );
  const source = `engine ${version.protocol.engine}: RSDL, GET ${path}; api.xsd, <${element}>`;
  const base = { source, profile: 'read-only', operation: name } as const;
  const short = name.replace(/\.list$/, '');
  const first = `first of ${path}`;

  const checks: Check[] = [
    {
      ...base,
      name: `${short}.list.xml`,
      title: `${path} is <${element}>, with known elements in the order of the XSD`,
      async run(bench) {
        const root = (await bench.good([200], 'GET', path)).xml();
        bench.known.set(path, 'offered');
        expectThat(root.name === element, `<${element}>`, `<${root.name}>`);
        const items = root.children.filter(({ attributes }) => attributes.has('id'));
        const [one] = items;
        const href = one?.attributes.get('href');
        if (href !== undefined) bench.known.set(first, href);
        checkItems(bench, path, items);
        const shortened = { ...root, children: root.children.slice(0, CLOSELY) };
        const problems = orderProblems(version.table, shortened);
        expectThat(problems.length === 0, 'elements as in the XSD', problems.join('; '));
      },
    },
    {
      ...base,
      name: `${short}.list.json`,
      title: `${path} in JSON has the same items, with scalars as engines write them`,
      source: `engine ${version.protocol.engine}: Jackson over JAXB beans (api.xjb); forklift decodes strictly`,
      async run(bench) {
        const items = (await bench.good([200], 'GET', path)).xml().children;
        const answer = await bench.good([200], 'GET', path, { headers: { accept: 'application/json' } });
        expectThat(
          /json/.test(answer.header('content-type') ?? ''),
          'application/json',
          answer.header('content-type') ?? '',
        );
        const document = answer.json();
        expectThat(isHeld(document), 'an object', typeof document);
        readable(() => version.document(answers).fromJson(document).unknown);
        const found = Object.values(isHeld(document) ? document : {}).flatMap((held) =>
          Array.isArray(held) ? (held as unknown[]) : [],
        );
        const jsonIds = found.flatMap((one: unknown) =>
          isHeld(one) && typeof one['id'] === 'string' ? [one['id']] : [],
        );
        const [expected, got] = [ids(items), jsonIds.sort()];
        expectThat(expected.join() === got.join(), `ids ${expected.join(', ')}`, got.join(', '));
      },
    },
  ];
  if (!get) return checks;
  return [
    ...checks,
    {
      ...base,
      name: `${short}.get`,
      operation: get.name,
      title: `the href of an item leads to the item, and its links to what they name`,
      async run(bench) {
        needCollection(bench, path);
        const href = bench.known.get(first);
        if (href === undefined) throw new NotRun('the collection is empty');
        const root = (await bench.good([200], 'GET', href)).xml();
        expectThat(
          root.attributes.get('href') === href,
          `href ${href}`,
          `href ${root.attributes.get('href') ?? 'none'}`,
        );
        const problems = orderProblems(version.table, root);
        expectThat(problems.length === 0, 'elements as in the XSD', problems.join('; '));
        const dead: string[] = [];
        for (const { name: link, attributes } of root.children) {
          const to = attributes.get('href');
          if (link !== 'link' || to === undefined || to.includes('{')) continue;
          const answer = await bench.ask('GET', to);
          if (answer.status !== 200 && !isRefused(answer)) dead.push(`${to}: ${answer.status}`);
        }
        expectThat(dead.length === 0, 'links that answer 200', dead.join('; '));
      },
    },
    {
      ...base,
      name: `${short}.get.unknown`,
      operation: get.name,
      title: 'an id that does not exist is 404, with a fault or no body',
      source: 'engine: BackendResource.handleError; Ansible relies on 404 for ids that do not exist',
      async run(bench) {
        needCollection(bench, path);
        const { status, body } = await bench.ask('GET', `${path}/${NOBODY}`);
        expectThat(status === 404, '404', `${status} ${body}`);
        expectThat(body.trim() === '' || body.includes('fault'), 'no body, or a fault', body);
      },
    },
  ];
}

function needCollection(bench: Bench, path: string): void {
  if (!bench.known.has(path)) throw new NotRun('the collection is not offered');
}

function checkItems(bench: Bench, path: string, items: readonly XmlElement[]): void {
  const prefix = `${new URL(bench.endpoint.url).pathname}${path}/`;
  const strange = items.slice(0, CLOSELY).filter(({ attributes }) => {
    const href = attributes.get('href') ?? '';
    return !href.startsWith(prefix) && !href.replace(/\/v\d\//, '/').startsWith(prefix.replace(/\/v\d\//, '/'));
  });
  expectThat(
    strange.length === 0,
    `hrefs below ${prefix}`,
    strange.map(({ attributes }) => attributes.get('href')).join(', '),
  );
}

/** Reads a document with the version's reader. */
function readable(read: () => readonly string[]): void {
  try {
    const unknown = read();
    expectThat(unknown.length === 0, 'members that the XSD knows', unknown.slice(0, 10).join('; '));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new Differs('values as in the XSD', error.message);
  }
}

export const linkOf = (root: XmlElement, rel: string): string | undefined =>
  root.children
    .find(({ name, attributes }) => name === 'link' && attributes.get('rel') === rel)
    ?.attributes.get('href');
export const actionOf = (root: XmlElement, rel: string): string | undefined => {
  const actions = childOf(root, 'actions');
  return actions && linkOf(actions, rel);
};
