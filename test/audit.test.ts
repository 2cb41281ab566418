import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway, type Gateway } from '../src/gateway.js';
import { loadSettings, type Settings } from '../src/settings/index.js';
import { startSimulator, type Simulator } from '../src/simulator/index.js';
import { AuditTrail, type AuditSink } from '../src/telemetry/audit.js';
import { quick, silent } from './support/testbed.js';

interface Event {
  readonly id: string;
  readonly action: string;
  readonly outcome: string;
  readonly reason?: { readonly reasonCode: string; readonly policyId?: string };
  readonly initiator: {
    readonly name: string;
    readonly id: string;
    readonly host?: { address: string; agent: string };
  };
  readonly target: { readonly typeURI: string; readonly id: string };
  readonly attachments: { readonly name: string; readonly content: string }[];
}

let folder: string;
let simulator: Simulator;
let gateway: Gateway;
let settings: Settings;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  simulator = await startSimulator({ timeScale: 0, seed: 1 });
});
afterEach(async () => {
  await gateway.close();
  await simulator.close();
  rmSync(folder, { recursive: true });
});

async function start(...sets: string[]): Promise<void> {
  ({ settings } = loadSettings({
    sets: [...quick, `powervc.authUrl=${simulator.url}`, `audit.file=${join(folder, 'audit.log')}`, ...sets],
  }));
  gateway = await startGateway(settings, { log: silent(settings.log) });
}

const events = (name = 'audit.log'): Event[] =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Event);

const as = (login: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(login).toString('base64')}`,
  accept: 'application/json',
  'content-type': 'application/xml',
  'user-agent': 'tester/1.0',
});
const admin = as('admin@internal:powervc');
const ask = (path: string, method = 'GET', body?: string, headers = admin): Promise<Response> =>
  fetch(gateway.url + path, { method, headers, ...(body !== undefined && { body }) });

describe('the audit', () => {
  it('records who did what to which object, from where, with which outcome and ids, and how work ended', async () => {
    await start();
    const { vm } = (await (await ask('/api/vms')).json()) as { vm: { id: string }[] };
    const id = vm[0]?.id ?? '';
    const created = (await (
      await ask(`/api/vms/${id}/disks`, 'POST', '<disk><provisioned_size>1073741824</provisioned_size></disk>')
    ).json()) as { id: string };
    await gateway.settled();
    await ask(`/api/vms/${id}`, 'DELETE', '<action><force>x</force></action>');
    await ask('/api/vms', 'GET', undefined, as('eve@internal:guess'));
    await fetch(`${gateway.url}/ovirt-engine/sso/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', username: 'eve@internal', password: 'hunter2' }),
    });
    await gateway.close();
    const reported = events();
    expect(reported[0]).toMatchObject({
      typeURI: 'http://schemas.dmtf.org/cloud/audit/1.0/event',
      eventType: 'activity',
      action: 'create',
      outcome: 'pending',
      reason: { reasonType: 'HTTP', reasonCode: '202' },
      initiator: { name: 'admin@internal', host: { address: '127.0.0.1', agent: 'tester/1.0' } },
      target: { typeURI: 'data/ovirt/disks', id: created.id },
      requestPath: `/api/vms/${id}/disks`,
    });
    const ids = (event: Event | undefined): Record<string, string> =>
      Object.fromEntries(event?.attachments.map(({ name, content }) => [name, content]) ?? []);
    expect(ids(reported[0])).toMatchObject({ operation: 'vms.disks.add' });
    expect(reported[1]).toMatchObject({ action: 'create', outcome: 'success', target: { id } });
    expect(ids(reported[1])['jobId']).toBe(ids(reported[0])['jobId']);
    expect(ids(reported[1])['correlationId']).toBe(ids(reported[0])['correlationId']);
    const refused = reported.filter(({ action }) => action === 'authenticate/login');
    expect(refused).toMatchObject([
      { outcome: 'failure', initiator: { name: 'eve@internal' }, reason: { policyId: 'auth.refused' } },
      { outcome: 'failure', initiator: { name: 'eve@internal' } },
    ]);
    expect(JSON.stringify(reported)).not.toMatch(/powervc"|guess|hunter2/);
  });

  it('names the user with the profile of the login, however a request proves it', async () => {
    await start('audit.reads=true', 'powervc.projectsByProfile={"corp":{"domain":"Default","project":"ibm-default"}}');
    const login = await fetch(`${gateway.url}/ovirt-engine/sso/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', username: 'admin@corp', password: 'powervc' }),
    });
    const { access_token: token } = (await login.json()) as { access_token: string };
    await ask('/api/clusters', 'GET', undefined, { authorization: `Bearer ${token}` });
    await ask('/api/clusters', 'GET', undefined, as('admin@corp:powervc'));
    await gateway.close();
    expect(events().map(({ initiator }) => initiator)).toMatchObject(Array(3).fill({ name: 'admin@corp' }));
  });

  it('records reads when configured, and continues in a new file after rotation', async () => {
    await start('audit.reads=true');
    await ask('/api/vms?search=name%3Dx;password=1');
    await ask('/api/clusters');
    // an event is written behind its answer: one that is still on its way would be in the new file
    await expect.poll(() => events().length, { timeout: 60_000 }).toBe(2);
    renameSync(join(folder, 'audit.log'), join(folder, 'audit.log.1'));
    await gateway.reload(settings);
    await ask('/api/hosts');
    await gateway.close();
    expect(events('audit.log.1').map(({ action, target }) => `${action} ${target.typeURI}`)).toEqual([
      'read/list data/ovirt/vms',
      'read/list data/ovirt/clusters',
    ]);
    expect(events().map(({ target }) => target.typeURI)).toEqual(['data/ovirt/hosts']);
  });

  it('misses none of many requests at once', async () => {
    await start('audit.reads=true', 'audit.maxPending=100');
    const answers = await Promise.all(Array.from({ length: 400 }, () => ask('/api/tags')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await gateway.close();
    expect(new Set(events().map(({ id }) => id)).size).toBe(400);
  });
});

it('a file that cannot be written to stops the start', async () => {
  await start();
  await expect(start('audit.file=/nowhere/audit.log')).rejects.toThrow(
    'audit.file: /nowhere/audit.log cannot be written to',
  );
});

it('what cannot be written waits, and nothing more is begun; later it is written, in order', async () => {
  await start();
  let isFull = true;
  let written = '';
  const sink: AuditSink = {
    async write(bytes) {
      if (isFull) throw new Error('no space left');
      const some = bytes.subarray(0, 7);
      written += some.toString();
      return some.length;
    },
    close: async () => undefined,
  };
  const reported: string[] = [];
  const trail = new AuditTrail(sink, 3, { error: (text) => reported.push(text), info: (text) => reported.push(text) });
  for (let number = 0; number < 3; number++) trail.add({ number });
  expect(trail.hasRoom).toBe(false);
  expect(await trail.admit()).toBe(false);
  isFull = false;
  await trail.close();
  expect(written).toBe('{"number":0}\n{"number":1}\n{"number":2}\n');
  expect(reported).toEqual([
    'the audit log cannot be written: requests that must be recorded are waiting',
    'the audit log is written again',
  ]);
});
