import type { Server } from 'node:http';
import { createServer } from '../ovirt/index.js';
import { aboutRoutes } from './about.js';
import { supportedBackends } from './backends.js';
import type { Core } from './core.js';
import { frontRoutes, type FrontRoutes } from './front.js';
import { healthRoutes } from './health.js';
import { observers } from './observers.js';
import { pkiRoutes } from './pki.js';
import { protocolSettingsOf } from './protocol-settings.js';
import { supportRoutes } from './support.js';
import { hstsOf } from './tls.js';

/** The routes that are answered without a login. */
function routesOf({ settings, options, back, isSimulated, cloud, certificate, metrics, state }: Core): FrontRoutes {
  const { backend } = back;
  return new Map([
    ...healthRoutes({
      cloud,
      simulated: isSimulated,
      isDraining: () => state.isDraining,
      isProbed: options.probe === true,
    }),
    ...aboutRoutes(backend.words.cloud, isSimulated, () => state.console?.url),
    ...supportRoutes([
      {
        ...supportedBackends(settings).find(({ name }) => name === backend.name),
        name: backend.name,
        words: backend.words,
        get capabilities() {
          return backend.capabilities;
        },
      },
    ]),
    ...(certificate ? pkiRoutes(certificate) : []),
    ...(settings.metrics.enabled ? [[settings.metrics.path, metrics.text] as const] : []),
  ]);
}

/** The server of the API, which does not listen yet. */
export function serverOf(core: Core): Server {
  const { settings, options, backend, work, log, logins, sessions, sessionSettings, state } = core;
  const { metrics, traces, audit, cloud, recorder, transfers, tls } = core;
  const hooks = observers(log, metrics, { ...(traces && { traces }), ...(audit && { audit }) }, [
    options,
    { onBackendCall: (call) => cloud.saw(call) },
    ...(recorder ? [recorder.hooks] : []),
  ]);
  const server = createServer(
    {
      backend,
      work,
      ...(transfers && { transfers: transfers.transfers }),
      log,
      logins,
      sessions,
      services: settings.operations,
      isDraining: () => state.isDraining,
      hooks,
      settings: protocolSettingsOf(settings, sessionSettings),
    },
    {
      fronts: [...(transfers ? [transfers.front] : []), frontRoutes(routesOf(core))],
      ...(transfers && { streams: transfers.handles }),
      ...(tls ? { tls, headers: hstsOf(settings) } : {}),
    },
  );
  server.keepAliveTimeout = settings.server.keepAliveMs;
  return server;
}
