import type { Audit } from './audit.js';
import type { BackendCall } from '../model/index.js';
import type { ProtocolHooks, RequestContext, RequestRecord } from '../ovirt/index.js';
import type { Log, Metrics, Traces } from '../telemetry/index.js';

/** An observer of requests and backend calls. */
export interface Observer {
  readonly onBackendCall?: (call: BackendCall, context: RequestContext) => void;
  readonly onRequest?: (record: RequestRecord) => void;
}

/** Counts and logs what the protocol reports, and passes it to other observers. */
export function observers(
  log: Log,
  metrics: Metrics,
  { traces, audit }: { readonly traces?: Traces; readonly audit?: Audit },
  listeners: readonly Observer[],
): ProtocolHooks {
  return {
    ...(traces && { follow: traces.request, trace: traces.call }),
    ...(audit && { admit: audit.admit }),
    onBegin: () => metrics.begun(),
    onRequest(record) {
      metrics.request(record.operation, record.status, record.milliseconds);
      if (record.fault) metrics.fault(record.fault.code);
      for (const { onRequest } of listeners) onRequest?.(record);
      traces?.answered(record);
      audit?.onRequest(record);
      logRequest(log, record);
    },
    onIgnored(operation, content, { correlationId }) {
      const paths = content.map(({ path }) => path);
      for (const path of paths) metrics.ignored(path);
      log.warn('content not used', { operation, correlationId, paths: paths.slice(0, 20), count: paths.length });
    },
    onRetry: (service) => metrics.retry(service),
    onBackendCall(call, context) {
      const { service, method, path, status, milliseconds, requestId } = call;
      metrics.backendCall(service, method, status, milliseconds);
      if (log.enabled('debug'))
        log.debug('backend call', {
          service,
          method,
          path,
          status,
          milliseconds: Math.round(milliseconds),
          correlationId: context.correlationId,
          ...(requestId === undefined ? {} : { requestId }),
        });
      for (const { onBackendCall } of listeners) onBackendCall?.(call, context);
    },
  };
}

/** A line for each request. Failures of the gateway or the cloud are errors; wrong requests of a client are not. */
function logRequest(log: Log, record: RequestRecord): void {
  const level = record.status >= 500 ? 'error' : 'info';
  if (!log.enabled(level)) return;
  const { client, userAgent, user, method, path, operation, status, fault, aborted } = record;
  log[level]('request', {
    client,
    user,
    method,
    path,
    operation,
    status,
    ...(fault && { fault: fault.code, reason: fault.detail, why: fault.why }),
    milliseconds: Math.round(record.milliseconds),
    backendCalls: record.backendCalls,
    correlationId: record.correlationId,
    backendRequestId: record.backendRequestId,
    userAgent,
    ...(aborted && { aborted }),
  });
}
