import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import parity from './parity.json' with { type: 'json' };
import { readRecordings, type Recording } from './support/recordings.js';
import { Replay, type Sender } from './support/replay.js';
import { shapeDifferences } from './support/shapes.js';
import type { CloudKind } from '../src/simulator/index.js';
import type { Seen } from './simulator-client.js';

/**
 * The simulator beside the real services: every recorded request, in the order of recording, on a simulator that holds
 * the same cloud. The answers have the same status, the same headers that matter, at least the recorded keys and types,
 * and refusals the same body to the letter. What is not compared, and what differs because PowerVC differs, stands in
 * parity.json with its reason; a line there that nothing needs any more fails too.
 */

interface Never {
  readonly service: string;
  readonly recordings?: readonly string[];
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: string;
  readonly cloud?: CloudKind;
  readonly why: string;
}
/** `cloud`: the only one that differs so; without it both do. */
interface Difference {
  readonly cloud?: CloudKind;
  readonly recordings: readonly string[];
  readonly is: string;
  readonly why: string;
  readonly source: string;
}
const never = parity.never as readonly Never[];
const differences = parity.differences as readonly Difference[];
const settings = parity.settings as Readonly<Record<string, { readonly quota: Record<string, number> } | undefined>>;
const HEADERS = [
  'content-type',
  'retry-after',
  'vary',
  'www-authenticate',
  'openstack-api-version',
  'x-openstack-nova-api-version',
  'x-openstack-request-id',
  'x-compute-request-id',
  'x-subject-token',
  'location',
  'accept-patch',
];
/** Headers whose value is made up, and whose being there is all that counts. */
const MADE_UP = new Set(['x-openstack-request-id', 'x-compute-request-id', 'x-subject-token', 'location']);

const senderOf = (number: string): Sender =>
  (['demo', 'nobody', 'stranger'] as const).find((sender) => parity.senders[sender].includes(number)) ?? 'admin';

const fits = ({ service, recordings, method, path, body, headers }: Never, recording: Recording): boolean =>
  service === recording.service &&
  (recordings?.includes(recording.number) ?? true) &&
  (method ?? recording.method) === recording.method &&
  (path === undefined || new RegExp(path).test(recording.path)) &&
  (body === undefined || new RegExp(body).test(JSON.stringify(recording.request))) &&
  (headers === undefined || new RegExp(headers).test(JSON.stringify(recording.request_headers)));

const isFor = (cloud: CloudKind, rule: Never | Difference): boolean => (rule.cloud ?? cloud) === cloud;

/** Lists of ids in a sentence have no order. */
const sortedLists = (text: string): string =>
  text.replace(/[0-9a-f-]{36}(?:,[0-9a-f-]{36})+/g, (list) => list.split(',').sort().join(','));

function headerDifferences(recorded: Readonly<Record<string, string>>, seen: Headers, hasBody: boolean): string[] {
  const there = new Map(Object.entries(recorded).map(([name, value]) => [name.toLowerCase(), value]));
  return HEADERS.flatMap((name) => {
    const value = there.get(name);
    const here = seen.get(name);
    // The type of nothing.
    if (value === undefined || (name === 'content-type' && !hasBody)) return [];
    if (here === null) return [`header ${name}: missing`];
    return MADE_UP.has(name) || value === here ? [] : [`header ${name}: ${value} recorded, ${here} seen`];
  });
}

function compare(replay: Replay, { status, body, response_headers }: Recording, seen: Seen): string[] {
  if (seen.status !== status) return [`status: ${status} recorded, ${seen.status} seen: ${JSON.stringify(seen.body)}`];
  const headers = Object.fromEntries(
    Object.entries(response_headers).map(([name, value]) => [name, replay.here(value)]),
  );
  const found = headerDifferences(headers, seen.headers, body !== null);
  if (status < 400) return [...found, ...shapeDifferences(body, seen.body)];
  const recorded = sortedLists(replay.here(JSON.stringify(body)));
  const here = sortedLists(JSON.stringify(seen.body ?? null));
  return isDeepStrictEqual(JSON.parse(recorded), JSON.parse(here))
    ? found
    : [...found, `text: ${recorded} recorded, ${here} seen`];
}

describe.each(['openstack', 'powervc'] as const)('the simulator as %s answers as the real services did', (cloud) => {
  const recordings = readRecordings();
  const used = new Set<Never | Difference>();
  let replay: Replay;
  beforeAll(async () => {
    replay = await Replay.start(recordings, cloud);
  });
  afterAll(() => replay.close());

  it.each(
    recordings.map((recording) => [`${recording.number} ${recording.method} ${recording.name}`, recording] as const),
  )('%s', async (_, recording) => {
    const { number } = recording;
    const { world } = replay.simulator;
    const given = settings[number];
    if (given !== undefined) world.settings = { ...world.settings, quota: { ...world.settings.quota, ...given.quota } };
    // Whoever recorded confirmed a resize without a recording
    if (parity.confirmed.includes(number))
      for (const server of world.servers.values()) if (server.vm_state === 'resized') server.vm_state = 'active';
    const left = never.find((rule) => isFor(cloud, rule) && fits(rule, recording));
    if (left !== undefined) {
      used.add(left);
      return;
    }
    if (recording.states_seen !== undefined || parity.waited.includes(number)) replay.settle();
    const found = compare(replay, recording, await replay.send(recording, senderOf(number)));
    const unexplained = found.filter((text) => {
      const rules = differences.filter(
        (rule) => isFor(cloud, rule) && rule.recordings.includes(number) && new RegExp(rule.is).test(text),
      );
      for (const rule of rules) used.add(rule);
      return rules.length === 0;
    });
    expect(unexplained.join('\n')).toBe('');
  });

  it('every exception is one', () => {
    expect(
      [...never, ...differences].filter((rule) => isFor(cloud, rule) && !used.has(rule)).map(({ why }) => why),
    ).toEqual([]);
  });
});
