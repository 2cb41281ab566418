import { afterEach, beforeEach, expect } from 'vitest';
import { createPowerVsBackend, powerVsSettings } from '../src/backends/powervs/index.js';
import { type Backend, type BackendSession } from '../src/model/index.js';
import { startPowerVsSimulator, type PowerVsSimulator } from '../src/simulator/powervs/index.js';

export const NOBODY = '5e000000-0000-4000-8000-0000000000ff';

export let simulator: PowerVsSimulator;

let backend: Backend;

export let session: BackendSession;

export async function first<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  for await (const page of pages) return page;
  return [];
}

/** Starts a simulated Power Virtual Server and logs in, for each test of a file. */
export function usePowerVsSession(): void {
  beforeEach(async () => {
    simulator = await startPowerVsSimulator({ seed: 1, timeScale: 0 });
    backend = createPowerVsBackend(powerVsSettings(simulator.crn, { url: simulator.url, iamUrl: simulator.url }));
    session = await backend.login({ user: 'admin', password: 'powervc', profile: 'internal' });
    simulator.resetCalls();
  });
  afterEach(async () => {
    expect(simulator.breaches).toEqual([]);
    await backend.close();
    await simulator.close();
  });
}
