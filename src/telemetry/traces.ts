import { AsyncLocalStorage } from 'node:async_hooks';
import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Log } from './log.js';
import type { CallSpan, TracedRecord, Traces } from './traces-port.js';

const NAME = 'ovirt-powervc-gateway';
/** How long the shutdown waits for spans to be sent, milliseconds. */
const CLOSE_MS = 3000;
const SERVER_ERROR = 500;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const incoming = {
  get: (headers: Headers, key: string) => headers[key],
  keys: (headers: Headers) => Object.keys(headers),
};
const outgoing = {
  set(headers: Record<string, string>, key: string, value: string) {
    headers[key] = value;
  },
};

/** What the SDK says of a failure: a text, or an error as JSON, of which the message is enough. */
function problemOf(text: string): string {
  const message = /^\{.*?"message":"((?:[^"\\]|\\.)*)"/s.exec(text)?.[1];
  return (message ?? text).slice(0, 500);
}

/**
 * Traces as OTLP over HTTP: a span for each request, each step of work and each backend call (HTTP semantic
 * conventions), bound by W3C Trace Context on both sides. The SDK reads OTEL_EXPORTER_OTLP_…, OTEL_TRACES_SAMPLER,
 * OTEL_BSP_…, OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES itself. Nothing global is set except the SDK's handler of
 * its own failures, so that several gateways can run in one process.
 */
export function createTraces(version: string, log: Pick<Log, 'warn'>): Traces {
  diag.setLogger(
    {
      error: (message) => log.warn('traces could not be sent', { problem: problemOf(message) }),
      warn: (message) => log.warn('traces', { problem: problemOf(message) }),
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': NAME, 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer(NAME, version);
  const propagator = new W3CTraceContextPropagator();
  const current = new AsyncLocalStorage<Context>();
  const requests = new Map<number, Span>();

  const within = <T>(span: Span, act: () => T): T =>
    current.run(trace.setSpan(current.getStore() ?? ROOT_CONTEXT, span), act);

  function end(span: Span, failure: string | undefined): void {
    if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
    span.end();
  }

  return {
    request({ serial, method, headers }, act) {
      const context = propagator.extract(ROOT_CONTEXT, headers, incoming);
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER }, context);
      requests.set(serial, span);
      return within(span, act);
    },
    answered(record) {
      const span =
        requests.get(record.serial) ??
        tracer.startSpan(record.method, { kind: SpanKind.SERVER, startTime: record.at }, ROOT_CONTEXT);
      requests.delete(record.serial);
      span.updateName(record.operation === undefined ? record.method : `${record.method} ${record.operation}`);
      span.setAttributes(attributesOf(record));
      end(span, record.status >= SERVER_ERROR ? (record.fault?.code ?? String(record.status)) : undefined);
    },
    call({ service, method, path }): CallSpan {
      const context = current.getStore() ?? ROOT_CONTEXT;
      const span = tracer.startSpan(
        `${method} ${service}`,
        {
          kind: SpanKind.CLIENT,
          attributes: { 'http.request.method': method, 'url.path': path.split('?', 1)[0], 'peer.service': service },
        },
        context,
      );
      const headers: Record<string, string> = {};
      propagator.inject(trace.setSpan(context, span), headers, outgoing);
      return {
        headers,
        ended(status) {
          if (status > 0) span.setAttribute('http.response.status_code', status);
          end(span, status === 0 ? 'no answer' : status >= 400 ? String(status) : undefined);
        },
      };
    },
    async step(resource, act) {
      const span = tracer.startSpan('step', { attributes: { 'ovirt.resource': resource } }, current.getStore());
      try {
        const value = await within(span, act);
        end(span, undefined);
        return value;
      } catch (error) {
        end(span, error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
    async close() {
      const late = new Promise<void>((resolve) => {
        setTimeout(resolve, CLOSE_MS).unref();
      });
      await Promise.race([
        provider.shutdown().catch((error: unknown) => log.warn('traces were lost', { error })),
        late,
      ]);
    },
  };
}

const attributesOf = (record: TracedRecord): Attributes => ({
  'http.request.method': record.method,
  'url.path': record.path,
  'http.response.status_code': record.status,
  'client.address': record.client,
  'ovirt.correlation_id': record.correlationId,
  ...(record.operation !== undefined && { 'http.route': record.operation }),
  ...(record.userAgent !== undefined && { 'user_agent.original': record.userAgent }),
  ...(record.user !== undefined && { 'enduser.id': record.user }),
  ...(record.fault && { 'error.type': record.fault.code }),
});
