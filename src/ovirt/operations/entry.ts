import { xsdOf } from '../../codec/xsd.js';
import { declare } from '../declare/declare.js';
import { reportFollow } from '../declare/follow.js';
import { rsdlOf, SCHEMA_FILE } from '../entry/rsdl.js';
import type { Operation } from '../declare/operation.js';
import { documentReply, type Reply } from '../http/reply.js';
import type { Version } from '../version/version.js';
import { byVersion } from './version-code.js';

/** The root document, and what describes the API: `?rsdl` and `?schema`. */
export const entryOperation: Operation = declare({
  summary: 'The root document',
  how: "Links to what is declared; the counts are {cloud}'s.",
  kind: 'entry',
  method: 'GET',
  path: '/',
  rel: 'get',
  title: 'get the root document',
  answers: 'api',
  parameters: ['rsdl', 'schema'],
  async run(call) {
    // the name alone is the request, whatever its value
    if (call.parameters.text('rsdl') !== undefined)
      return documentReply(200, call.version.document('rsdl'), rsdlOf(call.version, call.product));
    if (call.parameters.text('schema') !== undefined) return schemaReply(call.version);
    reportFollow(call);
    return byVersion(call.version.protocol).root(call);
  },
});

/** Schemas are written when they are first requested. */
const schemas = new WeakMap<Version, string>();

/** Raw, with the headers of engines: the spaces are theirs (docs/reference/ovirt.md, section 2). */
function schemaReply(version: Version): Reply {
  const schema = schemas.get(version) ?? xsdOf(version.table);
  schemas.set(version, schema);
  return {
    status: 200,
    document: () => schema,
    headers: {
      'Content-Type': 'application/octet-stream',
      'content-disposition': `attachment; filename = ${SCHEMA_FILE}`,
    },
  };
}
