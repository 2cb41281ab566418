import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aVm, startFake, VM_ID, type Gateway } from './ovirt-fake.js';

/** Consoles through a backend that has them; PowerVC has not. docs/reference/ovirt.md, sections 10 and 11. */
const OPENED = { protocol: 'vnc', url: 'https://console.example.com/?token=abc', token: 'abc' };
let gateway: Gateway;
beforeEach(async () => {
  gateway = await startFake();
  gateway.world.vms = [{ ...aVm, status: 'up', powerState: 'running' }];
  gateway.world.override.set('vms.console', async () => OPENED);
});
afterEach(() => gateway.close());

const post = (rel: string, body: string) => gateway.send('POST', `/api/vms/${VM_ID}/${rel}`, body);
const noted = (): Record<string, string | null> =>
  Object.assign({}, ...gateway.world.notes) as Record<string, string | null>;

describe('ticket', () => {
  it('the server makes the value; the default expiry is 7200 s; the answer echoes both', async () => {
    const answer = await post('ticket', '<action/>');
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/<ticket>\s*<value>abc<\/value>\s*<expiry>7200<\/expiry>\s*<\/ticket>/);
  });
  it('keeps the expiry that was asked for, and reports a value that cannot be', async () => {
    const answer = await post('ticket', '<action><ticket><value>secret</value><expiry>120</expiry></ticket></action>');
    expect(answer.text).toMatch(/<value>abc<\/value>\s*<expiry>120<\/expiry>/);
    expect(answer.headers.get('x-ovirt-ignored')).toBe('action.ticket.value');
  });
  it('is noted as a session until it ends; those that have ended are forgotten', async () => {
    gateway.world.vms = [
      {
        ...gateway.world.vms[0]!,
        notes: { 'session.old': JSON.stringify({ validUntil: '2020-01-01T00:00:00.000Z' }) },
      },
    ];
    await post('ticket', '<action><ticket><expiry>60</expiry></ticket></action>');
    const notes = noted();
    expect(notes['session.old']).toBeNull();
    const [key, text] = Object.entries(notes).find(([name, value]) => name.startsWith('session.') && value !== null)!;
    const session = JSON.parse(text!) as { validUntil: string; protocol: string; user: { name: string } };
    expect([session.protocol, session.user.name]).toEqual(['vnc', 'admin']);
    expect(Date.parse(session.validUntil) - Date.now()).toBeGreaterThan(50_000);
    expect(Date.parse(session.validUntil) - Date.now()).toBeLessThanOrEqual(60_000);

    gateway.world.vms = [{ ...gateway.world.vms[0]!, notes: { [key]: text! } }];
    const shown = (await gateway.send('GET', `/api/vms/${VM_ID}/sessions`)).text;
    expect(shown).toContain(`id="${key.slice('session.'.length)}"`);
    // The parts of example 15.45: who, of which domain, from where
    expect(shown).toContain('<ip address="127.0.0.1"/>');
    expect(shown).toMatch(/<user [^>]*>\s*<domain [^>]*id="[0-9a-f-]{36}">\s*<name>Default<\/name>/);
    expect(shown).toMatch(/<user_name>admin<\/user_name>[\s\S]*<console_user>true<\/console_user>/);
  });
  it('of a VM that is down is refused', async () => {
    gateway.world.vms = [aVm];
    const answer = await post('ticket', '<action/>');
    expect([answer.status, answer.text]).toEqual([
      409,
      expect.stringContaining('[Cannot set Virtual Machine Ticket because the VM is in Down status.]'),
    ]);
  });
});

describe('graphicsconsoles', () => {
  it('lists the display under the hexadecimal of its protocol', async () => {
    expect((await gateway.send('GET', `/api/vms/${VM_ID}/graphicsconsoles;current`)).text).toMatch(
      /<graphics_console href="[^"]*\/766e63" id="766e63">[\s\S]*<protocol>vnc<\/protocol>/,
    );
    gateway.world.vms = [{ ...gateway.world.vms[0]!, displayType: 'spice' }];
    expect((await gateway.send('GET', `/api/vms/${VM_ID}/graphicsconsoles/7370696365`)).status).toBe(200);
    expect((await gateway.send('GET', `/api/vms/${VM_ID}/graphicsconsoles/766e63`)).status).toBe(404);
  });
  it('gives a proxy ticket', async () => {
    const answer = await post('graphicsconsoles/766e63/proxyticket', '<action/>');
    expect([answer.status, answer.text]).toEqual([200, expect.stringMatching(/<proxy_ticket>\s*<value>abc<\/value>/)]);
  });
});

describe('cancelmigration', () => {
  it('ends one that is under way', async () => {
    const cancelled: string[] = [];
    gateway.world.vms = [{ ...gateway.world.vms[0]!, status: 'migrating' }];
    gateway.world.override.set('vms.cancelMigration', async (id: string) => {
      cancelled.push(id);
    });
    expect((await post('cancelmigration', '<action/>')).status).toBe(200);
    expect(cancelled).toEqual([VM_ID]);
  });
});

describe("migrate respects the VM's affinity", () => {
  it.each([
    ['pinned', '<force>true</force>', 409, 'VM is pinned to Host.'],
    ['user_migratable', '', 409, 'did not specify the force-migration flag'],
    ['user_migratable', '<force>true</force>', 200, 'complete'],
    ['migratable', '', 200, 'complete'],
  ] as const)('%s %s: %d', async (affinity, inner, status, text) => {
    gateway.world.vms = [{ ...gateway.world.vms[0]!, affinity }];
    gateway.world.override.set('vms.migrate', async () => undefined);
    const answer = await post('migrate', `<action>${inner}</action>`);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
  });
});
