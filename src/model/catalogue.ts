/**
 * Every fault that a client can see: code (stable, for logs and tests), HTTP status, reason, detail template, retry
 * class. Statuses and texts: docs/reference/ovirt.md, section 9 (engines' own words); backend errors:
 * docs/reference/power.md, 4.4.
 */
export interface FaultEntry {
  readonly status: number;
  readonly reason: string;
  /** `{name}` is replaced by the fault's value of that name. */
  readonly detail: string;
  readonly retry: 'never' | 'later' | 'renew';
}

const entry = (status: number, reason: string, detail: string, retry: FaultEntry['retry'] = 'never'): FaultEntry => ({
  status,
  reason,
  detail,
  retry,
});

const FAILED = 'Operation Failed';

export const catalogue = {
  // What the client sent
  'request.syntax': entry(400, 'Request syntactically incorrect.', '{text}'),
  'request.value': entry(400, 'Invalid value', '{text}'),
  'request.range': entry(
    400,
    'Value out of range',
    "The value {value} of attribute '{attribute}' is outside of range {least} to {most}.",
  ),
  'search.syntax': entry(400, FAILED, '[{wrong}: {text}]'),
  'request.malformed-id': entry(400, FAILED, 'Invalid UUID string: {id}'),
  'request.incomplete': entry(400, 'Incomplete parameters', '{text}'),
  'request.unknown-content': entry(
    400,
    'Request syntactically incorrect.',
    'Unknown content, or content that cannot be translated: {paths}',
  ),
  'request.too-large': entry(413, 'Request too large', 'The body exceeds {limit} bytes.'),
  'request.media-type': entry(
    415,
    'Unsupported Media Type',
    'Content-Type {type} is not one of application/xml, application/json.',
  ),
  'request.not-acceptable': entry(
    406,
    'Not Acceptable',
    'None of {type} can be produced; application/xml and application/json can.',
  ),
  'request.method': entry(405, 'Method Not Allowed', '{method} is not allowed here; allowed: {allow}.'),
  'request.unknown-path': entry(404, 'Not Found', 'There is no resource at {path}.'),
  'request.headers': entry(431, 'Request Header Fields Too Large', 'The request line or its headers are too large.'),
  overloaded: entry(
    503,
    'Service Unavailable',
    '[The gateway is handling as many requests as it can. Please try again later.]',
    'later',
  ),
  // Not a status of RFC 9110: the client has left, so nobody receives it. nginx logs the same
  'request.gone': entry(499, 'Client Closed Request', 'The client closed the connection before it was answered.'),
  'request.deadline': entry(
    504,
    'Gateway Timeout',
    '[The request was not answered within {seconds} s{text}.]',
    'later',
  ),
  'request.timeout': entry(408, 'Request Timeout', 'The request did not arrive in time.'),
  // Engines answer it with a reason alone, outside of the action
  'vm.initializations': entry(409, 'Cannot use multiple initialization tags simultaneously when running VM.', ''),
  'request.immutable': entry(409, 'Broken immutability constraint', 'Attempt to set immutable field: {field}'),
  'request.version': entry(400, 'Bad Request', 'Version {version} of the API is not served here.'),
  'auth.csrf': entry(
    403,
    'Forbidden',
    'This session is protected against CSRF: the header JSESSIONID must hold the session id.',
  ),
  'auth.required': entry(401, 'Unauthorized', 'Log in with Basic authentication; a user is user@profile.', 'renew'),
  'auth.refused': entry(401, 'Unauthorized', 'The credentials were refused.', 'renew'),
  'auth.throttled': entry(429, 'Too Many Requests', 'Too many failed logins. Try again in {retryAfter} s.', 'later'),
  // What the request referred to
  'not-found': entry(404, 'Not Found', '{what} {id} was not found.'),
  'not-found.reference': entry(404, FAILED, 'Entity not found: {what}: {by}={value}'),
  // What the state of an entity does not allow. `text` has no brackets
  conflict: entry(409, FAILED, '[{text}]'),
  // Work is in progress: the same request may succeed once it is done
  'conflict.transition': entry(409, FAILED, '[{text}]', 'later'),
  'conflict.locked': entry(
    409,
    FAILED,
    '[{cannot}: The following disks are locked: {disks}. Please try again in a few minutes.]',
    'later',
  ),
  refused: entry(400, FAILED, '[{text}]'),
  'duplicate-name': entry(
    400,
    FAILED,
    '[Cannot {verb} {what}. The {what} name is already in use, please choose a unique name and try again.]',
  ),
  unsupported: entry(409, FAILED, '[Cannot {operation}. {subject} is not supported by {backend}: {why}]'),
  interrupted: entry(500, FAILED, '[{what} failed: {text} What was undone: {undone}]'),
  forbidden: entry(403, FAILED, '[User is not authorized to perform this action.{text}]'),
  // What the backend answered
  'backend.refused': entry(400, FAILED, '[{text}]'),
  'backend.conflict': entry(409, FAILED, '[{text}]', 'later'),
  'backend.forbidden': entry(403, FAILED, '[{text}]'),
  'backend.quota': entry(409, FAILED, '[{text}]'),
  'backend.space': entry(409, FAILED, '[Low disk space on the storage. {text}]'),
  'backend.partial': entry(500, FAILED, '[{text}]'),
  // `failed`: work that the backend accepted failed; `error`: it answered with an error of its own (5xx)
  'backend.failed': entry(500, FAILED, '[{text}]', 'later'),
  'backend.error': entry(500, FAILED, '[{text}]', 'later'),
  'backend.busy': entry(503, 'Service Unavailable', '[{text}]', 'later'),
  'backend.unreachable': entry(503, 'Service Unavailable', '[{service} cannot be reached: {text}]', 'later'),
  'backend.overloaded': entry(
    503,
    'Service Unavailable',
    '[Too many calls are waiting for {service}. Please try again later.]',
    'later',
  ),
  'backend.down': entry(
    503,
    'Service Unavailable',
    '[{service} has not been answering. The next attempt is in {retryAfter} s.]',
    'later',
  ),
  'backend.timeout': entry(504, 'Gateway Timeout', '[{service} did not answer in time: {text}]', 'later'),
  // The request may have been carried out: a retry may do it twice, so there is no Retry-After (RFC 9110, 9.2.2)
  'backend.lost': entry(
    502,
    'Bad Gateway',
    '[{service} did not confirm whether the request was carried out: {text}. Check before you repeat it.]',
    'later',
  ),
  // a client whose credentials are refused gets `auth.refused` instead (src/ovirt/serve/enter.ts)
  'backend.login': entry(
    503,
    'Service Unavailable',
    '[The login at {service} ended while it was used. Please try again.]',
    'renew',
  ),
  // the cloud's fault, not the client's: another login would be refused as this one
  'backend.token': entry(
    503,
    'Service Unavailable',
    '[{service} refuses a login that {issuer} has just accepted. Please try again later.]',
    'later',
  ),
  'backend.answer': entry(502, 'Bad Gateway', '[{service} returned an answer that cannot be read: {text}]', 'later'),
  internal: entry(
    500,
    'Internal Server Error',
    'Internal error of the gateway; its log has details under {id}.',
    'later',
  ),
} as const satisfies Record<string, FaultEntry>;

export type FaultCode = keyof typeof catalogue;
