import { afterEach, beforeEach } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings } from '../src/settings/index.js';
import { powerVsIds as ids, startPowerVsSimulator, type PowerVsSimulator } from '../src/simulator/powervs/index.js';

/** oVirt's clients on Power Virtual Server: what no single exchange of fixtures/exchanges/powervs shows. */
export let simulator: PowerVsSimulator;

export let gateway: Gateway;

const open = (flags: Record<string, string> = {}): Promise<Gateway> =>
  startGateway(
    loadSettings({
      flags: {
        'server.port': '0',
        'backend.kind': 'powervs',
        'powervs.crn': simulator.crn,
        'powervs.url': simulator.url,
        'powervs.iamUrl': simulator.url,
        'operations.pollMs': '1',
        'operations.pollMaxMs': '5',
        'operations.timeoutMs': '5000',
        'log.level': 'silent',
        ...flags,
      },
    }).settings,
  );

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly ignored: string | null;
}

export async function send(
  method: string,
  path: string,
  body?: string,
  {
    password = ids.apiKey,
    headers = {},
    settle = true,
  }: {
    readonly password?: string;
    readonly headers?: Record<string, string>;
    /** Whether the gateway's work is waited for. */
    readonly settle?: boolean;
  } = {},
): Promise<Answered> {
  const response = await fetch(`${gateway.url}/api${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`admin@internal:${password}`).toString('base64')}`,
      ...(body !== undefined && { 'content-type': 'application/xml' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  if (settle) await gateway.settled();
  return { status: response.status, text, ignored: response.headers.get('x-ovirt-ignored') };
}

export const VM = `/vms/${ids.instances.aix}`;

export const sent = (): string[] =>
  simulator.calls
    .filter(({ service, path }) => service === 'pcloud' && !path.endsWith(simulator.crn.split(':')[7]!))
    .map(({ method }) => method);

/** Replaces the gateway, which is closed already. */
export async function replaceBy(other: Promise<Gateway>): Promise<void> {
  gateway = await other;
}
/** The same, by one with these flags. */
export const reopen = (flags: Record<string, string> = {}): Promise<void> => replaceBy(open(flags));

/** Starts a gateway on a simulated Power Virtual Server, for each test of a file. */
export function usePowerVsGateway(): void {
  beforeEach(async () => {
    simulator = await startPowerVsSimulator({ seed: 1, timeScale: 0 });
    gateway = await open();
  });
  afterEach(async () => {
    await gateway.close();
    await simulator.close();
  });
}
