import { Fault, type CallOptions } from '../../model/index.js';
import type { Transport } from '../http/messages.js';
import { accept, send } from './calls.js';
import { messageOf } from './errors.js';

/** An access token, and its owner. */
export interface Token {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly user: { readonly id: string; readonly name: string };
}

/**
 * Exchanges an API key for a token (docs/reference/power.md, 3.1). Throws `auth.refused` for a key that IAM does not
 * accept.
 */
export async function tokenFor(
  transport: Transport,
  iamUrl: string,
  apiKey: string,
  options: CallOptions,
): Promise<Token> {
  const issuedAt = Date.now();
  const incoming = await send(
    transport,
    { address: new URL(iamUrl), workspace: '', headers: {} },
    'iam.token',
    {
      body: { grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey: apiKey },
    },
    options,
  );
  // IAM answers 400 for a key that it does not know, and 401 or 403 for one that is locked.
  if ([400, 401, 403].includes(incoming.status))
    throw new Fault('auth.refused', {}, { cause: new Error(`IBM Cloud IAM: ${messageOf(incoming)}`) });
  const { access_token: token, expires_in: seconds } = accept('iam.token', incoming);
  return { token, issuedAt, expiresAt: issuedAt + seconds * 1000, user: ownerOf(token) };
}

/**
 * The owner in the token's claims, which are not verified, because the token comes from IAM itself. Defaults for a
 * token that is not a JWT.
 */
function ownerOf(token: string): Token['user'] {
  const claims = claimsOf(token);
  const text = (key: string): string | undefined =>
    typeof claims[key] === 'string' && claims[key] !== '' ? claims[key] : undefined;
  const id = text('iam_id') ?? text('id') ?? 'ibm-cloud';
  return { id, name: text('email') ?? text('name') ?? id };
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
