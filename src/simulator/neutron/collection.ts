import type { JsonObject } from '../json.js';
import { isArray, isObject, python } from '../json.js';
import { nextQuery, page, sorted } from '../paging.js';
import { refuse } from '../refusal.js';
import { created, ok, type Answer, type SimulatedCall } from '../router.js';
import type { World } from '../world/world.js';
import { neutron } from './refusals.js';

const PLAIN = new Set(['limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir', 'fields']);

/**
 * A list with Neutron's filters (a repeated one means or), `fields`, order and pages. `attributes` are the names that
 * may filter.
 */
export function list(
  call: SimulatedCall,
  world: World,
  name: string,
  items: readonly JsonObject[],
  attributes: ReadonlySet<string>,
): Answer {
  const filters = [...new Set(call.query.keys())].filter((key) => !PLAIN.has(key));
  const unknown = filters.filter((key) => !attributes.has(TAGS.has(key) ? 'tags' : key));
  if (unknown.length > 0) throw neutron.bad(`${python(unknown)} is invalid attribute for filtering`);
  const fits = (item: JsonObject): boolean =>
    filters.every((key) =>
      TAGS.has(key)
        ? fitsTags(item.tags, key, call.query.getAll(key))
        : call.query.getAll(key).some((requested) => fitsFilter(item[key], requested)),
    );
  const all = sorted(
    items.filter(fits),
    call.query,
    (item, key) => item[key],
    (a, b) => String(a.id).localeCompare(String(b.id)),
  );
  const paging = {
    id: (item: JsonObject) => String(item.id),
    max: call.query.has('limit') ? world.settings.pageLimit : Infinity,
    zeroIsAll: true,
    badMarker: (marker: string) => refuse.notFound(name, marker),
  };
  const backwards = /^true$/i.test(call.query.get('page_reverse') ?? '');
  const turned = page(backwards ? [...all].reverse() : all, call.query, paging);
  const found = backwards ? { ...turned, items: [...turned.items].reverse() } : turned;
  const fields = call.query.getAll('fields');
  const shown =
    fields.length === 0
      ? found.items
      : found.items.map((item) => Object.fromEntries(Object.entries(item).filter(([key]) => fields.includes(key))));
  return ok({ [name]: shown, ...(call.query.has('limit') ? links(call, name, found.items, found.full) : {}) });
}

const TAGS = new Set(['tags', 'tags-any', 'not-tags', 'not-tags-any']);

/** Tags are named with commas between: all of them, or any. */
function fitsTags(held: unknown, key: string, requested: readonly string[]): boolean {
  const named = requested.flatMap((text) => text.split(','));
  const isHeld = (tag: string): boolean => isArray(held) && held.includes(tag);
  const fits = key.endsWith('-any') ? named.some(isHeld) : named.every(isHeld);
  return key.startsWith('not-') ? !fits : fits;
}

/** `fixed_ips=ip_address=10.0.0.1` looks into the addresses, `fixed_ips=ip_address_substr=10.` for a part of one. */
function fitsFilter(held: unknown, requested: string): boolean {
  if (isArray(held))
    return held.some((item) =>
      isObject(item)
        ? Object.entries(item).some(
            ([key, value]) =>
              `${key}=${String(value)}` === requested ||
              (requested.startsWith(`${key}_substr=`) && String(value).includes(requested.slice(key.length + 8))),
          )
        : item === requested,
    );
  if (typeof held === 'boolean') return String(held) === requested.toLowerCase();
  return String(held) === requested;
}

function links(call: SimulatedCall, name: string, items: readonly JsonObject[], full: boolean): JsonObject {
  const [first, last] = [items[0], items.at(-1)];
  if (first === undefined || last === undefined) return {};
  const address = `${call.base}/network${call.path}`;
  return {
    [`${name}_links`]: [
      ...(full ? [{ rel: 'next', href: `${address}?${nextQuery(call.query, String(last.id))}` }] : []),
      { rel: 'previous', href: `${address}?${nextQuery(call.query, String(first.id))}&page_reverse=True` },
    ],
  };
}

function checked(held: unknown, attributes: ReadonlySet<string>): JsonObject {
  if (!isObject(held)) throw neutron.bad(`Resource body required`);
  const unknown = Object.keys(held).filter((key) => !attributes.has(key));
  if (unknown.length > 0) throw neutron.bad(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
  return held;
}

/** The one object in a body; attributes that may not be there are refused by name. */
export const bodyOf = (call: SimulatedCall, name: string, attributes: ReadonlySet<string>): JsonObject =>
  checked(isObject(call.body) ? call.body[name] : undefined, attributes);

/**
 * Makes the one object of the body, or each of a list of them ("bulk create": all are looked at before the first is
 * made), and answers in the same form.
 */
export function makeEach(
  call: SimulatedCall,
  name: string,
  plural: string,
  attributes: ReadonlySet<string>,
  make: (body: JsonObject) => JsonObject,
): Answer {
  const several = isObject(call.body) ? call.body[plural] : undefined;
  if (!isArray(several)) return created({ [name]: make(bodyOf(call, name, attributes)) });
  const bodies = several.map((one) => checked(one, attributes));
  return created({ [plural]: bodies.map(make) });
}

/** One object, or those of its fields that `fields` names. */
export function oneOf(call: SimulatedCall, name: string, item: JsonObject): Answer {
  const fields = call.query.getAll('fields');
  const shown =
    fields.length === 0 ? item : Object.fromEntries(Object.entries(item).filter(([key]) => fields.includes(key)));
  return ok({ [name]: shown });
}

/** `If-Match: revision_number=2` (recorded: 107). */
export function checkRevision(call: SimulatedCall, revision: number, fail: (text: string) => Error): void {
  const requested = /revision_number=(\d+)/.exec(call.headers['if-match'] ?? '')?.[1];
  if (requested !== undefined && Number(requested) !== revision)
    throw fail(`Constrained to ${requested}, but current revision is ${revision}`);
}
