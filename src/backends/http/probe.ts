import { setTimeout as pause } from 'node:timers/promises';
import { isFault, type ServiceAnswer } from '../../model/index.js';
import type { Transport } from './messages.js';

/** A service and the URL of its version document, which needs no login. */
export interface Probed {
  readonly service: string;
  readonly url: URL;
}

/** `/compute/v2.1/<project>` → `/compute/`: the path that lists the versions; without a path, it is `/`. */
export function versionsAt(address: URL): URL {
  const url = new URL(address.origin);
  // no relative reference: one that begins with // names a host
  url.pathname = address.pathname.replace(/\/v\d[\d.]*(\/.*)?$/, '').replace(/\/*$/, '/');
  return url;
}

/** How long a probe waits, milliseconds. */
const PATIENCE_MS = 10_000;

/** One call to each, all at once. */
export const probeAll = (transport: Transport, services: readonly Probed[]): Promise<readonly ServiceAnswer[]> =>
  Promise.all(services.map((one) => probe(transport, one)));

async function probe(transport: Transport, { service, url }: Probed): Promise<ServiceAnswer> {
  try {
    const sent = transport.send({
      service,
      kind: service,
      method: 'GET',
      origin: url.origin,
      path: url.pathname,
      headers: {},
      aside: true,
    });
    const answer = await inTime(sent);
    if (!answer) return { service, url: url.href, status: 0, detail: `no answer within ${PATIENCE_MS / 1000} s` };
    const { status, body } = answer;
    const version = status < 400 ? versionIn(body) : undefined;
    return { service, url: url.href, status, ...(version !== undefined && { version }) };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { service, url: url.href, status: 0, detail: String(error.values['text'] ?? error.message) };
  }
}

async function inTime<T>(promise: Promise<T>): Promise<T | undefined> {
  const given = new AbortController();
  try {
    return await Promise.race([promise, pause(PATIENCE_MS, undefined, { signal: given.signal, ref: false })]);
  } finally {
    given.abort();
  }
}

interface VersionEntry {
  readonly id?: unknown;
  readonly status?: unknown;
  readonly version?: unknown;
  readonly max_version?: unknown;
}

/**
 * The newest version in a document of versions: `{"version": {…}}`, `{"versions": [{…}]}` or Keystone's
 * `{"versions": {"values": [{…}]}}`. A microversion (`version`) goes before the name of the API (`id`).
 */
export function versionIn(body: unknown): string | undefined {
  const { version, versions } = (typeof body === 'object' && body !== null ? body : {}) as Readonly<
    Record<string, unknown>
  >;
  const listed = Array.isArray(versions)
    ? versions
    : ((versions as { values?: unknown } | undefined)?.values ?? [version]);
  const all = (Array.isArray(listed) ? listed : []).filter(
    (one): one is VersionEntry => typeof one === 'object' && one !== null,
  );
  const current = all.find(({ status }) => ['CURRENT', 'stable'].includes(String(status))) ?? all.at(-1);
  const latest = [current?.version, current?.max_version, current?.id].find(
    (one) => typeof one === 'string' && one !== '',
  );
  return latest as string | undefined;
}
