import type { Answer } from '../router.js';
import type { World } from './world.js';

const base64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const refused = (status: number, errorCode: string, errorMessage: string): Answer => ({
  status,
  body: { errorCode, errorMessage, context: { requestId: errorCode } },
});

/**
 * IBM Cloud IAM's one call: an API key for a token (docs/reference/power.md, 3.1). Its errors have a form of their own.
 */
export function issueToken(form: URLSearchParams, world: World): Answer {
  if (form.get('grant_type') !== 'urn:ibm:params:oauth:grant-type:apikey')
    return refused(400, 'BXNIM0106E', 'Unsupported grant_type');
  const key = world.collections.apiKeys.get(form.get('apikey') ?? '');
  if (!key) return refused(400, 'BXNIM0415E', 'Provided API key could not be found.');
  if (key.locked) return refused(403, 'BXNIM0461E', 'The API key is locked.');
  const { tokenSeconds } = world.settings;
  const now = Math.floor(world.clock.now() / 1000);
  const claims = {
    iam_id: key.iam_id,
    id: key.iam_id,
    email: key.email,
    sub: key.email,
    account: { bss: world.tenantID },
    iat: now,
    exp: now + tokenSeconds,
  };
  const token = `${base64({ alg: 'RS256', typ: 'JWT' })}.${base64(claims)}.${base64(world.random.hex(32))}`;
  world.tokens.set(token, { key: key.key, expiresAt: world.clock.now() + tokenSeconds * 1000 });
  return {
    status: 200,
    body: {
      access_token: token,
      refresh_token: 'not_supported',
      token_type: 'Bearer',
      expires_in: tokenSeconds,
      expiration: now + tokenSeconds,
      scope: 'ibm openid',
    },
  };
}
