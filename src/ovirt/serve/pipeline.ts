import type { Request } from 'express';
import type { Representation } from '../../codec/index.js';
import {
  type BackendCall,
  type Capability,
  type DocumentWords,
  Fault,
  type Property,
  worded,
} from '../../model/index.js';
import type { Scope } from '../../services/context.js';
import { announcesBody, readBody } from '../http/body.js';
import { Counts } from '../declare/counts.js';
import type { Exchange } from '../declare/exchange.js';
import type { Ignored } from '../version/ignored.js';
import { RequestBody } from '../http/request-body.js';
import { journaled } from '../declare/journaling.js';
import type { Call, Operation, ServedVersion } from '../declare/operation.js';
import { parentOf } from '../declare/resource.js';
import { preferencesOf } from '../declare/preferences.js';
import { productOf } from '../version/product.js';
import { documentReply, type Reply } from '../http/reply.js';
import { idsOf, pathOf } from './declared-path.js';
import type { ProtocolDeps } from './settings.js';

/** Parameters that any request may carry (docs/reference/ovirt.md, sections 4 and 5). */
const COMMON: ReadonlySet<string> = new Set(['accept', 'correlation_id', 'all_content', 'filter', 'async', 'detail']);

/**
 * Makes the function that runs one matched operation: it refuses what the backend cannot do, checks ids, reads the
 * body, and calls the verb. Throws what these throw.
 */
export function createPipeline(deps: ProtocolDeps) {
  const { backend, settings, hooks, work, services, transfers, log } = deps;
  const product = productOf(settings);
  const counts = new Counts(settings.countsMs, Date.now, (error) =>
    log.warn('the VMs of the root document could not be counted', { error: String(error) }),
  );

  return async function runOperation(
    operation: Operation,
    version: ServedVersion,
    request: Request,
    exchange: Exchange,
    params: Readonly<Record<string, string>>,
  ): Promise<Reply> {
    exchange.operation = operation;
    // from here on a failure is reported inside an action document (docs/reference/ovirt.md, section 9)
    if (operation.kind === 'action') exchange.action = {};
    const empty = emptyHere(operation, exchange);
    if (!empty) refuseUnsupported(operation, exchange, params);
    const preferences = preferencesOf(request, exchange.parameters, exchange.version);
    const ignore = ignorer(operation, exchange, settings.strict || preferences.strict);
    const ids = idsOf(operation, params);
    ignore(unusedParameters(operation, exchange));
    const incoming = await bodyOf(operation, request, exchange);
    const words = (): DocumentWords => wordsOf(operation, exchange, incoming);
    const call: Call<Readonly<Record<string, string>>> = {
      operation,
      ids,
      parameters: exchange.parameters,
      exchange,
      version,
      ignore,
      able: (capability) => backend.capabilities[capability] === true,
      require: (capability, subject) => refuseMissing(operation, capability, subject),
      words,
      scope: scopeOf(exchange, (property, why) => ignore([{ path: words().place(property), why }])),
      ...(transfers && { transfers }),
      product,
      counts,
      base: exchange.base,
      path: pathOf(operation.path, ids),
      incoming,
      wait: preferences.wait,
      background: preferences.background,
      allContent: preferences.allContent,
      details: exchange.details,
      filtered: preferences.filtered,
      sortLimit: settings.sortLimit,
      emptyDelete: preferences.minimal || settings.deleteStatus === 204,
    };
    if (empty) {
      await ownerOf(operation, call);
      return documentReply(200, empty, {});
    }
    if (operation.method === 'GET') return journaled(operation, call as Call<never>);
    try {
      return await journaled(operation, call as Call<never>);
    } finally {
      // a failed operation may have changed something
      counts.forget();
    }
  };

  /** Makes the function that reports content that is not used; in strict mode it refuses the request. */
  function ignorer(operation: Operation, exchange: Exchange, strict: boolean): Call['ignore'] {
    return (unused) => {
      if (unused.length === 0) return;
      if (strict) {
        const paths = unused.slice(0, 50).map(({ path }) => path);
        throw new Fault('request.unknown-content', { paths: paths.join(', ') });
      }
      const content = unused.map(({ path, why }) => ({ path, why: worded(why, backend.words) }));
      for (const one of content)
        if (!exchange.ignored.some(({ path }) => path === one.path)) exchange.ignored.push(one);
      hooks?.onIgnored?.(operation.name, content, exchange);
    };
  }

  async function bodyOf(operation: Operation, request: Request, exchange: Exchange): Promise<RequestBody> {
    const bytes =
      operation.method === 'GET' || !announcesBody(request)
        ? NOTHING
        : await exchange.deadline.without(readBody(request, settings.maxBodyBytes));
    exchange.body = bytes;
    const { unknownKeys } = exchange.version.protocol;
    return new RequestBody(bytes, request.headers['content-type'], unknownKeys === 'refuse');
  }

  /** Refuses an item of a collection that is empty here, and what needs a capability that the backend lacks. */
  function refuseUnsupported(operation: Operation, exchange: Exchange, params: Readonly<Record<string, string>>): void {
    if (operation.kind === 'get' && isEmptyHere(operation))
      throw new Fault('not-found', { what: operation.answers, id: Object.values(params).at(-1) ?? '' });
    for (const capability of operation.needs)
      refuseMissing(
        operation,
        capability,
        operation.kind === 'action' ? `The action ${operation.rel}` : 'This operation',
      );
  }

  /**
   * A collection that the backend does not support. It is empty, as engines never refuse a list: clients that follow
   * each link would stop there.
   */
  function emptyHere(operation: Operation, exchange: Exchange): Representation<object> | undefined {
    return operation.kind === 'list' && isEmptyHere(operation)
      ? exchange.version.document(operation.answers)
      : undefined;
  }

  /** Reads what a collection is below, as if it were read itself. Throws `not-found`: nothing has no collections. */
  async function ownerOf({ path }: Operation, call: Call<Readonly<Record<string, string>>>): Promise<void> {
    const above = parentOf(path);
    const owner = call.version.operations.find((one) => one.path === above && one.kind === 'get');
    await owner?.run({ ...call, operation: owner, path: pathOf(above, call.ids), allContent: false } as Call<never>);
  }

  /** Whether the collection of an item is empty in that way: then the item is not found. */
  function isEmptyHere({ needs }: Operation): boolean {
    return needs.some((capability) => backend.capabilities[capability] !== true);
  }

  /** The one place that refuses what the backend does not support. */
  function refuseMissing(operation: Operation, capability: Capability, subject: Property | string): void {
    const able = backend.capabilities[capability];
    if (able !== true)
      throw new Fault('unsupported', { operation: operation.title, subject, backend: backend.words.cloud, why: able });
  }

  function scopeOf(exchange: Exchange, report: Scope['report']): Scope {
    if (!exchange.session) throw new Fault('auth.required');
    const session = exchange.session.with({
      correlationId: exchange.correlationId,
      onCall,
      ...(hooks?.onRetry && { onRetry: hooks.onRetry }),
      ...(hooks?.trace && { trace: hooks.trace }),
      requester: exchange.client,
    });
    function onCall(call: BackendCall): void {
      exchange.backendRequestId ??= call.requestId;
      exchange.backendCalls += 1;
      hooks?.onBackendCall?.(call, exchange);
    }
    return {
      session,
      backend: backend.words.cloud,
      words: backend.words,
      hasPmem: backend.capabilities.pmem === true,
      engine: exchange.version.protocol.engine,
      ...(exchange.profile !== undefined && { profile: exchange.profile }),
      work: work.within(session, { correlationId: exchange.correlationId, requester: exchange.client }),
      settings: services,
      ...(transfers && { transfers }),
      log,
      late: new Set(),
      concerns: ({ what, ...found }) =>
        exchange.job?.concerns({ ...found, ...(what !== undefined && { what: what.slice(0, 255) }) }),
      report,
    };
  }
}

const NOTHING = new Uint8Array(0);

/** Parameters that the operation does not use. */
function unusedParameters({ parameters }: Operation, exchange: Exchange): Ignored[] {
  // every request of version 4 may have it; only a GET obeys it (docs/reference/v4-wire.md, section 6)
  const follows = exchange.version.protocol.inline === 'follow';
  return exchange.parameters
    .names()
    .filter((name) => !COMMON.has(name) && !(name === 'follow' && follows) && !parameters.includes(name))
    .map((name) => ({ path: `?${name}`, why: 'not a parameter of this operation' }));
}

/** The words of the version's documents, as the request uses them. */
function wordsOf({ reads: [element] }: Operation, exchange: Exchange, { document }: RequestBody): DocumentWords {
  return exchange.version.words({ ...(element !== undefined && { element }), ...(document && { document }) });
}
