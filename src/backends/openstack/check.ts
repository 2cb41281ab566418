import { Fault, isFault, WaitingClient } from '../../model/index.js';
import { send } from './calls.js';
import type { Login } from './keystone/keystone.js';
import type { OpenStackSettings } from './settings.js';
import type { Transport } from '../http/messages.js';
import { openStack } from './wire.js';

/** How long a request waits for this check, milliseconds. */
const PATIENCE_MS = 2000;

/**
 * Whether Keystone still accepts a token, checked with the token itself (the rule `token_subject` allows that). True if
 * Keystone does not answer or refuses to say: the services decide anyway.
 */
export async function isTaken(
  transport: Transport,
  { authUrl }: Pick<OpenStackSettings, 'authUrl'>,
  { token }: Login,
): Promise<boolean> {
  const headers = { 'x-auth-token': token, 'x-subject-token': token };
  const requester = new WaitingClient();
  const late = setTimeout(
    () =>
      requester.leave(
        new Fault('backend.timeout', { service: 'Keystone', text: `no answer within ${PATIENCE_MS} ms` }),
      ),
    PATIENCE_MS,
  );
  try {
    const { status } = await send(
      transport,
      new URL(authUrl),
      openStack,
      'keystone.tokens.check',
      { headers },
      { requester },
    );
    return status !== 401 && status !== 404;
  } catch (error) {
    if (!isFault(error)) throw error;
    return true;
  } finally {
    clearTimeout(late);
  }
}
