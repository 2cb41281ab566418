import {
  belowEndpoint,
  sendExchange,
  type Exchange,
  type ExchangeCall,
  type ExchangeIgnored,
  type ExchangeRequest,
} from '../exchanges/index.js';
import type { Settings } from '../settings/index.js';
import type { Log } from '../telemetry/index.js';

/**
 * Whatever the operator's settings are, the scratch gateway is alone: a free port, a simulator without delays, no files
 * written.
 */
function scratchSettings(settings: Settings): Settings {
  const { key: _key, cert: _cert, passphrase: _passphrase, ...tls } = settings.server.tls;
  const { state: _state, ...simulator } = settings.simulator;
  const { kind, ...calls } = settings.backend;
  const { cloud: _cloud, authUrl: _url, ...openstack } = settings.openstack;
  const { crn: _crn, apiKey: _apiKey, password: _password, ...powervs } = settings.powervs;
  return {
    ...settings,
    server: { ...settings.server, tls, host: '127.0.0.1', port: 0 },
    backend: { ...calls, kind: kind === 'powervs' || kind === 'openstack' ? kind : 'simulator' },
    powervs,
    openstack,
    traces: { exporter: 'none' },
    operations: { ...settings.operations, pollMs: 1, pollMaxMs: 20 },
    simulator: { ...simulator, timeScale: 0 },
  };
}

/** A gateway as it is started for one request. */
export type Start = (
  settings: Settings,
  options: {
    readonly log: Log;
    readonly onBackendCall: (call: ExchangeCall) => void;
    readonly onRequest: (record: { readonly ignored: readonly ExchangeIgnored[] }) => void;
  },
) => Promise<{ readonly port: number; settled(): Promise<void>; close(): Promise<void> }>;

/**
 * Carries out one request on a gateway and a simulator of its own, inside this process, and returns the calls, the
 * answer, and what had no effect, with the reasons. Nothing leaves the machine.
 * @throws StartError
 */
export async function tryOut(start: Start, settings: Settings, request: ExchangeRequest, log: Log): Promise<Exchange> {
  const calls: ExchangeCall[] = [];
  const ignored: ExchangeIgnored[] = [];
  const gateway = await start(scratchSettings(settings), {
    log,
    onBackendCall: ({ service, method, path, body, status }) => {
      calls.push({ service, method, path: belowEndpoint(path), ...(body === undefined ? {} : { body }), status });
    },
    onRequest: (record) => {
      ignored.push(...record.ignored.map(({ path, why }) => ({ path, why })));
    },
  });
  try {
    const answer = await sendExchange(gateway.port, request);
    await gateway.settled();
    return { notes: [], request, calls, answer, ignored };
  } finally {
    await gateway.close();
  }
}
