import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/settings/index.js';
import { runCli } from './support/cli.js';

interface Table {
  rows: Record<string, unknown>[];
}

let schemas: string;
beforeEach(() => {
  schemas = mkdtempSync(join(tmpdir(), 'schemas-'));
  cpSync(`${packageRoot}schemas`, schemas, { recursive: true });
});
afterEach(() => {
  rmSync(schemas, { recursive: true });
});

/** Changes the first table of the folder and gives its file. */
function plant(change: (table: Table) => void): string {
  const name = readdirSync(join(schemas, 'ovirt/v3/mapping'))[0]!;
  const file = join(schemas, 'ovirt/v3/mapping', name);
  const table = JSON.parse(readFileSync(file, 'utf8')) as Table;
  change(table);
  writeFileSync(file, JSON.stringify(table));
  return name;
}

describe('check', () => {
  it('finds the product in order', async () => {
    expect(await runCli(['check'])).toEqual({
      code: 0,
      stdout: 'Settings, schemas and tables are in order.\n',
      stderr: '',
    });
  });

  it('names the file of a schema that is not JSON', async () => {
    writeFileSync(join(schemas, 'ovirt/v3/types/broken.json'), '{');
    const { code, stdout } = await runCli(['check', '--schemas', schemas]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/ovirt\/v3\/types\/broken\.json: /);
  });

  it.each([
    ['an unknown converter', { model: 'name', other: '/name', convert: 'furlong' }, /furlong/],
    ['an unknown property of the entity', { model: 'colour', other: '/name' }, /colour/],
    ['a pointer that leads nowhere', { model: 'name', other: '/nowhere' }, /nowhere/],
    ['a word that rows do not have', { model: 'name', other: '/name', directon: 'out' }, /directon/],
  ])('names file, row and field of %s', async (_, row, text) => {
    let at = 0;
    const name = plant((table) => {
      at = table.rows.push(row);
    });
    const { code, stdout } = await runCli(['check', '--schemas', schemas]);
    expect(code).toBe(1);
    const line = stdout.split('\n').find((candidate) => text.test(candidate));
    expect(line).toContain(`ovirt/v3/mapping/${name}, row ${at}`);
    expect(stdout).toMatch(/\d+ errors?\.\n$/);
  });

  it('reports errors in the settings, too', async () => {
    const { code, stdout } = await runCli(['check', '--set', 'log.level=loud']);
    expect(code).toBe(2);
    expect(stdout).toBe('--set: log.level must be one of error, warn, info, debug, silent; it is "loud"\n1 error.\n');
  });
});
