import { randomUUID } from 'node:crypto';
import { Fault, isFault } from '../../model/index.js';
import type { Log } from '../../services/context.js';
import type { Format } from '../http/negotiation.js';
import { describe } from '../entry/rsdl.js';
import { write } from '../http/reply.js';
import type { Declaration } from '../version/declaration.js';
import type { Version } from '../version/version.js';

/** Seconds in `Retry-After` where the backend names none: long enough for the next poll of the cloud. */
const RETRY_AFTER_SECONDS = 5;

/** The longest `Retry-After`, whatever a backend or its proxy says. */
const MOST_SECONDS = 120;

/**
 * Anything that was thrown, as a fault. Anything but a fault is a bug: it is logged in full under an id, and the client
 * sees only the id.
 */
export function asFault(error: unknown, log: Log, context: Record<string, unknown>): Fault {
  if (isFault(error)) return error;
  const id = randomUUID();
  log.error('internal error', { ...context, id, error: wholeText(error) });
  return new Fault('internal', { id }, { cause: error });
}

/** Stack and causes. */
function wholeText(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined || depth > 5 ? text : `${text}\ncaused by ${wholeText(error.cause, depth + 1)}`;
}

/** A fault in the words of a version. */
const wordsOf = ({ protocol }: Version, { code, reason, detail }: Fault): { reason: string; detail?: string } => ({
  reason: protocol.reasons?.[code] ?? reason,
  ...(detail !== '' && {
    detail: protocol.plainDetails?.includes(code) ? detail.replace(/^\[|\]$/g, '') : detail,
  }),
});

/** The one place that writes a fault. */
export const faultText = (version: Version, fault: Fault, format: Format): string =>
  write(version.document('fault'), wordsOf(version, fault), format);

/** Engines' own words (UsageFinder). What is wrong, which engines do not say, follows them. */
const USAGE = 'Request syntactically incorrect. See the description below for the correct usage:';

/** What engines answer to a body that they cannot read: what the operation takes, as `?rsdl` describes it. */
export function usageText(
  version: Version,
  fault: Fault,
  operation: Declaration,
  base: string,
  format: Format,
): string {
  const { href, request, ...link } = describe(operation, version);
  const { http_method, body } = request;
  const detailedLink = { href: `${base}/${href}`, ...link, request: { http_method, body } };
  const usage = { message: `${USAGE} ${fault.detail}`, detailedLink };
  return write(version.document('usage_message'), usage, format);
}

/** A failed action reports its fault inside the action document (docs/reference/ovirt.md, section 9). */
export const failedActionText = (version: Version, fault: Fault, action: object, format: Format): string =>
  write(
    version.document('action'),
    { ...action, status: version.state('failed'), fault: wordsOf(version, fault) },
    format,
  );

/** The status that a fault is answered with: the catalogue's, unless the version has another. */
export const statusOf = ({ protocol }: Version, fault: Fault): number => protocol.statuses[fault.code] ?? fault.status;

/** The headers that belong to a fault: RFC 9110, 11.6.1 (401), 10.2.1 (405), 10.2.3 (503). */
export function faultHeaders(fault: Fault, realm: string): Record<string, string> {
  if (fault.status === 401) return { 'WWW-Authenticate': `Basic realm="${realm}"` };
  if (fault.status === 503 || fault.status === 429)
    return {
      'Retry-After': String(Math.min(Number(fault.values['retryAfter'] ?? RETRY_AFTER_SECONDS), MOST_SECONDS)),
    };
  if (fault.code === 'request.method') return { Allow: String(fault.values['allow']) };
  return {};
}
