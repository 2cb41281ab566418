import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { exportDomain } from '../src/services/inventory/inventory.js';
import { defaultIds } from '../src/simulator/index.js';
import { loadSettings } from '../src/settings/index.js';
import { plainOpenStack, powerVc, powerVs, settingsAt } from './support/simulated-clouds.js';
import { quick, silent } from './support/testbed.js';

/**
 * A client that waits for what it has asked for may see it whole before the gateway's own next look, and remove it. Its
 * making has succeeded all the same: no job or event says that it failed.
 */
const clouds = [powerVc, plainOpenStack, powerVs].map((cloud) => ({
  kind: cloud.kind,
  start: (manualTime = false) => cloud.start({ timeScale: 0.01, seed: 1, manualTime }),
}));
// The same id on each cloud
const VM = defaultIds.servers.sles;

describe.each(clouds)('on a simulated $kind', ({ kind, start }) => {
  let simulator: Awaited<ReturnType<typeof start>>;
  let gateway: Gateway;
  beforeAll(async () => {
    simulator = await start();
    // Looks rarely
    gateway = await gatewayAt(simulator.url, 'operations.pollMs=400', 'operations.pollMaxMs=400');
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  function gatewayAt(cloud: string, ...sets: readonly string[]): Promise<Gateway> {
    const { settings } = loadSettings({ sets: [...quick, ...sets, ...settingsAt[kind](cloud)] });
    return startGateway(settings, { log: silent(settings.log) });
  }

  async function ask(method: string, path: string, body?: string, at = gateway) {
    const answer = await fetch(`${at.url}/api${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa('admin@internal:powervc')}`,
        ...(body !== undefined && { 'content-type': 'application/xml' }),
      },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  }
  const idIn = (text: string): string => / id="([^"]+)"/.exec(text)![1]!;
  const domain = async (): Promise<string> =>
    /<storage_domain [^>]*id="([^"]+)">(?:(?!<\/storage_domain>)[^])*<type>data</.exec(
      (await ask('GET', '/storagedomains')).text,
    )![1]!;
  const whole = async (path: string, mark: RegExp): Promise<void> => {
    await expect.poll(async () => (await ask('GET', path)).text, { interval: 2, timeout: 10_000 }).toMatch(mark);
  };
  /** Jobs and events that say that something failed, once all jobs have ended. */
  async function failures(): Promise<string[]> {
    await expect.poll(async () => (await ask('GET', '/jobs')).text).not.toContain('STARTED');
    const { text } = await ask('GET', '/jobs');
    const events = (await ask('GET', '/events')).text;
    return [...text.matchAll(/<state>FAILED</g), ...events.matchAll(/Failed to [^<]*/g)].map(([found]) => found);
  }

  const cases = {
    'a disk': async () => ({
      made: await ask(
        'POST',
        '/disks',
        `<disk><alias>new</alias><provisioned_size>1073741824</provisioned_size><format>cow</format>
          <storage_domains><storage_domain id="${await domain()}"/></storage_domains></disk>`,
      ),
      at: (id: string) => `/disks/${id}`,
      mark: /<state>ok</,
    }),
    'a template': async () => ({
      made: await ask('POST', '/templates', `<template><name>new</name><vm id="${VM}"/></template>`),
      at: (id: string) => `/templates/${id}`,
      mark: /<state>ok</,
    }),
    'a snapshot': async () => ({
      made: await ask('POST', `/vms/${VM}/snapshots`, '<snapshot><description>new</description></snapshot>'),
      at: (id: string) => `/vms/${VM}/snapshots/${id}`,
      mark: /<snapshot_status>ok</,
    }),
    'an export': async () => ({
      made: await ask(
        'POST',
        `/vms/${VM}/export;async=true`,
        '<action><storage_domain><name>Export</name></storage_domain></action>',
      ),
      at: () => `/storagedomains/${exportDomain.id}/vms/${VM}`,
      mark: /<state>down</,
    }),
  };

  test.each(Object.keys(cases) as (keyof typeof cases)[])('%s is removed the moment it is whole', async (name) => {
    const { made, at, mark } = await cases[name]();
    expect(made.status, made.text).toBe(202);
    const path = at(idIn(made.text));
    await whole(path, mark);
    const gone = await ask('DELETE', path);
    expect(gone.status, gone.text).toBeLessThan(300);
    expect(await failures()).toEqual([]);
  });

  // Power Virtual Server tells of an image once it is whole
  test.skipIf(kind === 'powervs')('a template that is being made is neither used nor removed', async () => {
    // the capture ends when the test says so
    const held = await start(true);
    const beside = await gatewayAt(held.url);
    const send = (method: string, path: string, body?: string) => ask(method, path, body, beside);
    try {
      const { text } = await send('POST', '/templates', `<template><name>slow</name><vm id="${VM}"/></template>`);
      const path = `/templates/${idIn(text)}`;
      expect((await send('GET', path)).text).toMatch(/<state>locked</);
      const refusal = [409, expect.stringContaining("[Template's Image is locked (temporarily).]")];
      const removed = await send('DELETE', path);
      const used = await send(
        'POST',
        '/vms',
        `<vm><name>v</name><template><name>slow</name></template><cluster><name>Default Group</name></cluster></vm>`,
      );
      expect([removed.status, removed.text]).toEqual(refusal);
      expect([used.status, used.text]).toEqual(refusal);
      // a step of the capture may follow another
      const state = async (): Promise<string> => {
        held.advance(60_000);
        return (await send('GET', path)).text;
      };
      await expect.poll(state, { interval: 2, timeout: 10_000 }).toMatch(/<state>ok</);
      expect((await send('DELETE', path)).status).toBe(200);
    } finally {
      await beside.close();
      await held.close();
    }
  });
});
