import { openStackSettings } from '../../src/gateway/clouds.js';
import { loadSettings } from '../../src/settings/index.js';
import type { Login } from './rest.js';

/**
 * The cloud to test against, from OS_… or clouds.yaml, as OpenStack's clients take it; the user has to be an
 * administrator.
 */
export function cloudLogin(): Login | undefined {
  const { OS_CLOUD: cloud, OS_AUTH_URL: url } = process.env;
  if (cloud === undefined && url === undefined) return undefined;
  const { settings, login } = openStackSettings(
    loadSettings({ environment: process.env, flags: { 'backend.kind': 'openstack' } }).settings,
  );
  const within = settings.projectsByProfile['internal'];
  const { userDomain } = settings;
  if (!login || !within || 'id' in within || typeof within.domain !== 'string' || typeof userDomain !== 'string')
    throw new Error(
      'OS_USERNAME, OS_PASSWORD and OS_PROJECT_NAME (or their like in clouds.yaml) have to be given, domains by name',
    );
  return {
    authUrl: settings.authUrl,
    ...login,
    userDomain,
    project: within.project,
    projectDomain: within.domain,
  };
}

/**
 * Flags of a gateway in front of the cloud. Bounds are for hangs: a slow machine, with the cloud on it, fails no test.
 */
export const CLOUD_FLAGS: Readonly<Record<string, string>> = {
  'server.port': '0',
  'server.deadlineMs': '240000',
  'backend.kind': 'openstack',
  'log.level': 'silent',
  // fetch may send on a connection at the moment at which the gateway closes it as idle, and does not send again
  'server.keepAliveMs': '600000',
  'operations.pollMs': '200',
  'operations.pollMaxMs': '1000',
  'operations.timeoutMs': '240000',
};

/** Said where a test does not run. */
export const noCloud = 'no cloud is given: set OS_CLOUD, or OS_AUTH_URL, OS_USERNAME, OS_PASSWORD and OS_PROJECT_NAME';
