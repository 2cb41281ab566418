import { textIn, type JsonObject } from '../json.js';
import { Refusal } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import { DOMAIN } from './tokens.js';

/** Lists that are not paged: their links have all the same form (recorded: 018 to 031). */
export function listing(call: SimulatedCall, name: string, items: readonly JsonObject[]): Answer {
  const search = call.query.size === 0 ? '' : `?${call.query.toString()}`;
  return ok({
    [name]: items.filter(filtered(call)),
    links: { next: null, self: `${call.base}/identity${call.path}${search}`, previous: null },
  });
}

/** The parameters that name a field of the items; others (`include_names`) mean something else. */
function filtered(call: SimulatedCall): (item: JsonObject) => boolean {
  return (item) =>
    [...call.query].every(([key, requested]) => {
      const held = item[key];
      if (typeof held === 'boolean') return String(held) === requested.toLowerCase();
      return typeof held === 'string' ? held === requested : true;
    });
}

export const self = (call: SimulatedCall, kind: string, id: string): JsonObject => ({
  links: { self: `${call.base}/identity/v3/${kind}/${id}` },
});

export const notFound = (kind: string, id: string): Refusal => new Refusal(404, `Could not find ${kind}: ${id}.`);

const LONGEST_NAME: Readonly<Record<'project' | 'user', number>> = { project: 64, user: 255 };

/** Throws Keystone's 400 for a name that is empty or too long, and its 404 for a domain that is not there. */
export function checkNew(kind: 'project' | 'user', requested: JsonObject | undefined): void {
  const name = textIn(requested, 'name');
  const domain = textIn(requested, 'domain_id');
  if (name !== undefined && (name.trim() === '' || name.length > LONGEST_NAME[kind]))
    throw new Refusal(400, `Invalid input for field 'name': '${name}' is too ${name.trim() === '' ? 'short' : 'long'}`);
  if (domain !== undefined && domain !== DOMAIN.id) throw notFound('domain', domain);
}

export const nameTaken = (kind: string, name: string): Refusal =>
  new Refusal(
    409,
    `Conflict occurred attempting to store ${kind} - it is not permitted to have two ${kind}s with the ` +
      `same name in the same domain: ${name}.`,
  );
