import { availableParallelism } from 'node:os';
import { StartError, startGateway, type Gateway } from '../gateway.js';
import { kindOf } from '../gateway/back.js';
import { openStackSettings } from '../gateway/clouds.js';
import { within } from '../gateway/listen.js';
import { packageVersion, type Effective, type Settings } from '../settings/index.js';
import { createLog } from '../telemetry/index.js';
import { keepHeapSmall } from './heap.js';
import { announce, CommandError, EXIT, type Io } from './io.js';
import { guardProcess } from './last-resort.js';
import { printed, settingsFor, type Given } from './options.js';
import { Reloader } from './reloading.js';
import { refuseSharedSimulator, refuseSilentSimulator } from './simulated.js';
import { examplesOf, powerVsExamplesOf, welcome } from './welcome.js';
import { asWorker, type Worker } from './workers/worker.js';

/** How long the shutdown waits for the log, and then for abandoned work, milliseconds. */
const LAST_MS = 500;

/** A StartError as the one line that the command prints. */
export function startFailed(error: unknown): never {
  if (error instanceof StartError) throw new CommandError(error.message, EXIT.failed, { cause: error });
  throw error;
}

/** The name of the cloud in front of which a gateway runs, by the kind of backend. */
const CLOUDS: Readonly<Record<ReturnType<typeof kindOf>, (settings: Settings) => string>> = {
  powervc: ({ powervc }) => `PowerVC at ${powervc.authUrl}`,
  openstack: (settings) => `OpenStack at ${openStackSettings(settings).settings.authUrl}`,
  powervs: ({ powervs }) => `the Power Virtual Server workspace ${powervs.crn}`,
  simulator: () => 'a simulated PowerVC',
};

function notice(gateway: Gateway, settings: Settings): string {
  const { cert } = settings.server.tls;
  if (gateway.simulator)
    return welcome(
      gateway.url,
      kindOf(settings) === 'openstack' ? 'OpenStack' : 'PowerVC',
      examplesOf(gateway.simulator),
      cert,
    );
  if (gateway.powerVsSimulator)
    return welcome(gateway.url, 'Power Virtual Server', powerVsExamplesOf(gateway.powerVsSimulator), cert);
  return `The gateway listens on ${gateway.url}/api, in front of ${CLOUDS[kindOf(settings)](settings)}.\n`;
}

/** With the address of the console, where there is one. */
const notices = (gateway: Gateway, settings: Settings): string =>
  notice(gateway, settings) +
  (gateway.consoleUrl === undefined ? '' : `The operator's console is at ${gateway.consoleUrl}\n\n`);

/** The same for machines, which want each line to be JSON. */
function listening(gateway: Gateway, settings: Settings): [string, Record<string, unknown>] {
  const { url, consoleUrl } = gateway;
  const simulated = (gateway.simulator ?? gateway.powerVsSimulator) !== undefined;
  const message = simulated ? 'SIMULATED: no real VMs; the gateway listens' : 'the gateway listens';
  return [
    message,
    { api: `${url}/api`, console: consoleUrl, backend: kindOf(settings), simulated, version: packageVersion },
  ];
}

/** `serve`: runs until it is told to stop. Returns the exit code. */
export async function serve(given: Given, io: Io): Promise<number> {
  const effective = settingsFor('serve', given, io);
  if (given['printConfig'] === true) {
    io.stdout.write(printed(effective));
    return EXIT.ok;
  }
  try {
    refuseSilentSimulator(effective, io.environment);
  } catch (error) {
    return startFailed(error);
  }
  const { settings } = effective;
  const count = settings.server.workers || availableParallelism();
  if (count === 1) return serveHere(effective, given, io);
  refuseSharedSimulator(settings);
  const worker = asWorker(io);
  if (worker) return serveHere(effective, given, worker.io, worker).finally(() => worker.leave());
  return (await import('./workers/primary.js')).supervise(settings, count, io);
}

/** Serves in this process. */
async function serveHere(effective: Effective, given: Given, io: Io, worker?: Worker): Promise<number> {
  keepHeapSmall();
  const { settings } = effective;
  const stopped = { reached: io.untilStopped() };
  const log = createLog(settings.log, io.stdout);
  const gateway = await startGateway(settings, {
    log,
    console: worker?.hasConsole ?? true,
    probe: true,
    ...(worker && { siblings: worker.siblings }),
  }).catch((error: unknown) => {
    if (error instanceof StartError) worker?.failed();
    return startFailed(error);
  });
  let failed = false;
  const unguard = guardProcess({
    onUnforeseen: (kind, error) => gateway.unforeseen(kind, error),
    end() {
      failed = true;
      io.stop('an exception');
    },
  });
  const reloader = new Reloader({
    gateway,
    log,
    environment: io.environment,
    first: effective,
    read: () => settingsFor('serve', given, io),
  });
  io.onHangUp(() => reloader.reload('SIGHUP'));
  const inJson = settings.log.format === 'json';
  if (inJson) log.info(...listening(gateway, settings));
  const notice = inJson ? '' : notices(gateway, settings);
  if (worker) worker.ready(notice);
  else announce(io, notice);
  const reason = await stopped.reached;
  reloader.stop();
  if (reason === 'SIGTERM') await gateway.drain();
  await gateway.close();
  // a blocked reader of the log must not keep the process alive
  await within(log.close(), LAST_MS);
  unguard();
  io.endsWithin(LAST_MS);
  return failed ? EXIT.failed : EXIT.ok;
}
