import { notesIn } from '../../src/backends/powervs/group-notes.js';
import { belowEndpoint, type ExchangeAnswer, type ExchangeCall } from '../../src/exchanges/index.js';

/** What came of a request: the calls that it made and the answer. */
export interface Outcome {
  readonly calls: readonly ExchangeCall[];
  readonly answer: ExchangeAnswer;
}

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
/** A job's id follows from when it began: name-based, and another one at each run. */
const JOB = /\/jobs\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/gi;
const CREATION = /\/creation_status\/([0-9a-f-]{36})/g;
/** The same as a number, which stays one: a schema wants it. */
const INDEX = /(<index>|"index": ?")(\d{16})(?=<|")/g;
/** An event's id tells when it was. */
const EVENT = /\b\d{16}\b/g;
const MAC = /\bfa:16:3e(:[0-9a-f]{2}){3}\b/g;
const SNAPSHOT_NAME = /\bovirt-([0-9a-f]{8})\b/g;
const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d(:|%3A)\d\d(:|%3A)\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?/g;
const OVF_INSTANT = /\b\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\b/g;
const EPOCH_MS = /\b\d{13}\b/g;
const HOST = /\b127\.0\.0\.1:\d+/g;
const CONFIGURATION = /^(ovirt\.(?:snapshot\.ovirt-.+?|configuration))(\.\d+)?$/;

/** Tags with notes of a VM on Power Virtual Server, which are hexadecimal: they are shown as what they say. */
const isNoteTags = (given: unknown): given is readonly string[] =>
  Array.isArray(given) && given.length > 0 && given.every((tag) => /^ovirt:\d+:[0-9a-f]+$/.test(String(tag)));

/** The placeholder for an instant of the run. */
export const NOW = '{time}';

/** Measures are asked for from two hours before. */
const NEAR_MS = 3 * 3_600_000;
const isNow = (time: number): boolean => Math.abs(time - Date.now()) < NEAR_MS;

/** Times without a zone are UTC. */
function placeNow(instant: string): string {
  const plain = instant.replaceAll('%3A', ':').replaceAll('/', '-').replace(' ', 'T');
  return isNow(Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(plain) ? plain : `${plain}Z`)) ? NOW : instant;
}

/**
 * Name-based ids (versions 3 and 5) are the same at each run: they follow from what they name. The id of zeros is
 * oVirt's for what is one of its kind.
 */
const isStable = (version: string): boolean => version === '3' || version === '5' || version === '0';

/**
 * Replaces what differs at each run by placeholders that do not: `{uuid-1}`, `{mac-1}`, `{name-1}`, `{time}`, `{host}`,
 * `{configuration}`. Ids and addresses that stand in `known` (the request and what the backend held before it) are
 * kept. Equal things get equal placeholders, numbered as they appear.
 */
export const normalise = (outcome: Outcome, known: string): Outcome => createNormaliser(known).normalise(outcome);

/** Normalises several outcomes, one after the other, with the same placeholders. */
export interface Normaliser {
  normalise(outcome: Outcome): Outcome;
  /** A text with what the placeholders of earlier outcomes stand for. */
  real(text: string): string;
}

export function createNormaliser(known: string): Normaliser {
  const kept = known.toLowerCase();
  const names = new Map<string, string>();
  const values = new Map<string, string>();
  const jobs = new Set<string | undefined>();
  /** They follow from ids that differ at each run. */
  const creations = new Set<string | undefined>();
  const counts = new Map<string, number>();

  function placeholder(kind: string, value: string): string {
    const lower = value.toLowerCase();
    if (kept.includes(lower)) return value;
    const found = names.get(lower);
    if (found) return found;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const name = `{${kind}-${count}}`;
    names.set(lower, name);
    values.set(name, value);
    return name;
  }

  function text(value: string): string {
    return value
      .replace(UUID, (id, version: string) =>
        jobs.has(id)
          ? placeholder('job', id)
          : creations.has(id)
            ? placeholder('creation', id)
            : isStable(version)
              ? id
              : placeholder('uuid', id),
      )
      .replace(INDEX, (whole, begin: string, id: string) => (isNow(Number(id) / 1000) ? `${begin}1` : whole))
      .replace(EVENT, (id) => (isNow(Number(id) / 1000) ? placeholder('event', id) : id))
      .replace(MAC, (mac) => placeholder('mac', mac))
      .replace(SNAPSHOT_NAME, (whole, digits: string) =>
        kept.includes(whole) ? whole : `ovirt-${placeholder('name', digits)}`,
      )
      .replace(INSTANT, placeNow)
      .replace(OVF_INSTANT, placeNow)
      .replace(HOST, '{host}');
  }

  function value(given: unknown): unknown {
    if (typeof given === 'string')
      return text(given).replace(EPOCH_MS, (digits) => (isNow(Number(digits)) ? NOW : digits));
    if (typeof given === 'number') return isNow(given) ? NOW : given;
    if (isNoteTags(given)) return [value(`ovirt:${JSON.stringify(notesIn(given))}`)];
    if (Array.isArray(given)) return given.map(value);
    if (given !== null && typeof given === 'object') {
      return Object.fromEntries(
        Object.entries(given).map(([key, held]) => {
          const configuration = CONFIGURATION.exec(key);
          return configuration ? [text(configuration[1]!), '{configuration}'] : [text(key), value(held)];
        }),
      );
    }
    return given;
  }

  return {
    real: (text) => text.replace(/\{\w+-\d+\}/g, (name) => values.get(name) ?? name),
    normalise({ calls, answer }) {
      for (const [, id] of answer.body.matchAll(JOB)) jobs.add(id);
      for (const [, id] of answer.body.matchAll(CREATION)) creations.add(id);
      return {
        calls: calls.map(({ service, method, path, body, status }) => ({
          service,
          method,
          path: text(belowEndpoint(path)),
          ...(body === undefined ? {} : { body: value(body) }),
          status,
        })),
        answer: {
          status: answer.status,
          headers: answer.headers.map(([name, held]) => [name, text(held)]),
          body: text(answer.body),
        },
      };
    },
  };
}

/** A JSON document with instants of the run, numbers (epoch milliseconds) or text, as placeholders. */
export const withoutNow = (document: unknown): unknown =>
  JSON.parse(JSON.stringify(document), (_, held: unknown) =>
    typeof held === 'number' && isNow(held) ? NOW : typeof held === 'string' ? held.replace(INSTANT, placeNow) : held,
  ) as unknown;

/** A call with the instants of its beginning and end. */
export interface TimedCall extends ExchangeCall {
  readonly began: number;
  readonly ended: number;
}

/**
 * In the order in which they went out; looks that were under way together, in that of their names: which of them is
 * first is chance.
 */
function ordered(calls: readonly TimedCall[]): TimedCall[] {
  const sorted = [...calls].sort((a, b) => a.began - b.began);
  const groups: TimedCall[][] = [];
  let end = -Infinity;
  for (const call of sorted) {
    const group = groups.at(-1);
    if (group && call.method === 'GET' && group[0]!.method === 'GET' && call.began < end) group.push(call);
    else groups.push([call]);
    end = group === groups.at(-1) ? Math.max(end, call.ended) : call.ended;
  }
  return groups.flatMap((group) =>
    group.sort((a, b) => (`${a.service} ${a.path}` < `${b.service} ${b.path}` ? -1 : 1)),
  );
}

/**
 * The calls in their order, without logins, and without a look that was taken before and since which nothing was
 * changed: how often one looks at work in progress is a matter of time.
 */
export function significant(calls: readonly TimedCall[]): ExchangeCall[] {
  let looks = new Set<string>();
  return ordered(calls).filter(({ service, method, path, status }) => {
    if (service === 'identity') return false;
    if (method !== 'GET') looks = new Set();
    const look = `${service} ${path} ${status}`;
    if (looks.has(look)) return false;
    if (method === 'GET') looks.add(look);
    return true;
  });
}

/**
 * The calls with looks between two changes in the order of their names: which of several that depend on nothing comes
 * first is chance.
 */
export function withoutChance<C extends Pick<ExchangeCall, 'service' | 'method' | 'path'>>(calls: readonly C[]): C[] {
  const key = ({ service, path }: C): string => `${service} ${path}`;
  const runs: C[][] = [];
  for (const call of calls) {
    const run = runs.at(-1);
    if (run && call.method === 'GET' && run[0]!.method === 'GET') run.push(call);
    else runs.push([call]);
  }
  return runs.flatMap((run) => run.sort((a, b) => (key(a) < key(b) ? -1 : 1)));
}
