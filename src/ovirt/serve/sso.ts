import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { upTo } from '../../text.js';
import { type Credentials, type Fault, isFault } from '../../model/index.js';
import { announcesBody, readBody } from '../http/body.js';
import { exchangeAt, exchangeOf } from '../declare/exchange.js';
import { credentialsFrom, credentialsOf } from '../http/credentials.js';
import { originOf } from '../http/forwarded.js';
import { asFault, faultHeaders } from './faults.js';
import type { Log } from '../../services/context.js';
import type { Caller } from '../sessions/login-throttle.js';
import type { Entrance } from './enter.js';
import type { OpenSession } from '../sessions/sessions.js';

/** An OAuth error (RFC 6749, 5.2) in the form of engines: docs/reference/v4-wire.md, section 2. */
class OAuthError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    /** Seconds until a retry makes sense. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

interface SsoAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

type Fields = URLSearchParams;
type Service = (fields: Fields, request: Request, caller: Caller) => Promise<SsoAnswer>;

/** Forms are short: a token, a name, a password. Bytes. */
const LONGEST_FORM = 64 * 1024;
const HTTP_GRANT = 'urn:ovirt:params:oauth:grant-type:http';
const SCOPE = 'ovirt-app-api';
const INTERACTIVE = 'the gateway has no login page: request a token with grant_type=password';
const NO_OPENID = 'the gateway issues no OpenID Connect tokens: request one at /ovirt-engine/sso/oauth/token';
/** Endpoints of OpenID Connect that engines have. */
const OPENID = ['token', 'token-info', 'userinfo', 'jwks', 'revoke', 'logout'] as const;
const UNSUPPORTED_GRANT = 'The authorization grant type is not supported by the authorization server.';
const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="RESTAPI"' };

/** The paths of an engine's single sign-on; nothing else is below them. */
export const SSO_PATHS = ['/ovirt-engine/sso', '/ovirt-engine/services/sso-logout'] as const;

/**
 * The single sign-on of engines from 4.0 on: bearer tokens. A token is a sealed session, like a cookie: any replica
 * that knows the secret can read it, and nothing is stored. Kerberos and the interactive login are refused as OAuth
 * errors.
 */
export function createSso({ sessions, throttle }: Pick<Entrance, 'sessions' | 'throttle'>, log: Log): RequestHandler {
  const services: Readonly<Record<string, Service>> = {
    '/ovirt-engine/sso/oauth/token': token,
    '/ovirt-engine/sso/oauth/token-http-auth': token,
    '/ovirt-engine/sso/oauth/token-info': tokenInfo,
    '/ovirt-engine/sso/oauth/revoke': revoke,
    '/ovirt-engine/sso/oauth/authorize': interactive,
    '/ovirt-engine/sso/openid/.well-known/openid-configuration': configuration,
    '/ovirt-engine/sso/openid/authorize': interactive,
    ...Object.fromEntries(OPENID.map((name) => [`/ovirt-engine/sso/openid/${name}`, openId])),
    '/ovirt-engine/services/sso-logout': revoke,
  };

  return async function sso(request, response, next) {
    const path = upTo(request.originalUrl, '?').replace(/\/+$/, '');
    const service = Object.hasOwn(services, path) ? services[path] : undefined;
    if (!service) return next();
    if (request.method !== 'POST' && request.method !== 'GET') {
      const refused = new OAuthError('invalid_request', `The method ${request.method} is not allowed here`, 405);
      return send(response, { ...answerOf(refused), headers: { Allow: 'GET, POST' } });
    }
    try {
      send(response, await service(await fieldsOf(request), request, exchangeOf(response.locals)));
    } catch (error) {
      send(response, answerOf(asOAuthError(error, log, request.method, path)));
    }
  };

  /** At both addresses, as engines do: the VM portal asks at `token` for what others ask at `token-http-auth`. */
  async function token(fields: Fields, request: Request, caller: Caller): Promise<SsoAnswer> {
    const grant = fields.get('grant_type');
    if (grant === HTTP_GRANT) return tokenByHttp(fields, request, caller);
    if (grant === 'authorization_code') throw new OAuthError('unsupported_grant_type', INTERACTIVE);
    if (grant !== 'password') throw new OAuthError('unsupported_grant_type', UNSUPPORTED_GRANT);
    const [login, password] = [required(fields, 'username'), required(fields, 'password')];
    const credentials = credentialsFrom(login, password);
    if (!credentials)
      throw new OAuthError(
        'access_denied',
        `Cannot authenticate user '${cut(login)}': No valid profile found in credentials..`,
      );
    remember(request, credentials);
    return granted(await begin(login, credentials, caller), fields.get('scope') ?? SCOPE);
  }

  /** Records the user name for the request's log. */
  function remember(request: Request, credentials: Credentials): void {
    const exchange = exchangeAt(request.res?.locals ?? {});
    if (exchange) exchange.credentials = credentials;
  }

  /** With the request's Authorization header. A client without one, or with a Kerberos ticket, is asked for Basic. */
  async function tokenByHttp(fields: Fields, request: Request, caller: Caller): Promise<SsoAnswer> {
    const credentials = credentialsOf(request.get('authorization'));
    if (!credentials) {
      const kerberos = /^negotiate/i.test(request.get('authorization') ?? '');
      const text = kerberos
        ? 'The gateway does not accept Kerberos tickets'
        : 'Cannot authenticate user: no credentials';
      return { ...answerOf(new OAuthError('access_denied', text, 401)), headers: CHALLENGE };
    }
    remember(request, credentials);
    try {
      return granted(
        await begin(`${credentials.user}@${credentials.profile}`, credentials, caller),
        fields.get('scope') ?? SCOPE,
      );
    } catch (error) {
      if (!(error instanceof OAuthError) || error.code !== 'access_denied') throw error;
      return { ...answerOf(new OAuthError(error.code, error.message, 401)), headers: CHALLENGE };
    }
  }

  async function tokenInfo(fields: Fields): Promise<SsoAnswer> {
    const open = await sessions.live([required(fields, 'token')], undefined);
    if (!open) throw new OAuthError('invalid_grant', 'The provided access token has expired.');
    const scope = fields.get('scope') ?? SCOPE;
    if (scope.includes('ovirt-ext=token-info:validate')) return { body: {} };
    const { user, profile } = open.sealed;
    const name = `${user}@${profile}`;
    return {
      body: {
        active: true,
        token_type: 'bearer',
        client_id: 'ovirt-engine-core',
        user_id: name,
        user_authz: profile,
        scope,
        exp: expiryOf(open),
        ovirt: {
          version: '0',
          principal_id: name,
          email: null,
          namespace: '*',
          first_name: user,
          last_name: '',
          group_ids: [],
          capability_credentials_change: false,
        },
      },
    };
  }

  /** An invalid or expired token counts as revoked (RFC 7009, 2.2). */
  async function revoke(fields: Fields): Promise<SsoAnswer> {
    const open = await sessions.find([required(fields, 'token')], undefined);
    if (open) await sessions.end(open);
    return { body: {} };
  }

  async function interactive(): Promise<SsoAnswer> {
    throw new OAuthError('unsupported_response_type', INTERACTIVE);
  }

  /** What there is of an engine's endpoints, under the names of RFC 8414; those of OpenID Connect are absent. */
  async function configuration(_fields: Fields, request: Request): Promise<SsoAnswer> {
    const at = `${originOf(request)}/ovirt-engine`;
    return {
      body: {
        issuer: originOf(request),
        token_endpoint: `${at}/sso/oauth/token`,
        introspection_endpoint: `${at}/sso/oauth/token-info`,
        revocation_endpoint: `${at}/sso/oauth/revoke`,
        scopes_supported: [SCOPE],
        response_types_supported: [],
        grant_types_supported: ['password', HTTP_GRANT],
        token_endpoint_auth_methods_supported: ['none'],
      },
    };
  }

  async function openId(): Promise<SsoAnswer> {
    throw new OAuthError('invalid_request', NO_OPENID);
  }

  async function begin(
    login: string,
    credentials: NonNullable<ReturnType<typeof credentialsOf>>,
    caller: Caller,
  ): Promise<OpenSession> {
    try {
      const unused = { minutes: undefined, csrf: false };
      return await throttle.admit(credentials, caller, () => sessions.begin(credentials, unused));
    } catch (error) {
      if (!isFault(error, 'backend.login') && !isFault(error, 'auth.refused')) throw error;
      throw new OAuthError(
        'access_denied',
        `Cannot authenticate user '${cut(login)}': The user name or password is incorrect..`,
      );
    }
  }
}

/** Order and names as an engine's; `exp` is a text of epoch milliseconds. */
const granted = (open: OpenSession, scope: string): SsoAnswer => ({
  body: { access_token: open.token, scope, exp: expiryOf(open), token_type: 'bearer' },
});

/** When an unused token ends; sooner if its login ends, which only the password can renew. */
function expiryOf({ usedAt, sealed, session }: OpenSession): string {
  const ends = usedAt + sealed.minutes * 60_000;
  return String(Math.floor(Math.min(ends, session.expiresAt)));
}

const cut = (text: string): string => text.slice(0, 200);

const answerOf = ({ code, message, status, retryAfter }: OAuthError): SsoAnswer => ({
  status,
  ...(retryAfter !== undefined && { headers: { 'Retry-After': String(retryAfter) } }),
  body: { error_code: code, error: message },
});

function required(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (value === null || value === '') throw new OAuthError('invalid_request', `Missing parameter: '${name}'`);
  return value;
}

/** The parameters of the URL and of the form; the URL's win, as in a servlet. */
async function fieldsOf(request: Request): Promise<Fields> {
  const query = request.originalUrl.slice(upTo(request.originalUrl, '?').length);
  const fields = new URLSearchParams(query);
  if (request.method === 'POST' && announcesBody(request)) {
    const body = await readBody(request as IncomingMessage, LONGEST_FORM);
    for (const [name, value] of new URLSearchParams(body.toString('utf8'))) fields.append(name, value);
  }
  return fields;
}

function asOAuthError(error: unknown, log: Log, method: string, path: string): OAuthError {
  if (error instanceof OAuthError) return error;
  const fault: Fault = asFault(error, log, { method, path });
  const { status, detail } = fault;
  const code = status === 503 ? 'temporarily_unavailable' : status >= 500 ? 'server_error' : 'invalid_request';
  const seconds = Number(faultHeaders(fault, '')['Retry-After']);
  return new OAuthError(code, detail, status, Number.isNaN(seconds) ? undefined : seconds);
}

function send(response: Response, { status = 200, headers, body }: SsoAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    // RFC 6749, 5.1
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(text);
}
