export { createServer, type ServerOptions } from './server.js';
export type { Front } from './protocol.js';
export { operations } from './operations/index.js';
export { versions } from './versions.js';
export type { Version } from './version.js';
export { describeSearches } from './search/index.js';
export { type EntryPoint } from './entry-points.js';
export {
  defaultProtocolSettings,
  type ProtocolDeps,
  type ProtocolHooks,
  type ProtocolSettings,
  type RequestContext,
  type RequestRecord,
} from './settings.js';
export { gzipped, takesGzip } from './gzip.js';
export { Logins } from './logins.js';
export { Sessions } from './sessions/sessions.js';
export { Seal } from './sessions/seal.js';
export type { SessionSettings } from './sessions/sessions.js';
export type { Declaration, OperationKind, Support } from './declaration.js';
