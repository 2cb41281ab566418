import { setTimeout as pause } from 'node:timers/promises';
import { headerOf, type Exchange } from '../../exchanges/index.js';
import { versions, type Declaration } from '../../ovirt/index.js';
import { EndpointError, type Endpoint, type EndpointAnswer } from '../endpoint/index.js';
import type { IdMap } from './ids.js';
import { differencesOf, treeOf } from './leaves.js';

/**
 * `same`: byte for byte; `equivalent`: except for ids, times and hosts; `different`; `refused`: the new side says that
 * it does not support the request; `not sent`: a login, or a request that would change something.
 */
export type ReplayResult = 'same' | 'equivalent' | 'different' | 'refused' | 'not sent';
export const replayResults: readonly ReplayResult[] = ['same', 'equivalent', 'different', 'refused', 'not sent'];

export interface Replayed {
  /** Name and version of the client: the beginning of its User-Agent. */
  readonly client: string;
  /** The name of the operation, such as `vms.disks.add`; method and path if there is none. */
  readonly operation: string;
  readonly result: ReplayResult;
  /** What differs, or why the request was refused or not sent. */
  readonly why: readonly string[];
}

/** Why the new side refuses an operation of a version of the API (`3`, `4`), according to its support matrix. */
export type StandingOf = (operation: string, api: string) => string | undefined;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const ENTRY = /^\/(?:ovirt-engine\/)?api(?:\/v(\d))?(?=[/;?]|$)/;

/** The version and the path below the entry point that a request is for; undefined if it is not for the API. */
function placeOf({ request }: Exchange): { readonly api?: string; readonly path: string } | undefined {
  const entry = ENTRY.exec(request.target);
  if (!entry) return undefined;
  const own = entry[0].startsWith('/api') ? '3' : undefined;
  const api = entry[1] ?? headerOf(request.headers, 'version')?.trim() ?? own;
  return { ...(api !== undefined && { api }), path: request.target.slice(entry[0].length) };
}

const patterns = new Map<string, readonly (readonly [RegExp, Declaration])[]>();

function operationOf(api: string, method: string, path: string): Declaration | undefined {
  const known = patterns.get(api);
  const found =
    known ??
    (versions.find(({ number }) => number === api)?.operations ?? []).map(
      (operation) => [new RegExp(`^${operation.path.replace(/\{[^}]*\}/g, '[^/]+')}$`), operation] as const,
    );
  patterns.set(api, found);
  const bare =
    path
      .replace(/[?].*$/, '')
      .replace(/;[^/]*/g, '')
      .replace(/\/$/, '') || '/';
  return found.find(([pattern, operation]) => operation.method === method && pattern.test(bare))?.[1];
}

const detailOf = (body: string): string =>
  (/<detail>([^<]*)/.exec(body)?.[1] ?? /"detail"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(body)?.[1] ?? '').trim();
const statusClass = (status: number): number => Math.floor(status / 100);

/** Headers of the login or the connection, which are not sent again. */
const NOT_SENT = new Set([
  'authorization',
  'cookie',
  'jsessionid',
  'prefer',
  'accept-encoding',
  'content-length',
  'host',
  'user-agent',
]);

const AGAIN_MS = 500;

/** A difference in state: `disk/status: ok -> locked`. */
const STATE = /(?:^|\/)(?:status|state|snapshot_status|phase): (\S+) -> \S+$/;
const PASSING = /^(?:locked|pending|in_progress|saving_state|migrating|.*_in_progress|wait_for_.*|.*ing(?:_.*)?)$/;

/** Whether the difference is that work was under way when the recording was made: its progress depends on timing. */
const wasOnTheWay = (difference: string): boolean => PASSING.test(STATE.exec(difference)?.[1] ?? '');

export interface ReplayOptions {
  readonly ids: IdMap;
  /** Whether requests that change something are sent, too. */
  readonly writes: boolean;
  readonly standing: StandingOf;
  /**
   * When writes are sent: how long a request is repeated, milliseconds, because the recorded client also waited for its
   * changes to take effect. 0: each is sent once.
   */
  readonly patienceMs?: number;
  /** Puts the real names in place of the recording's placeholders; `encoded`: percent-encoded, for URLs. */
  readonly unscrubbed?: (text: string, encoded?: boolean) => string;
}

/** Sends recorded requests to another endpoint, and compares the answers. */
export function createReplayer(endpoint: Endpoint, options: ReplayOptions): (exchange: Exchange) => Promise<Replayed> {
  const { ids, writes, standing, patienceMs = 0, unscrubbed = (text) => text } = options;
  let hasWritten = false;
  /** Ids of what the recording has made by requests that were not sent. */
  const unmade = new Set<string>();

  return async function replay(exchange) {
    const { request, answer } = exchange;
    const client = /^\S+/.exec(headerOf(request.headers, 'user-agent') ?? 'unknown')?.[0] ?? 'unknown';
    const place = placeOf(exchange);
    const api = place?.api ?? endpoint.version.number;
    const operation = place && operationOf(api, request.method, place.path);
    const shape = request.target.replace(/\?.*/, '').replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '{id}');
    const about = { client, operation: operation?.name ?? `${request.method} ${shape}` };
    if (!place) return { ...about, result: 'not sent', why: ['it is not a request for the API'] };
    if (!answer) return { ...about, result: 'not sent', why: ['the recording has no answer'] };
    if (answer.status === 401) return { ...about, result: 'not sent', why: ['its login was refused'] };
    const root = operation?.answers ?? '';
    const recorded = unscrubbed(answer.body);
    if (!writes && !READS.has(request.method)) {
      ids.learn(recorded, root);
      const tree = request.method === 'POST' && answer.status < 300 ? treeOf(recorded, root) : undefined;
      const made = tree?.name === 'action' ? undefined : tree?.attributes.get('id');
      if (made !== undefined && !ids.has(made)) unmade.add(made);
      return { ...about, result: 'not sent', why: ['it would change something'] };
    }
    if (place.path.split(/[/?;]/).some((part) => unmade.has(part)))
      return { ...about, result: 'not sent', why: ['it reads what a change has made that was not sent'] };
    ids.learn(recorded, root);
    try {
      const before = { ...answer, headers: {}, body: recorded };
      const isRead = READS.has(request.method);
      const until = Date.now() + (writes && (hasWritten || !isRead) ? patienceMs : 0);
      hasWritten ||= !isRead;
      for (;;) {
        const now = await sent(exchange, place.path, api);
        const found = compared(before, now, { root, api, operation: about.operation });
        if (found.result === 'different' && hasWritten && found.why.every(wasOnTheWay)) {
          ids.learn(recorded, root, now.body);
          return { ...about, result: 'equivalent', why: [] };
        }
        const isEarly = isRead
          ? found.why.length > 0 && found.why.some((one) => STATE.test(one))
          : answer.status < 400 && now.status === 409;
        if (!isEarly || Date.now() + AGAIN_MS > until) {
          ids.learn(recorded, root, now.body);
          return { ...about, ...found };
        }
        await pause(AGAIN_MS);
      }
    } catch (error) {
      if (!(error instanceof EndpointError)) throw error;
      return { ...about, result: 'different', why: [error.message] };
    }
  };

  async function sent({ request }: Exchange, path: string, api: string): Promise<EndpointAnswer> {
    const body = ids.mapped(unscrubbed(request.body));
    const headers = request.headers
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !NOT_SENT.has(name));
    return endpoint.ask(request.method, ids.mapped(unscrubbed(path, true)), {
      headers: { ...Object.fromEntries(headers), version: api },
      ...(body !== '' && { body }),
    });
  }

  function compared(
    before: EndpointAnswer,
    now: EndpointAnswer,
    { root, api, operation }: { readonly root: string; readonly api: string; readonly operation: string },
  ): Pick<Replayed, 'result' | 'why'> {
    if (before.status === now.status && before.body.trim() === now.body.trim()) return { result: 'same', why: [] };
    if (before.status < 400 && now.status >= 400) {
      const reasons = [`${now.status} ${detailOf(now.body)}`.trim(), standing(operation, api) ?? ''];
      return { result: 'refused', why: reasons.filter((reason) => reason !== '') };
    }
    const status =
      statusClass(before.status) === statusClass(now.status) && before.status < 400
        ? []
        : before.status === now.status
          ? []
          : [`status: ${before.status} -> ${now.status}`];
    const [old, other] = [treeOf(before.body, root), treeOf(now.body, root)];
    const found =
      old && other ? differencesOf(old, other) : before.body.trim() === now.body.trim() ? [] : ['body: another text'];
    const why = [...status, ...found];
    return { result: why.length === 0 ? 'equivalent' : 'different', why };
  }
}
