import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parseExchanges, type Exchange } from '../../../exchanges/index.js';
import { profiles, type Profile } from '../check.js';

/** What an exchange needs of the endpoint: fixtures/exchanges/kit.yaml says what each word means. */
const needs = [
  'vm',
  'down',
  'up',
  'spent',
  'disk',
  'inactive',
  'floating',
  'loose',
  'nic',
  'unplugged',
  'node',
  'snapshot',
  'tag',
  'tagged',
  'iso',
  'domain2',
] as const;
export type Need = (typeof needs)[number];

export interface KitEntry {
  /** `15.12-create-disk`, `v4/vm-create`: its file without the ending. */
  readonly name: string;
  /** The version of the API that it is of: `3`, `4`. */
  readonly api: string;
  readonly profile: Profile;
  readonly needs: readonly Need[];
}

export interface Kit {
  readonly entries: readonly KitEntry[];
  /** Exchanges that cannot run elsewhere, and why. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  exchangesOf(entry: KitEntry): readonly Exchange[];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNeed = (word: string): word is Need => (needs as readonly string[]).includes(word);

const apiOf = (name: string): string => (name.startsWith('v4/') ? '4' : '3');

/**
 * The exchanges below a folder, and how each runs against an endpoint.
 * @param folder holds kit.yaml, the exchanges of version 3, and those of version 4 in `v4`
 * @throws Error when the kit and the folder do not agree
 */
export function readKit(folder: string): Kit {
  const files = ['', 'v4/'].flatMap((below) =>
    readdirSync(`${folder}/${below}`)
      .filter((file) => file.endsWith('.txt'))
      .map((file) => below + file.slice(0, -'.txt'.length)),
  );
  const kit: unknown = parse(readFileSync(`${folder}/kit.yaml`, 'utf8'));
  const group = (name: string): [string, string][] =>
    isRecord(kit) && isRecord(kit[name]) ? Object.entries(kit[name]).map(([key, value]) => [key, String(value)]) : [];

  const entries = profiles.flatMap((profile) =>
    group(profile).map(([name, words]): KitEntry => {
      if (!files.includes(name)) throw new Error(`kit.yaml: there is no exchange ${name}`);
      const requested = words.split(' ').filter((word) => word !== '');
      const unknown = requested.filter((word) => !isNeed(word));
      if (unknown.length > 0) throw new Error(`kit.yaml: ${name}: what is ${unknown.join(', ')}?`);
      return { name, api: apiOf(name), profile, needs: requested.filter(isNeed) };
    }),
  );
  const runs = new Set(entries.map(({ name }) => name));
  const reasons = group('left out');
  const leftOut = files
    .filter((name) => !runs.has(name))
    .map((name) => {
      const reason = reasons.find(([pattern]) =>
        pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name,
      );
      if (!reason)
        throw new Error(`kit.yaml does not have ${name}: list it under a profile, or under "left out" with a reason`);
      return { name, why: reason[1] };
    });
  const idle = reasons.filter(([pattern]) => !leftOut.some(({ name }) => name.startsWith(pattern.replace(/\*$/, ''))));
  if (idle.length > 0) throw new Error(`kit.yaml: ${idle.map(([pattern]) => pattern).join(', ')} is left out twice`);
  return {
    entries,
    leftOut,
    exchangesOf: ({ name }) => parseExchanges(readFileSync(`${folder}/${name}.txt`, 'utf8')),
  };
}
