import { kindOf } from '../gateway/back.js';
import type { Effective, Settings } from '../settings/index.js';
import { CommandError, EXIT } from './io.js';

/** Variables by which OpenStack's own clients are told of a cloud. */
const CLOUD_VARIABLES = ['OS_CLOUD', 'OS_AUTH_URL'] as const;

const WHAT_TO_SET = `Set one of:
  backend.kind=powervc and powervc.authUrl    (--powervc https://powervc.example.com:5000/v3)
  backend.kind=openstack and openstack.cloud  (--backend openstack, with OS_CLOUD or OS_AUTH_URL)
  backend.kind=powervs and powervs.crn
  backend.kind=simulator                      (--backend simulator) to serve simulated VMs on purpose`;

/** Whether these settings put a simulator behind the gateway although they do not say simulator. */
function isSilent(settings: Settings, chosen: boolean): boolean {
  const { openstack, powervs } = settings;
  switch (kindOf(settings)) {
    case 'simulator':
      return !chosen;
    case 'openstack':
      return openstack.cloud === undefined && openstack.authUrl === undefined;
    case 'powervs':
      return powervs.crn === undefined;
    default:
      return false;
  }
}

/**
 * A simulated cloud is never served in place of a real one that somebody meant: not in production, and not where the
 * environment names a cloud, unless the settings ask for the simulator by name.
 * @throws CommandError that says what to set.
 */
export function refuseSilentSimulator(
  { settings, origins }: Effective,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const chosen = origins.has('backend.kind');
  if (!isSilent(settings, chosen)) return;
  const named = chosen ? undefined : CLOUD_VARIABLES.find((name) => (environment[name] ?? '') !== '');
  const why =
    environment['NODE_ENV'] === 'production'
      ? 'no cloud is configured, and NODE_ENV is production'
      : named !== undefined
        ? `${named} names a cloud, but no backend was chosen`
        : undefined;
  if (why !== undefined)
    throw new CommandError(`${why}: the simulator is not started unless asked for.\n${WHAT_TO_SET}`, EXIT.usage);
}

/**
 * Each of several processes would have a simulated cloud of its own.
 * @throws CommandError
 */
export function refuseSharedSimulator(settings: Settings): void {
  if (!isSilent(settings, false)) return;
  throw new CommandError(
    'server.workers is not 1, and each process would have its own simulated cloud: run `simulate`, and point `serve` at it.',
    EXIT.usage,
  );
}
