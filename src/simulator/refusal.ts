import type { Answer, ServiceName } from './router.js';

/** A service's refusal. Its body has the service's own form. */
export class Refusal extends Error {
  readonly status: number;
  /** Neutron names its errors: `PortNotFound`. */
  readonly type: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: { type?: string; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Refusal';
    this.status = status;
    this.type = options.type;
    this.headers = options.headers ?? {};
  }
}

export const refuse = {
  bad: (message: string): Refusal => new Refusal(400, message),
  forbidden: (message: string): Refusal => new Refusal(403, message),
  missing: (message: string): Refusal => new Refusal(404, message),
  gone: (): Refusal => new Refusal(410, 'This resource is no longer available. No forwarding address is given.'),
  unimplemented: (message: string): Refusal => new Refusal(501, message),
  conflict: (message: string): Refusal => new Refusal(409, message),
  /** Nova and Cinder alike: the name of the thing, and its id. */
  notFound: (what: string, id: string): Refusal => new Refusal(404, `${what} ${id} could not be found.`),
  /** Cinder's quotas (recorded: 413 with `Retry-After: 0`). */
  overLimit: (message: string): Refusal => new Refusal(413, message, { headers: { 'Retry-After': '0' } }),
  /** No route, or a verb that the route has not. */
  unknown: (): Refusal => new Refusal(404, 'The resource could not be found.', { type: 'route' }),
};

/** Nova's names for statuses; any other is a computeFault, in Cinder too (openstack/nova, api/openstack/wsgi.py). */
const KINDS: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
};

const title = (status: number): string => TITLES[status] ?? 'Error';

/** WebOb's errors (Glance always; Nova and Neutron for an unknown path): JSON, HTML or plain text, as Accept says. */
function webob(refusal: Refusal, accept: string | undefined): Answer {
  const line = `${refusal.status} ${title(refusal.status)}`;
  if (accept?.includes('application/json') === true) {
    return {
      status: refusal.status,
      headers: refusal.headers,
      body: { message: `${refusal.message}<br /><br />\n\n\n`, code: line, title: title(refusal.status) },
    };
  }
  if (accept !== undefined && /\*\/\*|text\/html/.test(accept)) {
    const page = `<html>\n <head>\n  <title>${line}</title>\n </head>\n <body>\n  <h1>${line}</h1>\n  ${refusal.message}<br /><br />\n\n\n\n </body>\n</html>`;
    return {
      status: refusal.status,
      headers: { ...refusal.headers, 'Content-Type': 'text/html; charset=UTF-8' },
      text: page,
    };
  }
  return {
    status: refusal.status,
    headers: { ...refusal.headers, 'Content-Type': 'text/plain; charset=UTF-8' },
    text: `${line}\n\n${refusal.message}\n\n   `,
  };
}

function faultBody(refusal: Refusal): Answer {
  const retryAfter = refusal.headers['Retry-After'];
  const fault = { code: refusal.status, message: refusal.message, ...(retryAfter === undefined ? {} : { retryAfter }) };
  return {
    status: refusal.status,
    headers: refusal.headers,
    body: { [KINDS[refusal.status] ?? 'computeFault']: fault },
  };
}

const dialects: Readonly<Record<ServiceName, (refusal: Refusal, accept: string | undefined) => Answer>> = {
  identity: ({ status, message, headers }) => ({
    status,
    headers,
    body: { error: { code: status, message, title: title(status) } },
  }),
  // Nova's faults name their charset, Cinder's don't (recorded: 184, 322).
  compute: (refusal, accept) => {
    if (refusal.type === 'route' || refusal.type === 'size') return webob(refusal, accept);
    const fault = faultBody(refusal);
    return { ...fault, headers: { 'Content-Type': 'application/json; charset=UTF-8', ...fault.headers } };
  },
  volume: (refusal) => faultBody(refusal),
  network: (refusal, accept) =>
    refusal.type === 'route'
      ? webob(refusal, accept)
      : {
          status: refusal.status,
          headers: refusal.headers,
          body: { NeutronError: { type: refusal.type ?? 'HTTPBadRequest', message: refusal.message, detail: '' } },
        },
  image: webob,
  metric: ({ status, message, headers }) => ({
    status,
    headers,
    body: { code: status, title: title(status), description: message },
  }),
  simulator: ({ status, message, headers }) => ({ status, headers, body: { error: message } }),
};

/**
 * The answer that a service gives to a refusal. Shapes: docs/reference/openstack.md, section 1. A 401 of any service
 * but Glance is keystonemiddleware's.
 */
export function refusalAnswer(service: ServiceName, refusal: Refusal, accept: string | undefined): Answer {
  if (refusal.status === 401 && service !== 'image') return dialects.identity(refusal, accept);
  return dialects[service](refusal, accept);
}
