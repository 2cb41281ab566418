import { Fault } from '../../../model/index.js';
import { declare } from '../../declare.js';
import type { Call, Operation } from '../../operation.js';
import { documentReply } from '../../reply.js';
import type { Document } from '../../document.js';
import { commonSearch, readSearch } from '../../search/index.js';

/** A collection whose items are the same for everybody. */
export interface Fixed {
  /** The last segment of its path, and the name of an item's id there. */
  readonly name: string;
  readonly key: string;
  readonly element: string;
  readonly list: string;
  readonly entity: string;
  readonly how: string;
  /** Without address and links. */
  readonly items: (call: Call) => readonly Document[];
}

/** Its list and its items. */
export function fixed({ name, key, element, list, entity, how, items }: Fixed): Operation[] {
  const path = `/${name}`;
  const item = `${path}/{${key}:name}`;
  const facts = { how, support: 'emulated', rel: 'get', method: 'GET' } as const;
  const addressed = (call: Call, document: Document): Document => {
    const href = `${call.base}${path}/${encodeURIComponent(document.id ?? '')}`;
    const { links } = call.version.relations(item);
    return {
      ...document,
      href,
      ...(links.length > 0 && { link: links.map((rel) => ({ href: `${href}/${rel}`, rel })) }),
    };
  };
  return [
    declare({
      ...facts,
      kind: 'list',
      path,
      title: `list ${entity}s`,
      summary: `The ${entity}s`,
      answers: list,
      async run(call: Call) {
        readSearch(commonSearch(entity), call.parameters, call.sortLimit);
        return documentReply(200, call.version.document(list), {
          [element]: items(call).map((one) => addressed(call, one)),
        });
      },
    }),
    declare<Readonly<Record<string, string>>>({
      ...facts,
      kind: 'get',
      path: item,
      title: `get ${entity}`,
      summary: `One ${entity}`,
      answers: element,
      async run(call) {
        const found = items(call).find(({ id }) => id === call.ids[key]);
        if (!found) throw new Fault('not-found', { what: entity, id: call.ids[key] ?? '' });
        return documentReply(200, call.version.document(element), addressed(call, found));
      },
    }),
  ];
}
