import { createOpenStackBackend } from '../backends/openstack/index.js';
import { createPowerVcBackend } from '../backends/powervc/index.js';
import { createPowerVsBackend } from '../backends/powervs/index.js';
import { seldom, type Backend, type CertificateFiles, type Ending } from '../model/index.js';
import { BAD_NOTE_MS } from '../services/notes/bad-notes.js';
import type { Settings } from '../settings/index.js';
import type { Simulator } from '../simulator/index.js';
import type { PowerVsSimulator } from '../simulator/powervs/index.js';
import type { Log } from '../telemetry/index.js';
import { callsOf, openStackSettings } from './clouds.js';
import { StartError } from './start-error.js';
import { assertCloudCertificates } from './tls.js';

/** What is behind the gateway: a backend, and the embedded simulator if no real cloud was named. */
export interface Back {
  readonly backend: Backend;
  readonly simulator?: Simulator;
  readonly powerVsSimulator?: PowerVsSimulator;
  /** Applies the cloud's secrets of these settings. */
  useSecrets?(settings: Settings): void;
  /** Files of certificates on the way to the cloud. */
  certificateFiles?(): readonly string[];
  /**
   * Takes what is in the files of certificates now into use, those that these settings name.
   * @throws StartError when they cannot be used; then nothing has changed.
   */
  renewCertificates?(settings: Settings): void;
  close(how: Ending): Promise<void>;
}

/** Loaded on demand: in front of a real cloud they would be a tenth of the start-up time. */
const simulators = () => import('./simulated.js');

const EMBEDDED = { host: '127.0.0.1', port: 0 };

/** The kind of backend that the settings name or imply: the cloud with an address, or else the simulated PowerVC. */
export const kindOf = ({ backend, powervc, powervs }: Settings): NonNullable<Settings['backend']['kind']> =>
  backend.kind ?? (powervc.authUrl !== undefined ? 'powervc' : powervs.crn !== undefined ? 'powervs' : 'simulator');

/** Whether no cloud was named, so that the simulator is used. */
const isSimulated = ({ openstack: { cloud, authUrl } }: Settings): boolean =>
  cloud === undefined && authUrl === undefined;

/** @throws StartError for a file that cannot be read. */
export async function startBack(settings: Settings, log: Log): Promise<Back> {
  const kind = kindOf(settings);
  if (kind === 'powervs') return powerVs(settings, log);
  if (kind === 'openstack') return openStack(settings, log);
  const { proxy } = settings;
  const powervc = { ...settings.powervc, ...callsOf(settings.backend) };
  await assertCloudCertificates('powervc', powervc);
  if (kind === 'powervc' && powervc.authUrl !== undefined) {
    const backend = createPowerVcBackend({ ...powervc, proxy, authUrl: powervc.authUrl });
    return {
      backend,
      ...renewing('powervc', backend, (next) => next.powervc, settings),
      close: (how) => backend.close(how),
    };
  }
  const simulated = await (await simulators()).startSimulated(settings.simulator, EMBEDDED, log);
  const backend = createPowerVcBackend({ ...powervc, authUrl: simulated.simulator.url });
  return { backend, simulator: simulated.simulator, close: (how) => closed(backend, simulated, how) };
}

/** How certificates on the way to the cloud are renewed. `group`: of the settings that name them. */
function renewing(
  group: string,
  backend: Backend,
  filesOf: (settings: Settings) => CertificateFiles,
  settings: Settings,
): Required<Pick<Back, 'certificateFiles' | 'renewCertificates'>> {
  let { caFile, certFile, keyFile } = filesOf(settings);
  return {
    certificateFiles: () => [caFile, certFile, keyFile].filter((file) => file !== undefined),
    renewCertificates(next) {
      const named = filesOf(next);
      try {
        backend.renew(named);
      } catch (error) {
        throw new StartError(`${group}: the certificates for the cloud cannot be used: ${(error as Error).message}`, {
          cause: error,
        });
      }
      ({ caFile, certFile, keyFile } = named);
    },
  };
}

/** The embedded simulator is not reached through a proxy. */
const NO_PROXY = { except: '*' };

/** Login of the simulated cloud. */
const SIMULATED = { project: 'ibm-default', projectDomain: 'Default', userDomain: 'Default' };

async function openStack(settings: Settings, log: Log): Promise<Back> {
  if (isSimulated(settings)) {
    const simulated = await (await simulators()).startSimulatedOpenStack(settings.simulator, EMBEDDED, log);
    const { settings: cloud } = openStackSettings({
      ...settings,
      proxy: NO_PROXY,
      openstack: { ...settings.openstack, ...SIMULATED, authUrl: simulated.simulator.url },
    });
    const backend = createOpenStackBackend(cloud);
    return { backend, simulator: simulated.simulator, close: (how) => closed(backend, simulated, how) };
  }
  const { settings: cloud } = openStackSettings(settings);
  if (Object.keys(cloud.projectsByProfile).length === 0)
    log.error('every login will be refused: no profile has a project', {
      check:
        'openstack.project (OS_PROJECT_NAME) or openstack.projectId (OS_PROJECT_ID), or the same in clouds.yaml, for ' +
        'user@internal; openstack.projectsByProfile for other profiles',
    });
  await assertCloudCertificates('openstack', cloud);
  const backend = createOpenStackBackend(cloud);
  return {
    backend,
    // clouds.yaml may name them
    ...renewing('openstack', backend, (next) => openStackSettings(next).settings, settings),
    close: (how) => backend.close(how),
  };
}

/** Logs that notes of a workspace cannot be read, once in a while. */
function warnOfNotes(log: Log): (resource: string, why: string) => void {
  const given = new Map<string, number>();
  return (resource, why) => {
    seldom(given, `${resource}: ${why}`, BAD_NOTE_MS, () => {
      log.warn('note ignored', { resource, why });
    });
  };
}

async function powerVs(all: Settings, log: Log): Promise<Back> {
  const { backend: calls, proxy, simulator: settings, ...given } = all;
  const powervs = { ...given.powervs, ...callsOf(calls) };
  await assertCloudCertificates('powervs', powervs);
  const { crn } = powervs;
  if (crn !== undefined) {
    // the backend reads them at each login
    const live = { ...powervs, proxy, crn };
    const backend = createPowerVsBackend(live, warnOfNotes(log));
    return {
      backend,
      useSecrets: ({ powervs: { apiKey, password } }) => void Object.assign(live, { apiKey, password }),
      ...renewing('powervs', backend, (next) => next.powervs, all),
      close: (how) => backend.close(how),
    };
  }
  const simulated = await (await simulators()).startSimulatedPowerVs(settings, EMBEDDED, log);
  const { url, crn: simulatedCrn } = simulated.simulator;
  const network = powervs.network ?? [...simulated.simulator.world.networks.keys()][0];
  const simulatedSettings = {
    ...powervs,
    crn: simulatedCrn,
    url,
    iamUrl: url,
    ...(network !== undefined && { network }),
  };
  const backend = createPowerVsBackend(simulatedSettings, warnOfNotes(log));
  return { backend, powerVsSimulator: simulated.simulator, close: (how) => closed(backend, simulated, how) };
}

async function closed(
  backend: Backend,
  simulated: { readonly close: () => Promise<void> } | undefined,
  how: Ending,
): Promise<void> {
  await backend.close(how);
  await simulated?.close();
}
