import type { Protocol } from '../../codec/protocol.js';
import { catalogue } from '../../model/index.js';
import type { Problem, Schema, Schemas } from '../../schemas/index.js';
import { operations } from '../operations/index.js';
import { hasCode } from '../operations/version-code.js';
import { servedBy } from '../version/served.js';

/** What a table of a protocol names that nothing has. */
interface Name {
  readonly field: string;
  readonly name: string;
  readonly message: string;
}

/**
 * Names in the protocol tables of a folder of schemas that nothing has: no declared operation, fault or document. A row
 * without effect is most likely misspelt.
 */
export const checkProtocols = (schemas: Schemas): Problem[] =>
  schemas.versions().flatMap((version) => {
    const file = `ovirt/${version}/protocol.json`;
    const protocol = schemas.documents.get(file) as Protocol;
    return [
      ...namesOfCode(protocol),
      ...namesOfOperations(protocol),
      ...namesOfFaults(protocol),
      ...namesOfDocuments(protocol, schemas, version),
    ].map(({ field, name, message }) => ({ file, field, message: `${name}: ${message}` }));
  });

function namesOfCode(protocol: Protocol): Name[] {
  const { number, base: name = number } = protocol;
  return hasCode(protocol) ? [] : [{ field: 'base', name, message: 'there is no code for this version' }];
}

function namesOfOperations({ without, paths, rootLinks }: Protocol): Name[] {
  const isName = (one: string): boolean =>
    operations.some(({ name }) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
  const isPath = (one: string): boolean => operations.some(({ path }) => path === one || path.startsWith(`${one}/`));
  return [
    ...without.filter((one) => !isName(one)).map((name) => ({ field: 'without', name, message: 'no such operation' })),
    ...paths
      .filter(([from]) => !isPath(from))
      .map(([name]) => ({ field: 'paths', name, message: 'no operation has a path that begins so' })),
    ...rootLinks
      .filter((one) => !isPath(`/${one}`))
      .map((name) => ({ field: 'rootLinks', name, message: 'there is no such collection' })),
  ];
}

function namesOfFaults({ statuses, reasons = {}, plainDetails = [] }: Protocol): Name[] {
  const codes = { statuses: Object.keys(statuses), reasons: Object.keys(reasons), plainDetails };
  return Object.entries(codes).flatMap(([field, names]) =>
    names
      .filter((name) => !Object.hasOwn(catalogue, name))
      .map((name) => ({ field, name, message: 'there is no fault with this code' })),
  );
}

function namesOfDocuments(protocol: Protocol, schemas: Schemas, version: string): Name[] {
  const { elements = {}, holds } = protocol;
  const types = schemas.definitions(`ovirt/${version}/types`);
  const documents = new Set(types.map(({ schema }: { readonly schema: Schema }) => schema.xml?.name));
  const declared = new Set(operations.flatMap(({ reads, answers }) => [...reads, answers]));
  const read = new Set(servedBy(protocol, operations).flatMap(({ reads }) => reads));
  return [
    ...Object.keys(elements)
      .filter((name) => !declared.has(name))
      .map((name) => ({ field: 'elements', name, message: 'no operation has a document of this name' })),
    ...Object.values(elements)
      .filter((name) => !documents.has(name))
      .map((name) => ({ field: 'elements', name, message: 'the version has no document of this name' })),
    ...Object.keys(holds)
      .filter((name) => !documents.has(name))
      .map((name) => ({ field: 'holds', name, message: 'the version has no document of this name' })),
    ...[...read]
      .filter((name) => !documents.has(elements[name] ?? name))
      .map((name) => ({ field: 'without', name, message: 'the version has no such document, which operations read' })),
  ];
}
