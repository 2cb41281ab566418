import type { Server } from 'node:http';
import { startConsole, type RunningConsole } from './gateway/console.js';
import { startCore, type Core } from './gateway/core.js';
import { Lifecycle } from './gateway/lifecycle.js';
import { listen } from './gateway/listen.js';
import { serverOf } from './gateway/server.js';
import type { Gateway, GatewayOptions } from './gateway/types.js';
import type { Settings } from './settings/index.js';

export { StartError } from './gateway/start-error.js';
export type { Gateway, GatewayOptions, Siblings } from './gateway/types.js';

const originOf = (host: string, port: number, isSecure: boolean): string =>
  `${isSecure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

function lifecycleOf(core: Core, server: Server): Lifecycle {
  const { state, settings, options, back, cloud, work, logins, sessionSettings, log } = core;
  const { certificate, transfers, audit, traces } = core;
  return new Lifecycle({
    state,
    settings: settings.server,
    server,
    back,
    cloud,
    work,
    logins,
    sessionSettings,
    log,
    isLogShared: options.log !== undefined,
    ...(certificate && { certificate }),
    ...(transfers && { transfers }),
    ...(audit && { audit }),
    ...(traces && { traces }),
  });
}

/** The console of a gateway that listens; undefined if there is none. */
async function consoleOf(core: Core): Promise<RunningConsole | undefined> {
  const { settings, back, recorder, audit, cloud, work, log, certificate, state } = core;
  if (!recorder) return undefined;
  return startConsole({
    ...back,
    start: startGateway,
    settings,
    recorder,
    cloud,
    work,
    log,
    apiUrl: state.url,
    ...(audit && { onLogin: audit.onLogin }),
    ...(certificate && { certificate }),
  });
}

/** Assembles the layers and listens. @throws StartError if it cannot listen or read a file of the settings */
export async function startGateway(settings: Settings, options: GatewayOptions = {}): Promise<Gateway> {
  const core = await startCore(settings, options);
  const { state, cloud, log } = core;
  const server = serverOf(core);
  const lifecycle = lifecycleOf(core, server);
  const { host, port: setPort } = settings.server;
  const port = await listen(server, host, setPort).catch(async (error: unknown) => {
    await lifecycle.release('orderly');
    throw error;
  });
  state.url = originOf(host, port, core.tls !== undefined);
  state.console = await consoleOf(core);
  core.certificate?.warn(log, settings.server.tls.cert, settings.server.tls.warnDays);
  if (options.probe) cloud.start().catch((error: unknown) => log.error('the cloud is not probed', { error }));
  return facade(core, port, lifecycle);
}

/** What a running gateway offers to its caller. */
function facade({ back, work, metrics, log, state }: Core, port: number, lifecycle: Lifecycle): Gateway {
  const { simulator, powerVsSimulator } = back;
  return {
    url: state.url,
    port,
    ...(state.console ? { consoleUrl: state.console.url } : {}),
    ...(simulator ? { simulator } : {}),
    ...(powerVsSimulator ? { powerVsSimulator } : {}),
    unforeseen(kind, error) {
      metrics.unforeseen(kind);
      log.error(`unexpected ${kind}`, { error });
    },
    drain: () => lifecycle.drain(),
    reload: (next) => lifecycle.reload(next),
    certificateFiles: () => back.certificateFiles?.() ?? [],
    settled: () => work.settled(),
    close: () => lifecycle.close(),
  };
}
