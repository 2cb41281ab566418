import fc from 'fast-check';
import { stringify } from 'yaml';
import type { Damage } from './damaging.js';
import { damaged, damagedText, seeds, treeDamage, treeSeeds, xmlOf, type Seed } from './inputs.js';
import { noteText, NOTES, query, xmlPiece, yamlPiece } from './pieces.js';
import { httpPiece, matrix, segment } from './request-pieces.js';
import type { Target } from './target.js';
import { answersIn, exchange, LOGIN, wrongsOf, type Answer } from './wire.js';

/** What came back for one case: how many requests of which end, and what is wrong. */
export interface Seen {
  readonly ends: readonly string[];
  readonly wrongs: readonly string[];
  /** Of each 5xx, what it says: right or not, it is worth a look. */
  readonly failures?: readonly string[];
}

/** Gives a property's argument, and sends it. */
export interface Fuzzer<T = unknown> {
  readonly what: string;
  readonly cases: fc.Arbitrary<T>;
  readonly send: (target: Target, given: T) => Promise<Seen>;
}

const fuzzer = <T>(one: Fuzzer<T>): Fuzzer => one as unknown as Fuzzer;

interface Sent extends Seed {
  readonly type?: string;
  readonly accept?: string;
}

/** Sends a whole request. `mayBreak`: an answer may be cut off where the cloud breaks off its own. */
async function ask(
  { url }: Target,
  { method, target, body, type = 'application/xml', accept = 'application/xml' }: Sent,
  mayBreak = false,
): Promise<Seen & { readonly answer?: Answer }> {
  const head = [
    `${method} ${encodeURI(target)
      .replace(/%25(?=[0-9a-f]{2})/gi, '%')
      .replace(/[^!-~]/g, '')} HTTP/1.1`,
    'Host: gateway',
    `Authorization: ${LOGIN}`,
    `Accept: ${accept}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  const { bytes, end } = await exchange(url, Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`));
  if (end !== 'closed') return { ends: [end], wrongs: mayBreak && end === 'reset' ? [] : [`the connection ${end}`] };
  try {
    const [answer, ...more] = answersIn(bytes, method === 'HEAD');
    if (!answer) return { ends: ['none'], wrongs: ['no answer'] };
    return {
      ends: [String(answer.status)],
      wrongs: [...wrongsOf(answer), ...(more.length > 0 ? [`${more.length + 1} answers`] : [])],
      ...(answer.status >= 500 && { failures: [`${answer.status} ${answer.body.replace(/\s+/g, ' ')}`] }),
      answer,
    };
  } catch (error) {
    return { ends: ['broken'], wrongs: mayBreak ? [] : [String(error)] };
  }
}

const together = (all: readonly Seen[]): Seen => ({
  ends: all.flatMap(({ ends }) => ends),
  wrongs: all.flatMap(({ wrongs }) => wrongs),
  failures: all.flatMap(({ failures = [] }) => failures),
});

const seed = fc.constantFrom(...seeds);
const treeSeed = fc.constantFrom(...treeSeeds);
const damages = fc.array(treeDamage, { minLength: 1, maxLength: 3 });
const format = fc.constantFrom('application/xml', 'application/json', '*/*');

/** Every way in, by name. */
export const fuzzers: Readonly<Record<string, Fuzzer>> = {
  http: fuzzer({
    what: 'bytes on a connection',
    cases: fc.array(httpPiece, { minLength: 1, maxLength: 14 }).map((parts) => parts.join('')),
    async send({ url }, text) {
      const { bytes, end } = await exchange(url, Buffer.from(text), { half: true });
      if (end === 'hung') return { ends: [end], wrongs: ['the connection hung'] };
      try {
        const answers = answersIn(bytes, /^HEAD /.test(text));
        return {
          ends: answers.length === 0 ? ['none'] : answers.map(({ status }) => String(status)),
          wrongs: answers.flatMap(wrongsOf),
        };
      } catch (error) {
        // a client that ends its side may get half of an answer; two HEADs are not told apart here
        return { ends: ['broken'], wrongs: /HEAD /.test(text) || end === 'reset' ? [] : [String(error)] };
      }
    },
  }),
  paths: fuzzer({
    what: 'paths, matrix parameters, queries, methods, formats',
    cases: fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PROPFIND'),
      target: fc.oneof(
        fc
          .tuple(
            fc.array(segment, { maxLength: 7 }),
            fc.array(matrix, { maxLength: 3 }),
            fc.constantFrom(
              '',
              '?',
              '?search=',
              '?max=x',
              '?accept=application/json',
              '?%',
              '?a&b=c&&',
              '?follow=nics.x',
            ),
          )
          .map(([parts, parameters, rest]) => `/${[parts.join('/'), ...parameters].join(';')}${rest}`),
        fc
          .tuple(seed, fc.array(matrix, { minLength: 1, maxLength: 3 }))
          .map(([{ target }, parameters]) => target.replace(/(?=\?|$)/, `;${parameters.join(';')}`)),
      ),
      body: fc.constantFrom('', '<action/>', '{}', '<vm'),
      type: fc.constantFrom('application/xml', 'application/json', 'text/plain', 'application/xml;charset=utf-16', ''),
      accept: fc.constantFrom('application/xml', 'application/json', '*/*', 'text/html', ',;q=', 'a/b;q=2', ''),
    }),
    send: (target, given) => ask(target, given),
  }),
  xml: fuzzer({
    what: 'bodies in XML',
    cases: fc
      .tuple(treeSeed, format)
      .chain(([one, accept]) =>
        fc
          .oneof(
            { weight: 4, arbitrary: damagedText(fc.constant(one.body)) },
            { weight: 1, arbitrary: fc.string({ unit: xmlPiece, maxLength: 40 }) },
            { weight: 5, arbitrary: damages.map((all) => xmlOf(one.root, damaged(one.tree, all))) },
          )
          .map((body) => ({ ...one, body, accept })),
      ),
    send: (target, given) => ask(target, given),
  }),
  json: fuzzer({
    what: 'bodies in JSON',
    cases: fc
      .tuple(treeSeed, fc.array(treeDamage, { minLength: 1, maxLength: 3 }), format)
      .map(([one, all, accept]) => ({
        ...one,
        body: JSON.stringify(damaged(one.tree, all)) ?? '',
        type: 'application/json',
        accept,
      })),
    send: (target, given) => ask(target, given),
  }),
  yaml: fuzzer({
    what: 'bodies in YAML',
    cases: fc
      .tuple(
        treeSeed,
        fc.oneof(
          damages.map((all) => ({ all, text: undefined })),
          fc.string({ unit: yamlPiece, maxLength: 300 }).map((text) => ({ all: [], text })),
        ),
      )
      .map(([one, { all, text }]) => ({
        ...one,
        body: text ?? stringify(damaged(one.tree, all) ?? null),
        type: 'application/x-yaml',
      })),
    send: (target, given) => ask(target, given),
  }),
  search: fuzzer({
    what: 'searches',
    cases: fc.record({
      collection: fc.constantFrom(
        ...'vms disks hosts networks templates storagedomains events users clusters'.split(' '),
      ),
      version: fc.constantFrom('/api', '/ovirt-engine/api'),
      text: query,
    }),
    send: (target, { collection, version, text }) =>
      ask(target, {
        method: 'GET',
        target: `${version}/${collection}?search=${encodeURIComponent(Buffer.from(text).toString())}`,
        body: '',
      }),
  }),
  notes: fuzzer({
    what: 'notes in the metadata of VMs, volumes, ports and snapshots',
    cases: fc.array(
      fc.record({
        of: fc.constantFrom('vm', 'volume', 'port', 'snapshot'),
        nth: fc.nat(50),
        key: fc.constantFrom(...NOTES),
        text: noteText,
      }),
      { minLength: 1, maxLength: 4 },
    ),
    async send(target, given) {
      const { servers, volumes, ports, snapshots } = target.simulator.world;
      const pick = <T>(all: ReadonlyMap<string, T>, nth: number): T | undefined => [...all.values()][nth % all.size];
      for (const { of, nth, key, text } of given) {
        if (of === 'port') Object.assign(pick(ports, nth) ?? {}, { description: `ovirt.${key}=${text}`.slice(0, 255) });
        else {
          const one = pick<{ metadata: Record<string, string> }>(
            { vm: servers, volume: volumes, snapshot: snapshots }[of],
            nth,
          );
          if (one) one.metadata = { ...one.metadata, [`ovirt.${key}`]: text };
        }
      }
      const [vm] = servers.keys();
      const all = await Promise.all(
        [
          '/api/vms',
          '/ovirt-engine/api/vms',
          '/api/disks',
          '/ovirt-engine/api/disks',
          ...['disks', 'nics', 'snapshots'].map((part) => `/api/vms/${vm}/${part}`),
        ].map(async (path) => {
          const seen = await ask(target, { method: 'GET', target: path, body: '' });
          const status = seen.answer?.status ?? 0;
          return {
            ...seen,
            wrongs: [
              ...seen.wrongs,
              ...(status === 200 ? [] : [`GET ${path}: ${status} ${seen.answer?.body.slice(0, 300)}`]),
            ],
          };
        }),
      );
      return together(all);
    },
  }),
  backend: fuzzer({
    what: "the cloud's answers",
    cases: fc.record({
      seed,
      damage: fc.record({
        nth: fc.integer({ min: 1, max: 12 }),
        status: fc.option(fc.constantFrom(200, 202, 204, 300, 400, 401, 403, 404, 409, 413, 429, 500, 502, 503, 599), {
          nil: undefined,
          freq: 1,
        }),
        tree: fc.array(treeDamage, { maxLength: 3 }),
        body: fc.option(
          fc.constantFrom('', 'null', '[]', '"x"', '{', '<html>Bad Gateway</html>', '['.repeat(5000), '\0'),
          {
            nil: undefined,
            freq: 5,
          },
        ),
      }),
    }),
    async send(target, { seed: one, damage }: { seed: Seed; damage: Damage }) {
      target.way.damage(damage);
      try {
        return await ask(target, one, true);
      } finally {
        target.way.damage(undefined);
      }
    },
  }),
};
