import { checkCertain } from './certain.js';
import { checkForms } from './meta.js';
import { checkProperties, checkSuccessors } from './properties.js';
import { checkReferences } from './references.js';
import { checkTables } from './rows.js';
import type { Problem } from './schema.js';
import { readSchemas, type Schemas } from './store.js';

/**
 * Everything that is wrong in a folder of schemas: JSON syntax, breaches of the meta-schemas, references, entities,
 * properties, pointers, converters and tables that nobody has, duplicate rows, properties that nothing sets or reads,
 * or that must be there and may not be, what a version forgot. Malformed tables are not checked further.
 */
export function checkSchemas(root: string): Problem[] {
  const { schemas, problems } = readSchemas(root);
  const forms = checkForms(schemas);
  if (problems.length > 0 || forms.length > 0) return [...problems, ...forms];
  const halves = checkVersions(schemas);
  if (halves.length > 0) return halves;
  const references = checkReferences(schemas);
  const rows = references.length > 0 ? references : checkTables(schemas);
  return rows.length > 0 ? rows : [...checkProperties(schemas), ...checkCertain(schemas), ...checkSuccessors(schemas)];
}

interface NamedProtocol {
  readonly number: string;
  readonly base?: string;
  readonly engine: string;
}

/** An incomplete version of the protocol, or one that names a version or an engine that is not there. */
function checkVersions(schemas: Schemas): Problem[] {
  const protocolOf = (version: string): NamedProtocol | undefined =>
    schemas.documents.get(`ovirt/${version}/protocol.json`) as NamedProtocol | undefined;
  const numbers = schemas.versions().map((version) => protocolOf(version)?.number);
  return schemas.versions().flatMap((version) => {
    const folder = `ovirt/${version}`;
    const protocol = protocolOf(version);
    const missing = [
      ...(protocol ? [] : ['protocol.json']),
      ...['types', 'mapping'].filter((part) => schemas.files(`${folder}/${part}`).length === 0),
    ].map((part) => ({ file: folder, message: `the version has no ${part}` }));
    return protocol ? [...missing, ...checkNames(protocol, `${folder}/protocol.json`, numbers, schemas)] : missing;
  });
}

function checkNames(
  { number, base, engine }: NamedProtocol,
  file: string,
  numbers: readonly (string | undefined)[],
  schemas: Schemas,
): Problem[] {
  return [
    ...(numbers.filter((one) => one === number).length > 1
      ? [{ file, field: 'number', message: `another version has the number ${number}, too` }]
      : []),
    ...(base !== undefined && !numbers.includes(base)
      ? [{ file, field: 'base', message: `there is no version ${base}` }]
      : []),
    ...(schemas.documents.has(`engines/${engine}.json`)
      ? []
      : [{ file, field: 'engine', message: `there is no schemas/engines/${engine}.json` }]),
  ];
}
