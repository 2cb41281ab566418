import { checkForms } from './meta.js';
import { checkReferences } from './references.js';
import { checkTables } from './rows.js';
import type { Problem } from './schema.js';
import { readSchemas } from './store.js';

/**
 * Everything that is wrong in a folder of schemas: JSON syntax, breaches of the meta-schemas, references, entities,
 * properties, pointers,
 * converters and tables that nobody has, duplicate rows. What is no well-formed table is not looked at further.
 */
export function checkSchemas(root: string): Problem[] {
  const { schemas, problems } = readSchemas(root);
  const forms = checkForms(schemas);
  if (problems.length > 0 || forms.length > 0) return [...problems, ...forms];
  const references = checkReferences(schemas);
  return references.length > 0 ? references : checkTables(schemas);
}
