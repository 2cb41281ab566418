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

/** An incomplete version of the protocol: one of its three parts is missing, or its engine's table. */
function checkVersions(schemas: Schemas): Problem[] {
  return schemas.versions().flatMap((version) => {
    const folder = `ovirt/${version}`;
    const file = `${folder}/protocol.json`;
    const protocol = schemas.documents.get(file) as { readonly engine: string } | undefined;
    if (protocol && !schemas.documents.has(`engines/${protocol.engine}.json`))
      return [{ file, field: 'engine', message: `there is no schemas/engines/${protocol.engine}.json` }];
    const missing = [
      ...(schemas.documents.has(`${folder}/protocol.json`) ? [] : ['protocol.json']),
      ...['types', 'mapping'].filter((part) => schemas.files(`${folder}/${part}`).length === 0),
    ];
    return missing.map((part) => ({ file: folder, message: `the version has no ${part}` }));
  });
}
