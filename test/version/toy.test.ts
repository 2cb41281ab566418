import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../../scripts/generate/build.js';
import type { Protocol } from '../../src/codec/protocol.js';
import { checkSchemas } from '../../src/schemas/index.js';
import { readSchemas } from '../../src/schemas/store.js';
import { createVersions } from '../../src/ovirt/serve/versions.js';
import type { VersionTables } from '../../src/ovirt/version/version.js';
import type { Vm } from '../../src/model/index.js';
import { startFake, type Gateway } from '../ovirt-fake.js';

/**
 * A version is tables: one is made in a temporary folder from those of version 3, changed as a new version would be,
 * and served. Nothing below src/ knows of it.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(fileURLToPath(new URL('.toy-', import.meta.url)));
let gateway: Gateway;

type Json = { [key: string]: Json } & Json[];
const edit = (file: string, change: (document: Json) => void): void => {
  const path = join(folder, 'schemas/ovirt/v9', file);
  const document = JSON.parse(readFileSync(path, 'utf8')) as Json;
  change(document);
  writeFileSync(path, JSON.stringify(document));
};
/** A property of every type that has it, under another name at its old place. */
function rename($defs: Json, from: string, to: string): void {
  for (const type of Object.values($defs))
    if (type['properties']?.[from])
      Object.assign(type, {
        properties: Object.fromEntries(
          Object.entries(type['properties']).map(([name, schema]) => [name === from ? to : name, schema]),
        ),
      });
}
/** Rows that read or write a pointer, moved to another. */
const move = (file: string, from: string, to: string): void =>
  edit(file, (table) => {
    for (const row of table['rows']! as unknown as { other: unknown }[]) if (row.other === from) row.other = to;
  });

beforeAll(async () => {
  cpSync(`${root}schemas`, join(folder, 'schemas'), { recursive: true });
  cpSync(join(folder, 'schemas/ovirt/v3'), join(folder, 'schemas/ovirt/v9'), { recursive: true });
  edit('protocol.json', (protocol) =>
    Object.assign(protocol, {
      number: '9',
      base: '3',
      // a plain status, an operation with another path, and one operation less
      states: 'text',
      paths: [['/clusters', '/hostgroups']],
      without: ['roles.*', 'users.*', 'groups.*', 'domains.*', 'permissions.*'],
    } satisfies Partial<Protocol>),
  );
  // an element with another name, and one that was an attribute
  edit('types/vm-base.json', ({ $defs }) => rename($defs!, 'memory', 'ram'));
  edit('types/vm.json', ({ $defs }) => rename($defs!, 'memory', 'ram'));
  move('mapping/vm.json', '/memory', '/ram');
  move('mapping/template.json', '/memory', '/ram');
  move('mapping/instance-type.json', '/memory', '/ram');
  edit('types/common.json', ({ $defs }) => {
    for (const property of ['major', 'minor']) Object.assign($defs!['Version']!['properties']![property]!, { xml: {} });
  });
  for (const file of ['types/action.json', 'types/common.json'])
    edit(file, ({ $defs }) => {
      for (const type of ['Action', 'Creation'])
        if ($defs![type]) Object.assign($defs![type]['properties']!, { status: { type: 'string' } });
    });
  expect(checkSchemas(join(folder, 'schemas'))).toEqual([]);
  for (const [path, content] of await build(readSchemas(join(folder, 'schemas')).schemas)) {
    const file = join(folder, 'a/generated', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content.replace(/'(?:\.\.\/)+(codec|mapping)\//g, `'${root}src/$1/`));
  }
  const { versions } = (await import(join(folder, 'a/generated/ovirt/versions.js'))) as { versions: VersionTables[] };
  gateway = await startFake({}, undefined, createVersions(versions));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await gateway.close();
});

describe('a version made of tables', () => {
  const at = (path: string) => gateway.send('GET', `/ovirt-engine/api${path}`);

  it('is served beside version 3, which does not change', async () => {
    const [three, nine] = [await at('/v3/clusters'), await at('/v9/hostgroups')];
    expect([three.status, nine.status]).toEqual([200, 200]);
    expect(nine.text).toContain('href="/ovirt-engine/api/v9/hostgroups/');
    expect((await at('/v3/hostgroups')).status).toBe(404);
    expect((await at('/v9/clusters')).status).toBe(404);
  });

  it('has its own elements, attributes and states', async () => {
    const root9 = await at('/v9');
    expect(root9.text).toMatch(/<version [^>]*>\s*<major>3<\/major>/);
    expect((await at('/v3')).text).toMatch(/<version [^>]*major="3"/);
    const [{ id }] = gateway.world.vms as [Vm];
    expect((await at(`/v9/vms/${id}`)).text).toMatch(/<ram>\d+<\/ram>/);
    expect((await at(`/v3/vms/${id}`)).text).toMatch(/<memory>\d+<\/memory>/);
    const stopped = await gateway.send('POST', `/ovirt-engine/api/v9/vms/${id}/stop`, '<action/>');
    expect(stopped.text).toMatch(/<status>(?:complete|failed)<\/status>/);
  });

  it('has an operation more than version 3', async () => {
    const [{ id }] = gateway.world.vms as [Vm];
    const answers = ['v3', 'v9'].map((version) =>
      gateway.send('POST', `/ovirt-engine/api/${version}/vms/${id}/reset`, '<action/>'),
    );
    const [three, nine] = await Promise.all(answers);
    expect(three?.status).toBe(404);
    expect(nine?.status).not.toBe(404);
    expect((await at(`/v9/vms/${id}`)).text).toContain('rel="reset"');
    expect((await at(`/v3/vms/${id}`)).text).not.toContain('rel="reset"');
  });

  it('links to what it has, and describes that alone', async () => {
    const links = [...(await at('/v9')).text.matchAll(/rel="([a-z]+)"/g)].map(([, rel]) => rel);
    expect(links).toContain('vms');
    expect(links).not.toContain('roles');
    expect((await at('/v9/roles')).status).toBe(404);
    const rsdl = (await at('/v9?rsdl')).text;
    expect(rsdl).toContain('href="hostgroups/{cluster:id}"');
    expect(rsdl).not.toContain('href="roles');
    expect((await at('/v9?schema')).text).toContain('name="ram"');
  });
});
