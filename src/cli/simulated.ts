import { kindOf } from '../gateway/back.js';
import { fileThatNamesClouds } from '../gateway/clouds.js';
import type { Effective, Settings } from '../settings/index.js';
import { CommandError, EXIT } from './io.js';

/** Variables by which OpenStack's own clients find a cloud. */
const CLOUD_VARIABLES = ['OS_CLOUD', 'OS_AUTH_URL'] as const;

const WHAT_TO_SET = `Set one of:
  backend.kind=powervc and powervc.authUrl    (--powervc https://powervc.example.com:5000/v3)
  backend.kind=openstack and openstack.cloud  (--backend openstack, with OS_CLOUD or OS_AUTH_URL)
  backend.kind=powervs and powervs.crn
  backend.kind=simulator                      (--backend simulator) to serve simulated VMs on purpose`;

/** Whether these settings imply a simulator without naming it. */
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
 * Refuses to serve a simulated cloud by accident: in production, and if the environment or a clouds.yaml names a cloud,
 * unless the settings name the simulator.
 * @throws CommandError that says what to set
 * @throws StartError if there is a clouds.yaml that cannot be read
 */
export function refuseSilentSimulator(
  { settings, origins }: Effective,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const chosen = origins.has('backend.kind');
  if (!isSilent(settings, chosen)) return;
  const named = chosen
    ? undefined
    : (CLOUD_VARIABLES.find((name) => (environment[name] ?? '') !== '') ??
      fileThatNamesClouds(settings.openstack, environment['HOME'] ?? ''));
  const why =
    environment['NODE_ENV'] === 'production'
      ? 'no cloud is configured, and NODE_ENV is production'
      : named !== undefined
        ? `${named} names a cloud, but no backend was chosen`
        : undefined;
  if (why !== undefined)
    throw new CommandError(`${why}: the simulator is only started on request.\n${WHAT_TO_SET}`, EXIT.usage);
}

/**
 * Refuses several processes in front of an embedded simulator: each would have its own.
 * @throws CommandError
 */
export function refuseSharedSimulator(settings: Settings): void {
  if (!isSilent(settings, false)) return;
  throw new CommandError(
    'server.workers is not 1, and each process would have its own simulated cloud: run `simulate`, ' +
      'and point `serve` at it.',
    EXIT.usage,
  );
}
