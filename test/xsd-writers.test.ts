import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { representations as all } from '../src/generated/ovirt/v3/representations.js';
import { table } from '../src/generated/ovirt/v3/table.js';
import type { Representation } from '../src/codec/index.js';
import { validateV3 } from './support/xsd.js';

/**
 * Every type that is a document, with every property filled, down to `DEPTH`: what the writers make of it is in the
 * XSD's order and form.
 */
const DEPTH = 2;

interface Property {
  type?: string;
  format?: string;
  enum?: string[];
  $ref?: string;
  items?: Property;
  properties?: Record<string, Property>;
}
const folder = new URL('../schemas/ovirt/v3/types/', import.meta.url);
const types = new Map(
  readdirSync(folder).flatMap((file) =>
    Object.entries(
      (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { $defs: Record<string, Property> }).$defs,
    ),
  ),
);
const named = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

/** Where the XSD offers a choice, all its parts at once are not valid. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  IscsiDetails: ['initiator'],
  Storage: [
    'path',
    'mount_options',
    'vfs_type',
    'nfs_version',
    'nfs_timeo',
    'nfs_retrans',
    'volume_group',
    'override_luns',
    'port',
    'target',
    'username',
    'password',
    'portal',
    'host',
  ],
  StorageConnection: ['path', 'mount_options', 'vfs_type', 'nfs_version', 'nfs_timeo', 'nfs_retrans'],
};

/** What the XSD requires before other elements, at any depth. */
const REQUIRED: Readonly<Record<string, string>> = { Payload: 'files', Statistic: 'values' };

function filled(name: string, depth: number): object {
  const type = types.get(name)!;
  const own = Object.entries(type.properties ?? {})
    .filter(([key]) => !CHOICES[name]?.includes(key))
    .flatMap(([key, property]) => {
      const value = sample(property, REQUIRED[name] === key ? Math.max(depth, 1) : depth);
      return value === undefined ? [] : [[key, value] as const];
    });
  return { ...(type.$ref ? filled(named(type.$ref), depth) : {}), ...Object.fromEntries(own) };
}

function sample(property: Property, depth: number): unknown {
  if (property.items) {
    const item = sample(property.items, depth);
    return item === undefined ? undefined : [item, item];
  }
  if (property.$ref) return depth > 0 ? filled(named(property.$ref), depth - 1) : undefined;
  if (property.enum) return property.enum[0];
  if (property.type === 'boolean') return true;
  if (property.type === 'integer') return 7;
  if (property.type === 'number') return 0.5;
  return property.format === 'date-time' ? '2026-11-21T00:00:00.000Z' : 'a <b> & "c"';
}

describe('every document of the v3 schema', () => {
  test('is written as version 3 wants it', async () => {
    const representations = Object.entries(table.types).flatMap(
      ([name, { root, element }]): [string, Representation<object>][] =>
        root ? [[element, all.get<object>(name)]] : [],
    );
    expect(representations.length).toBeGreaterThan(200);
    const wrong = await Promise.all(
      representations.map(async ([element, representation]) => {
        const errors = await validateV3(representation.toXml(filled(representation.name, DEPTH)));
        // Below DEPTH a part may lack what the XSD requires of it.
        return errors
          .filter((error) => !error.includes('Missing child element'))
          .map((error) => `${element}: ${error}`);
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });
});
