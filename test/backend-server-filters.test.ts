import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serverFilters, serverStatuses } from '../src/backends/openstack/nova/server-filters.js';

interface Row {
  readonly model?: string;
  readonly cases?: readonly (readonly (string | number | null)[])[];
}

describe('what a list of servers is narrowed to', () => {
  const { rows } = JSON.parse(
    readFileSync(new URL('../schemas/mapping/openstack/vm.json', import.meta.url), 'utf8'),
  ) as { rows: Row[] };
  const cases = rows.find(({ model }) => model === 'status')!.cases!;

  it('has for each status of a VM every status of a server that the mapping makes it of, or none', () => {
    const created = new Map<string, Set<string>>();
    for (const row of cases) {
      const [server, vm] = [String(row[0]), String(row.at(-1))];
      created.set(vm, (created.get(vm) ?? new Set()).add(server));
    }
    for (const [vm, servers] of created) {
      const narrowed = (serverStatuses as Record<string, readonly string[] | undefined>)[vm];
      // What any status may become (deleting, unknown), and what the gateway's own notes make of it, is not narrowed.
      if (servers.has('*') || vm === 'image_locked') expect(narrowed, vm).toBeUndefined();
      else expect([...(narrowed ?? [])].sort(), vm).toEqual([...servers].sort());
    }
    for (const vm of Object.keys(serverStatuses)) expect(created.has(vm), vm).toBe(true);
  });

  it.each([
    [{ name: 'a.b' }, { name: '^a\\.b$' }],
    [{ like: { text: 'Web-1*', caseSensitive: false } }, { name: '^[wW][eE][bB]-1.*$' }],
    [{ like: { text: 'Web*(é)', caseSensitive: true } }, { name: '^Web.*\\(é\\)$' }],
    [{ like: { text: 'é', caseSensitive: false } }, { name: '^.*$' }],
    [{ name: 'a', like: { text: 'b', caseSensitive: true } }, { name: '^a$' }],
    [{ statuses: ['down'] }, { status: ['SHUTOFF', 'SHELVED', 'SHELVED_OFFLOADED', 'ERROR'] }],
    [{ statuses: ['suspended', 'restoring_state'] }, { status: ['SUSPENDED'] }],
    [{ statuses: ['down', 'image_locked'] }, {}],
    [{ statuses: ['migrating_from'] }, {}],
    [{ order: { by: 'name', descending: true } }, { sort_key: 'display_name', sort_dir: 'desc' }],
    [{ order: { by: 'createdAt', descending: false } }, { sort_key: 'created_at', sort_dir: 'asc' }],
    [{}, {}],
  ])('%o is %o', (query, expected) => {
    expect(serverFilters(query)).toEqual(expected);
  });

  it('sends Nova no name that is too long for a URL: all are compared by the gateway anyway', () => {
    expect(serverFilters({ like: { text: 'ab*'.repeat(1000), caseSensitive: false } })).toEqual({});
    expect(serverFilters({ name: 'x'.repeat(5000) })).toEqual({});
    expect(serverFilters({ name: 'ü'.repeat(255) })).toHaveProperty('name');
  });

  it('leaves out no name that fits', () => {
    const letters = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', 'B', '*', '.', '(', '[', '\\', '^', 'ß', 'İ', 'é'),
        fc.string({ minLength: 1, maxLength: 1 }),
      ),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(letters, fc.boolean(), fc.string({ maxLength: 4 }), (text, caseSensitive, filling) => {
        const { name } = serverFilters({ like: { text, caseSensitive } });
        const candidate = text.replaceAll('*', () => filling);
        for (const held of caseSensitive ? [candidate] : [candidate, candidate.toLowerCase(), candidate.toUpperCase()])
          expect(held).toMatch(new RegExp(name as string, 'su'));
      }),
    );
  });
});
