import { Fault } from '../../../model/index.js';
import { absent, type Absent } from '../../declare/absent.js';
import { declare } from '../../declare/declare.js';
import { remembered } from '../../declare/follow.js';
import { inliner } from '../../declare/inline.js';
import type { Call, Operation } from '../../declare/operation.js';
import { documentReply } from '../../http/reply.js';
import type { Document } from '../../version/document.js';
import { parentOf } from '../../declare/resource.js';
import { commonSearch, readSearch } from '../../search/index.js';

/** A collection whose items depend on the login alone: no call is needed. */
export interface Fixed {
  /** The path above its own, if it is below an item, which `look` finds. */
  readonly owner?: string;
  readonly look?: (call: Call) => Promise<unknown>;
  /** The last segment of its path, and the name of an item's id there. */
  readonly name: string;
  readonly key: string;
  readonly element: string;
  readonly list: string;
  readonly entity: string;
  readonly how: string;
  /** Collections below its items, which are empty. */
  readonly below?: readonly Absent[];
  /** Without address and links. */
  readonly items: (call: Call) => readonly Document[];
}

/** Its list and its items. */
export function fixed({
  owner = '',
  look,
  name,
  key,
  element,
  list,
  entity,
  how,
  below = [],
  items,
}: Fixed): Operation[] {
  const path = `${owner}/${name}`;
  const item = `${path}/{${key}:name}`;
  const facts = { how, support: 'emulated', rel: 'get', method: 'GET' } as const;
  const addressed = (call: Call, collectionPath: string, document: Document): Document => {
    const href = `${call.base}${collectionPath}/${encodeURIComponent(document.id ?? '')}`;
    const { lists } = call.version.relations(item);
    // A collection that the version's schema has no document for is not linked to
    const links = [...lists].flatMap(([rel, { answers }]) =>
      answers !== undefined && call.version.hasDocument(answers) ? [rel] : [],
    );
    return {
      ...document,
      href,
      ...(links.length > 0 && { link: links.map((rel) => ({ href: `${href}/${rel}`, rel })) }),
    };
  };
  async function collected(call: Call): Promise<Readonly<Record<string, Document[]>>> {
    const search = readSearch<Document>(commonSearch(entity), call.parameters, call.sortLimit);
    await look?.(call);
    const fitting: Document[] = [];
    for await (const page of search.found(call.scope, async () => items(call))) fitting.push(...page);
    return { [element]: fitting.map((one) => addressed(call, call.path, one)) };
  }
  async function known(call: Call): Promise<Document> {
    await look?.(call);
    const id = (call.ids as Readonly<Record<string, string>>)[key] ?? '';
    const one = items(call).find((candidate) => candidate.id === id);
    if (!one) throw new Fault('not-found', { what: entity, id });
    return one;
  }
  const found = async (call: Call): Promise<Document> => addressed(call, parentOf(call.path), await known(call));
  return [
    declare({
      ...facts,
      kind: 'list',
      path,
      title: `list ${entity}s`,
      summary: `The ${entity}s`,
      answers: list,
      collected,
      async run(requested: Call, call = remembered(requested)) {
        const fill = inliner(call, element, item);
        const documents = await collected(call);
        if (fill) await Promise.all(documents[element]?.map(fill) ?? []);
        return documentReply(200, call.version.document(list), documents);
      },
    }),
    declare({
      ...facts,
      kind: 'get',
      path: item,
      title: `get ${entity}`,
      summary: `One ${entity}`,
      answers: element,
      found,
      async run(requested: Call, call = remembered(requested)) {
        const document = await found(call);
        await inliner(call, element, item)?.(document);
        return documentReply(200, call.version.document(element), document);
      },
    }),
    ...absent(item, below, known),
  ];
}
