export { createServer, type ServerOptions } from './serve/server.js';
export type { Front } from './serve/protocol.js';
export { operations } from './operations/index.js';
export { checkProtocols } from './serve/check-protocols.js';
export { versions } from './serve/versions.js';
export type { Version } from './version/version.js';
export { describeSearches } from './declare/describe-searches.js';
export { type EntryPoint } from './version/entry-points.js';
export {
  defaultProtocolSettings,
  type ProtocolDeps,
  type ProtocolHooks,
  type ProtocolSettings,
  type RequestContext,
  type RequestRecord,
} from './serve/settings.js';
export { gzipped, takesGzip } from './http/gzip.js';
export { Logins } from './sessions/logins.js';
export { Sessions } from './sessions/sessions.js';
export { Seal } from './sessions/seal.js';
export type { SessionSettings } from './sessions/sessions.js';
export type { Declaration, OperationKind, Support } from './version/declaration.js';
