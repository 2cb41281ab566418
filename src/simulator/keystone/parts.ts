import { textIn, type JsonObject } from '../json.js';
import { refuse, Refusal } from '../refusal.js';
import { ok, type Answer, type SimulatedCall } from '../router.js';
import type { World } from '../world/world.js';

/** The domain that each cloud has from the start. */
export const DOMAIN = { id: 'default', name: 'Default' };

/** What a token, an assignment and their like say of a domain. */
export const domainOf = (world: World, id = DOMAIN.id): { readonly id: string; readonly name: string } => ({
  id,
  name: id === DOMAIN.id ? DOMAIN.name : (world.domains.get(id)?.name ?? ''),
});

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
      if (held === null) return requested === '';
      if (typeof held === 'boolean') return String(held) === requested.toLowerCase();
      return typeof held === 'string' ? held === requested : true;
    });
}

export const self = (call: SimulatedCall, kind: string, id: string): JsonObject => ({
  links: { self: `${call.base}/identity/v3/${kind}/${id}` },
});

export const notFound = (kind: string, id: string): Refusal => new Refusal(404, `Could not find ${kind}: ${id}.`);

/** The record with this id. Throws Keystone's 404. */
export function held<R>(records: ReadonlyMap<string, R>, kind: string, id = ''): R {
  const found = records.get(id);
  if (found === undefined) throw notFound(kind, id);
  return found;
}

/** Whether a time is over: in UTC, without a letter for it. */
export const isOver = (world: World, end: string | null): boolean =>
  end !== null && Date.parse(`${end}Z`) <= world.clock.now();

/** Throws Keystone's 400 for the first of these properties that is missing. */
export function required(sent: JsonObject | undefined, ...names: string[]): void {
  for (const name of names) if (sent?.[name] == null) throw refuse.bad(`'${name}' is a required property`);
}

const LONGEST_NAME: Readonly<Record<string, number>> = { project: 64, domain: 64, group: 64 };

/** Throws Keystone's 400 for a name that is empty or too long, and its 404 for a domain that is not there. */
export function checkNew(world: World, kind: string, requested: JsonObject | undefined): void {
  const name = textIn(requested, 'name');
  const domain = textIn(requested, 'domain_id');
  if (name !== undefined && (name.trim() === '' || name.length > (LONGEST_NAME[kind] ?? 255)))
    throw new Refusal(400, `Invalid input for field 'name': '${name}' is too ${name.trim() === '' ? 'short' : 'long'}`);
  if (domain !== undefined && domain !== DOMAIN.id && !world.domains.has(domain)) throw notFound('domain', domain);
}

/** Keystone's words for a taken name, which differ by kind (asked of Keystone 3.14). */
const TAKEN: Readonly<Record<string, (name: string, domain: string) => string>> = {
  project: (name) => `it is not permitted to have two projects with the same name in the same domain: ${name}`,
  domain: (name) => `it is not permitted to have two projects acting as domains with the same name: ${name}`,
  role: (name) => `Duplicate entry found with name ${name}`,
  application_credential: (name) => `Duplicate entry found with name ${name}`,
  region: (name) => `Duplicate ID, ${name}.`,
};

export function nameTaken(kind: string, name: string, domain = DOMAIN.id): Refusal {
  const said = TAKEN[kind]?.(name, domain) ?? `Duplicate entry found with name ${name} at domain ID ${domain}`;
  return new Refusal(409, `Conflict occurred attempting to store ${kind === 'domain' ? 'project' : kind} - ${said}.`);
}
