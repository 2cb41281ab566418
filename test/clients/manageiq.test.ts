import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlace, type Place } from './place.js';
import { all, client, curl, hasCurl, header, linkTo, text, xml, type Answer } from './curl.js';

/**
 * ManageIQ and CloudForms, request by request: is it oVirt at all (a probe without a login, whose realm is compared
 * whole), then pages until one is empty, events from the last one on, and actions only by their links
 * (docs/reference/ovirt.md, sections 1, 3, 5, 6 and 7).
 */
describe.skipIf(!hasCurl)('ManageIQ', () => {
  let at: Place;
  let url: string;
  let ask: (...args: string[]) => Promise<Answer>;
  beforeAll(async () => {
    at = await startPlace();
    url = at.gateway.url;
    ask = client('-u', at.login, ...header('Accept', 'application/xml'));
  });
  afterAll(() => at?.close());

  it.each([
    ['/ovirt-engine/api', 'RESTAPI'],
    ['/api', 'ENGINE'],
  ])('probes %s: the realm and nothing else', async (path, realm) => {
    const { status, headers } = await curl(`${url}${path}`);
    expect([status, headers.get('www-authenticate')]).toEqual([401, `Basic realm="${realm}"`]);
    expect(headers.get('www-authenticate')).toMatch(/^Basic realm="?(RESTAPI|ENGINE)"?$/);
  });

  it("asks for the engine's key, and without TLS gets no page", async () => {
    const { status, body } = await curl(
      `${url}/ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY`,
    );
    expect(status).toBe(404);
    expect(body).not.toContain('<html');
  });

  it('reads pages of names until one is empty', async () => {
    const names: (string | undefined)[] = [];
    for (let page = 1; ; page++) {
      const { status, body } = await ask(
        `${url}/api/vms;max=2?search=${encodeURIComponent(`sortby name asc page ${page}`)}`,
      );
      expect(status).toBe(200);
      const found = all(body, 'vms/vm');
      if (found.length === 0) break;
      names.push(...found.map((vm) => text(vm, 'vm/name')));
    }
    expect(names).toEqual(['aix73-db01', 'ibmi75-erp01', 'rhel94-app01', 'sles15-hana01', 'ubuntu2204-web01']);
  });

  it.each(['datacenters', 'clusters', 'hosts', 'storagedomains', 'networks', 'templates'])(
    'takes the inventory of %s by the link in the root document',
    async (rel) => {
      const root = await ask(`${url}/api`);
      const { status, body } = await ask(url + linkTo(root.body, rel));
      expect(status).toBe(200);
      expect(all(body, 'name').length).toBeGreaterThan(0);
    },
  );

  it('acts by the links of a VM, and sees the event of it from the last one on', async () => {
    const last = Math.max(
      0,
      ...all((await ask(`${url}/api/events`)).body, 'events/event').map((event) => Number(event.attributes.get('id'))),
    );
    const vm = (await ask(`${url}/api/vms?search=name%3Dubuntu2204-web01`)).body;
    const stopped = await ask('-X', 'POST', ...xml('<action/>'), url + linkTo(vm, 'stop'));
    expect([stopped.status, text(stopped.body, 'action/status/state')]).toEqual([200, 'complete']);
    // an engine takes the stop of a VM that is down, and does nothing
    const again = await ask('-X', 'POST', ...xml('<action/>'), url + linkTo(vm, 'stop'));
    expect([again.status, text(again.body, 'action/status/state')]).toEqual([200, 'complete']);
    const since = all((await ask(`${url}/api/events;from=${last}`)).body, 'events/event');
    const id = all(vm, 'vms/vm')[0]!.attributes.get('id');
    expect(since.map((event) => all(event, 'event/vm')[0]?.attributes.get('id'))).toContain(id);
    expect(since.every((event) => Number(event.attributes.get('id')) > last)).toBe(true);
  });
});
