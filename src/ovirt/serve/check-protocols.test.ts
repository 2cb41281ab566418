import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../codec/protocol.js';
import { readSchemas, Schemas } from '../../schemas/store.js';
import { checkProtocols } from './check-protocols.js';

const { schemas } = readSchemas(fileURLToPath(new URL('../../../schemas', import.meta.url)));
const FILE = 'ovirt/v4/protocol.json';
const protocol = schemas.documents.get(FILE) as Protocol;

/** The problems of the schemas with a changed protocol table of version 4. */
const problemsWith = (change: Partial<Protocol>): string[] =>
  checkProtocols(new Schemas(new Map(schemas.documents).set(FILE, { ...protocol, ...change }))).map(
    ({ file, field = '', message }) => `${file}, ${field}: ${message}`,
  );

describe('names in protocol tables', () => {
  it('all name something', () => expect(checkProtocols(schemas)).toEqual([]));

  it.each<[Partial<Protocol>, string]>([
    [{ without: [...protocol.without, 'vms.fly'] }, 'without: vms.fly: no such operation'],
    [{ without: [...protocol.without, 'vns.*'] }, 'without: vns.*: no such operation'],
    [{ number: '6', base: '5' }, 'base: 5: there is no code for this version'],
    [{ paths: [['/vns', '/machines']] }, 'paths: /vns: no operation has a path that begins so'],
    [{ rootLinks: ['vns'] }, 'rootLinks: vns: there is no such collection'],
    [{ statuses: { 'duplicate-nane': 409 } }, 'statuses: duplicate-nane: there is no fault with this code'],
    [{ reasons: { 'request.falue': 'x' } }, 'reasons: request.falue: there is no fault with this code'],
    [{ plainDetails: ['search.sintax'] }, 'plainDetails: search.sintax: there is no fault with this code'],
    [{ holds: { vn: ['disks'] } }, 'holds: vn: the version has no document of this name'],
    [
      { elements: { ...protocol.elements, vm: 'machine' } },
      'elements: machine: the version has no document of this name',
    ],
    [{ elements: { ...protocol.elements, vn: 'vm' } }, 'elements: vn: no operation has a document of this name'],
  ])('%o', (change, expected) => expect(problemsWith(change)).toContain(`${FILE}, ${expected}`));

  it('a document that operations read has a type', () => {
    const documents = new Map(schemas.documents);
    documents.delete('ovirt/v4/types/tag.json');
    expect(checkProtocols(new Schemas(documents)).map(({ message }) => message)).toContain(
      'tag: the version has no such document, which operations read',
    );
  });
});
