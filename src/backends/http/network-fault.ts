import { Fault } from '../../model/index.js';
import { ProxyError } from './proxy.js';

const slow = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** The service was not reached, so nothing was done. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
]);

/** Texts for clients; the library's own message stays in the cause. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refuses connections',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name cannot be resolved',
  EHOSTUNREACH: 'there is no route to its host',
  ENETUNREACH: 'there is no route to its network',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not established in time',
  UND_ERR_HEADERS_TIMEOUT: 'the headers of its answer did not arrive in time',
  UND_ERR_BODY_TIMEOUT: 'the rest of its answer did not arrive in time',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  UND_ERR_CLOSED: 'the gateway is shutting down',
  UND_ERR_DESTROYED: 'the gateway is shutting down',
};

const CERTIFICATE = /CERT|SELF_SIGNED|ALTNAME|ISSUER|LEAF_SIGNATURE/;

/** OpenSSL's codes for two sides that cannot agree on a connection: one speaks no TLS, or another version. */
const HANDSHAKE =
  /^ERR_SSL_.*(WRONG_VERSION_NUMBER|HANDSHAKE_FAILURE|PROTOCOL|PACKET_LENGTH_TOO_LONG|ALERT_PROTOCOL_VERSION)/;

/** Whether nothing was sent. */
const isUnsent = (code: string): boolean => unsent.has(code) || CERTIFICATE.test(code) || HANDSHAKE.test(code);

/** The reason of a proxy that made no connection. */
function wordsOfProxy({ status, cause }: ProxyError): string {
  if (status === 407) return 'the proxy requires a login (407)';
  if (status !== undefined) return `the proxy refuses the connection (${status})`;
  const { code = '', name = '' } = cause as { code?: string; name?: string };
  return `the proxy cannot be used: ${name === 'HTTPParserError' ? 'it is not HTTP' : wordsOf(code)}`;
}

function wordsOf(code: string): string {
  const known = words[code];
  if (known !== undefined) return known;
  if (CERTIFICATE.test(code)) return `its certificate is not accepted (${code})`;
  if (code.includes('WRONG_VERSION_NUMBER')) return `it does not speak TLS (${code})`;
  if (HANDSHAKE.test(code)) return `it and the gateway agree on no version of TLS (${code})`;
  // Node's and OpenSSL's codes are names, undici's are of no use to a client
  return code === '' || code.startsWith('UND_ERR') ? 'the connection failed' : `the connection failed (${code})`;
}

/**
 * The fault of a failed connection. A POST that was sent without an answer may have been carried out: a retry may do it
 * twice.
 */
export function networkFault(service: string, method: string, cause: unknown): Fault {
  if (cause instanceof ProxyError)
    return new Fault('backend.unreachable', { service, text: wordsOfProxy(cause) }, { cause });
  const { code = '', name = '' } = cause as { code?: string; name?: string };
  // undici's, and Node.js's client's
  if (name === 'HTTPParserError' || code.startsWith('HPE_'))
    return new Fault('backend.answer', { service, text: 'it is not HTTP' }, { cause });
  const text = wordsOf(code);
  if (slow.has(code)) return new Fault('backend.timeout', { service, text }, { cause });
  const lost = method === 'POST' && !isUnsent(code);
  return new Fault(lost ? 'backend.lost' : 'backend.unreachable', { service, text }, { cause });
}
