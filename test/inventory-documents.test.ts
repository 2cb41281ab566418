import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultIds, type CloudKind } from '../src/simulator/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/**
 * What clients read of templates, instance types, hosts, clusters and storage domains, as far as the cloud tells it.
 */
describe.each<CloudKind>(['powervc', 'openstack'])('on %s', (cloud) => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startTestbed({ cloud });
  });
  afterAll(() => testbed.close());

  async function ask(path: string, init: { readonly method?: string; readonly body?: string } = {}, entry = '/api') {
    const answer = await fetch(`${testbed.gateways[0]!.url}${entry}${path}`, {
      ...init,
      headers: {
        authorization: `Basic ${btoa('admin@internal:powervc')}`,
        accept: 'application/xml',
        ...(init.body !== undefined && { 'content-type': 'application/xml' }),
      },
    });
    return { status: answer.status, text: await answer.text() };
  }

  test('a VM of an instance type has its size, and names it', async () => {
    const { text: types } = await ask('/instancetypes');
    const [, id, name] = /<instance_type href="[^"]*" id="([^"]*)">\s*<name>([^<]*)/.exec(types) ?? [];
    const [, memory] = /<memory>(\d+)/.exec(types) ?? [];
    const body = `<vm><name>typed</name><cluster><name>Default Group</name></cluster><template id="${defaultIds.images.rhel}"/><instance_type><name>${name}</name></instance_type></vm>`;
    const created = await ask('/vms', { method: 'POST', body });
    expect(created.status, created.text).toBe(202);
    expect(created.text).toContain(`<memory>${memory}</memory>`);
    expect(created.text).toContain(`<instance_type href="/api/instancetypes/${id}" id="${id}"/>`);
    const unknown = await ask('/vms', {
      method: 'POST',
      body: body.replace(`<name>${name}</name></inst`, '<name>no</name></inst').replace('typed', 'other'),
    });
    expect([unknown.status, /<detail>([^<]*)/.exec(unknown.text)?.[1]]).toEqual([
      404,
      'Entity not found: InstanceType: name=no',
    ]);
  });

  test('a whole document that comes back with its instance type changes nothing; another type changes the size', async () => {
    const { text: list } = await ask('/vms?search=name%3Dtyped');
    const [, id] = /<vm href="[^"]*" id="([^"]*)"/.exec(list) ?? [];
    await testbed.gateways[0]!.settled();
    const before = (await ask(`/vms/${id}`)).text;
    testbed.simulator.resetCalls();
    expect((await ask(`/vms/${id}`, { method: 'PUT', body: before })).status).toBe(200);
    expect(
      testbed.simulator.calls
        .filter(({ method }) => !['GET', 'HEAD'].includes(method))
        .map(({ path, body }) => [path, body]),
    ).toEqual([]);
    const { text: types } = await ask('/instancetypes');
    const all = [...types.matchAll(/<instance_type href="[^"]*" id="([^"]*)">[^]*?<memory>(\d+)/g)];
    const now = /<memory>(\d+)/.exec(before)?.[1];
    const [, other, memory] = all.find(([, , size]) => size !== now) ?? [];
    const changed = await ask(`/vms/${id}`, {
      method: 'PUT',
      body: before.replace(/<instance_type [^>]*>/, `<instance_type id="${other}"/>`),
    });
    expect(changed.text).toContain(`<memory>${memory}</memory>`);
  });

  test('hosts report their hardware, clusters their processors and policies', async () => {
    const { text: hosts } = await ask('/hosts');
    for (const reported of [
      /<product_name>9009-42A<\/product_name>/,
      /<serial_number>78ABC01<\/serial_number>/,
      /<os type="phyp">/,
      /<speed>\d+<\/speed>/,
      /<port>54321<\/port>/,
    ])
      expect(hosts).toMatch(reported);
    const { text: clusters } = await ask('/clusters');
    expect(clusters).toMatch(/<cpu id="IBM POWER\d+">/);
    expect(clusters).toMatch(/<on_error>/);
    expect(clusters).toMatch(/<scheduling_policy>/);
  });

  test('domains of images report the size of the images, and exist when Glance is down', async () => {
    const used = async (): Promise<(string | undefined)[]> => {
      const { status, text } = await ask('/storagedomains');
      expect(status).toBe(200);
      return ['ISO', 'Export'].map(
        (name) => new RegExp(`<name>${name}</name>[^]*?(<used>\\d+|</storage_domain>)`).exec(text)?.[1],
      );
    };
    expect(await used()).toEqual([expect.stringMatching(/<used>[1-9]/), expect.stringMatching(/<used>\d/)]);
    const back = testbed.simulator.addFault({ service: 'image', then: { status: 503 } });
    expect(await used()).toEqual(['</storage_domain>', '</storage_domain>']);
    back();
  });

  test.runIf(cloud === 'powervc')("a template's disks tell where they are", async () => {
    const { text } = await ask(`/templates/${defaultIds.images.rhel}/disks`);
    expect(text).toMatch(/<storage_domain href="[^"]*" id="[^"]+"\/>/);
  });

  test("a template's disk is found by its id, and no change of it is accepted", async () => {
    const { text: disks } = await ask(`/templates/${defaultIds.images.rhel}/disks`);
    const id = /<disk href="[^"]*" id="([^"]*)"/.exec(disks)?.[1];
    expect((await ask(`/disks/${id}`)).status).toBe(200);
    const domains = (await ask('/storagedomains')).text.matchAll(/<storage_domain href="[^"]*" id="([^"]*)"/g);
    const other = [...domains][1]?.[1];
    for (const entry of ['/api', '/ovirt-engine/api/v4'])
      for (const [path, init, detail] of [
        ['', { method: 'DELETE' }, /Cannot remove Virtual.* The image is the only remaining copy of a Template disk\./],
        [
          '/move',
          { method: 'POST', body: `<action><storage_domain id="${other}"/></action>` },
          /Cannot move Virtual.* It is the disk of a template/,
        ],
      ] as const) {
        const answer = await ask(`/disks/${id}${path}`, init, entry);
        expect([answer.status, answer.text]).toEqual([409, expect.stringMatching(detail)]);
      }
    const edit = await ask(
      `/disks/${id}`,
      { method: 'PUT', body: '<disk><name>mine</name></disk>' },
      '/ovirt-engine/api/v4',
    );
    expect([edit.status, edit.text]).toEqual([409, expect.stringContaining('Cannot edit Virtual')]);
    expect((await ask('/disks/no', { method: 'DELETE' })).status).toBe(404);
  });
});
