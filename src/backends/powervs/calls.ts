import type { CallOptions } from '../../model/index.js';
import * as http from '../http/calls.js';
import type { RawAnswer, Transport } from '../http/messages.js';
import { createRedactor, hideAll } from '../http/redact.js';
import type { Target } from '../http/refusal.js';
import { declarationOf, type AnswerOf } from '../http/wire.js';
import { refusal } from './errors.js';
import { powerVs, type CallId, type PowerVsTable } from './wire.js';

/** What fills a declared call; the workspace in its path is that of the settings. */
export type CallArguments<Id extends CallId> = http.CallArguments<PowerVsTable, Id, 'workspace'>;

/** The name of a service in faults. */
const names: Readonly<Record<string, string>> = { iam: 'IBM Cloud IAM', pcloud: 'Power Virtual Server' };

const conventions: http.Conventions = {
  nameOf: (service) => names[service] ?? service,
  // IBM Cloud's services adopt a caller's Transaction-Id and log it
  requestId: { header: 'transaction-id', of: (uuid) => uuid },
  redactor: createRedactor({
    apikey: hideAll,
    access_token: hideAll,
    refresh_token: hideAll,
    userData: hideAll,
    // its query holds a token
    consoleURL: (url) => url.replace(/\?.*$/, '?***'),
  }),
  refusal,
};

/** Where a workspace's calls go. */
export interface Addressed {
  readonly address: URL;
  readonly workspace: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a declared call, and reports it to `onCall`. Throws what the transport throws. */
export function send<Id extends CallId>(
  transport: Transport,
  { address, workspace, headers }: Addressed,
  id: Id,
  args: CallArguments<Id>,
  options: CallOptions,
): Promise<RawAnswer> {
  const declaration = declarationOf(powerVs, id);
  const { params, query, body } = args as http.LooseArguments;
  const own = http.filled(declaration.path, { ...params, workspace }) + http.queryText(query);
  const path = address.pathname.replace(/\/+$/, '') + own;
  const destination = { origin: address.origin, path, headers: { ...args.headers, ...headers }, body };
  return http.sendBy((request) => transport.send(request), conventions, declaration, destination, options);
}

/** The declared body of an answer. Throws as `accept` of `http/calls.ts` does. */
export const accept = <Id extends CallId>(
  id: Id,
  incoming: RawAnswer,
  about: readonly Target[] = [],
): AnswerOf<PowerVsTable, Id> => http.accept(conventions, powerVs, id, incoming, about);
