import { placesIn, type Place, type Places, type TablePlaces } from '../../mapping/places.js';
import type { DocumentWords, Property } from '../../model/index.js';
import { isPresent } from './required.js';

/** The document of a request: its element, and its content. */
export interface WordsQuery {
  readonly element?: string;
  readonly document?: object;
}

interface FoundProperty {
  readonly table: TablePlaces | undefined;
  /** The path that wins, for each way to write it; relative to `base`. */
  readonly places: readonly Place[];
  readonly base: string;
}

/**
 * Translates properties to paths of a version's documents, by its mapping rows: those of the request's own document if
 * it is the entity's, else those of the entity's table. A property with several elements is named by the one that was
 * sent. `typeOf`: the name of an element's type in texts.
 */
export function documentWords(
  tables: Places,
  typeOf: (element: string) => string,
  { element, document }: WordsQuery,
): DocumentWords {
  function tableOf(entity: string): TablePlaces | undefined {
    const own = Object.values(tables).find((table) => table.element === element && table.entity === entity);
    return own ?? tables[entity.charAt(0).toLowerCase() + entity.slice(1)];
  }

  function find(property: Property, name: string): FoundProperty {
    if (!property.list) {
      const table = tableOf(property.entity);
      return { table, places: known(table, name), base: table?.element ?? snake(property.entity) };
    }
    const holder = find(property.list, property.list.names[0] ?? '');
    const list = chosen(holder, document);
    const table = list?.table === undefined ? undefined : tables[list.table];
    return { table, places: known(table, name), base: `${holder.base}.${list?.whole ?? ''}` };
  }

  function place(property: Property): string {
    const found = property.names.map((name) => {
      const at = find(property, name);
      return `${at.base}.${chosen(at, document)?.path ?? snake(name)}`;
    });
    return found.length > 0 ? common(found) : find(property, '').base;
  }

  /** In the notation of engines: camel case, the winning path first. */
  function required(property: Property, verb: string): string {
    const { places, base } = find(property, property.names[0] ?? '');
    const [root = '', ...above] = base.split('.');
    const paths = places.map(({ path, isReference }) => `${path}${isReference ? '.id|name' : ''}`).reverse();
    const alternatives = paths.map((path, index) => (index === 0 ? [...above, path].join('.') : path));
    return `${typeOf(root)} [${camel(alternatives.join('|'))}] required for ${verb}`;
  }

  return { place, required };
}

const known = (table: TablePlaces | undefined, name: string): readonly Place[] => (table ? placesIn(table, name) : []);

function chosen({ places }: FoundProperty, document: object | undefined): Place | undefined {
  const sent = document && places.findLast(({ whole }) => isPresent(document, whole, true));
  return sent ?? places.at(-1);
}

/** The common beginning of several paths. */
function common(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('.'));
  const until = first.findIndex((step, index) => others.some((other) => other[index] !== step));
  return (until < 0 ? first : first.slice(0, until)).join('.');
}

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter, at: number) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`);
const camel = (path: string): string => path.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
