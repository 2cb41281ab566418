import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { events } from '../../src/generated/model/events.js';
import { versions } from '../../src/ovirt/serve/versions.js';
import { plainInventory } from '../../src/simulator/index.js';
import { CLOUDS, serveV4, startV4, textAt, type Served, type V4 } from './testbed.js';

/** The numbers that clients act on (docs/reference/v4-wire.md, section 8). */
const ACTED_ON = [
  32, 33, 34, 35, 37, 42, 43, 44, 45, 53, 54, 60, 61, 62, 63, 64, 65, 68, 69, 73, 76, 80, 88, 97, 113, 172, 342, 356,
  503, 930, 932, 934, 942, 944, 950, 956, 1114, 1122, 1130, 1152, 1720, 2014, 2016, 2018, 2021, 2042,
];
/** Those that are never written, and why. */
const NEVER: Readonly<Record<number, string>> = {
  42: 'hosts are added in the cloud, which keeps no history of it',
  43: 'and changed there',
  44: 'and removed there',
  76: 'a shutdown stays one: what is not up is awaited or resumed, and then shut down',
  80: 'engines number it and never write it: a disk that is detached is 2018, one that is removed 2014 or 2042',
  942: 'networks are added in the cloud',
  944: 'and removed there',
  1114: 'and changed there',
  950: 'the project is the data center',
  956: 'storage domains are those of the cloud',
  1122: 'a network has the one profile',
  1130: 'nothing removes a VM by itself',
  1720: 'nothing removes a VM by itself',
};

describe('the table of events', () => {
  const all = [...Object.values(events.operations), ...Object.values(events.nova)].flatMap((outcomes) =>
    Object.values(outcomes as object).flatMap((one: unknown) =>
      typeof one === 'object' && one !== null && 'code' in one ? [one as { code: number; text: string }] : [],
    ),
  );

  it('has each number that clients act on, but those that never happen', () => {
    const codes = new Set(all.map(({ code }) => code));
    expect(ACTED_ON.filter((code) => !codes.has(code))).toEqual(Object.keys(NEVER).map(Number));
    expect(codes).not.toContain(9999);
  });

  it('is of operations that there are, and of each that changes something engines have an event for', () => {
    const changing = versions.flatMap(({ operations }) =>
      operations.filter(
        ({ kind, support }) => ['add', 'update', 'remove', 'action'].includes(kind) && support !== 'refused',
      ),
    );
    const names = new Set(changing.map(({ name }) => name));
    const cases = ['vms.delete.disks', 'vms.migrate.abort', 'vms.disks.attach', 'vms.disks.detach'];
    const told = [...Object.keys(events.operations), ...Object.keys(events.alike)];
    expect(told.filter((name) => !names.has(name) && !cases.includes(name))).toEqual([]);
    expect(Object.values(events.alike).filter((name) => events.operations[name] === undefined)).toEqual([]);
    // transfers have events of their own; engines have no pmem volumes, and log nothing of options, keys and events
    const untold = [...names].filter((name) => !told.includes(name));
    expect(untold.filter((name) => !/^(imagetransfers|events|users\.\w+|(vms\.)?pmemvolumes)\./.test(name))).toEqual(
      [],
    );
  });
});

/** docs/reference/v4-wire.md, section 8: number, severity and text of each event of a VM's day, as an engine has them. */
describe.each(CLOUDS)('the events of a VM’s day: %s', (cloud) => {
  let v4: Served;
  let steps = 0;
  beforeAll(async () => {
    v4 = await serveV4(cloud);
  });
  afterAll(() => v4?.close());

  const first = async (path: string, index = 0): Promise<string> =>
    (await v4.send('GET', path)).xml().children[index]?.attributes.get('id') ?? '';

  /** What is asked for, and what is told of it in the end, oldest first. */
  async function told(method: string, path: string, body: string | undefined, expected: readonly string[]) {
    const id = `day-${(steps += 1)}`;
    const answer = await v4.send(method, path, body, { 'correlation-id': id });
    expect([200, 201, 202], `${method} ${path}: ${answer.text}`).toContain(answer.status);
    await vi.waitFor(
      async () => {
        const list = (await v4.send('GET', `/events?search=correlation_id%3D${id}`)).xml().children;
        expect(
          list
            .map((one) => `${textAt(one, 'code')} ${textAt(one, 'severity')} ${textAt(one, 'description')}`)
            .reverse(),
        ).toEqual(expected);
      },
      { timeout: 10_000, interval: 50 },
    );
    return answer.xml().attributes.get('id') ?? '';
  }
  const settled = (path: string, part: string, value: string): Promise<void> =>
    vi.waitFor(
      async () => {
        expect(textAt((await v4.send('GET', path)).xml(), part)).toBe(value);
      },
      { timeout: 10_000, interval: 50 },
    );
  const WHO = 'admin@internal-authz';
  const hasNotes = cloud !== 'powervs';

  it('has the number, severity and text of each', async () => {
    const [cluster, template] = [await first('/clusters'), await first('/templates', 1)];
    const profile = await first('/vnicprofiles');
    const vm = await told(
      'POST',
      '/vms',
      `<vm><name>day</name><cluster id="${cluster}"/><template id="${template}"/><nics><nic><name>nic1</name><vnic_profile id="${profile}"/></nic></nics></vm>`,
      [`37 normal VM day creation was initiated by ${WHO}.`, '53 normal VM day creation has been completed.'],
    );
    const at = `/vms/${vm}`;
    await settled(at, 'status', 'down');
    await told('PUT', at, '<vm><description>a day</description></vm>', [
      `35 normal VM day configuration was updated by ${WHO}.`,
    ]);

    const disk = await told(
      'POST',
      `${at}/diskattachments`,
      '<disk_attachment><bootable>false</bootable><interface>virtio</interface><disk><name>data</name><format>raw</format><provisioned_size>1073741824</provisioned_size></disk></disk_attachment>',
      [
        `78 normal Add-Disk operation of data was initiated on VM day by ${WHO}.`,
        '97 normal The disk data was successfully added to VM day.',
      ],
    );
    const attached = `${at}/diskattachments/${disk}`;
    await settled(`/disks/${disk}`, 'status', 'ok');
    await told('PUT', attached, '<disk_attachment><disk><name>more</name></disk></disk_attachment>', [
      `88 normal VM day more disk was updated by ${WHO}.`,
    ]);
    await told('PUT', `/disks/${disk}`, '<disk><name>data</name></disk>', [
      `86 normal Disk data was updated by ${WHO}.`,
    ]);
    if (hasNotes) {
      await told('PUT', attached, '<disk_attachment><active>false</active></disk_attachment>', [
        `2002 normal VM day disk data was unplugged by ${WHO}.`,
      ]);
      await told('PUT', attached, '<disk_attachment><active>true</active></disk_attachment>', [
        `2000 normal VM day disk data was plugged by ${WHO}.`,
      ]);
    }

    const nic = await told('POST', `${at}/nics`, `<nic><name>eth7</name><vnic_profile id="${profile}"/></nic>`, [
      `932 normal Interface eth7 was added to VM day. (User: ${WHO})`,
    ]);
    if (hasNotes) {
      await told('PUT', `${at}/nics/${nic}`, '<nic><name>eth8</name></nic>', [
        `934 normal Interface eth8 was updated for VM day. (User: ${WHO})`,
      ]);
      await told('POST', `${at}/nics/${nic}/deactivate`, '<action/>', [
        `1014 normal Network Interface eth8 was unplugged from VM day. (User: ${WHO})`,
      ]);
      await told('POST', `${at}/nics/${nic}/activate`, '<action/>', [
        `1012 normal Network Interface eth8 was plugged to VM day. (User: ${WHO})`,
      ]);
      await told('POST', `${at}/nics/${nic}/deactivate`, '<action/>', [
        `1014 normal Network Interface eth8 was unplugged from VM day. (User: ${WHO})`,
      ]);
    }
    await told('DELETE', `${at}/nics/${nic}`, undefined, [
      `930 normal Interface ${hasNotes ? 'eth8' : 'eth7'} was removed from VM day. (User: ${WHO})`,
    ]);

    const snapshot = await told('POST', `${at}/snapshots`, '<snapshot><description>noon</description></snapshot>', [
      `45 normal Snapshot 'noon' creation for VM 'day' was initiated by ${WHO}.`,
      "68 normal Snapshot 'noon' creation for VM 'day' has been completed.",
    ]);
    await told('DELETE', `${at}/snapshots/${snapshot}`, undefined, [
      `342 normal Snapshot 'noon' deletion for VM 'day' was initiated by ${WHO}.`,
      "356 normal Snapshot 'noon' deletion for VM 'day' has been completed.",
    ]);

    await told('POST', `${at}/start`, '<action/>', [`32 normal VM day was started by ${WHO}.`]);
    await settled(at, 'status', 'up');
    // its end is told when it is seen
    await told('POST', `${at}/shutdown`, '<action/>', [
      `73 normal VM shutdown initiated by ${WHO} on VM day.`,
      '61 normal VM day is down.',
    ]);
    await told('POST', `${at}/start`, '<action/>', [`32 normal VM day was started by ${WHO}.`]);
    await settled(at, 'status', 'up');
    await told('POST', `${at}/stop`, '<action/>', [`33 normal VM day powered off by ${WHO}.`]);
    await settled(at, 'status', 'down');

    await told('DELETE', attached, undefined, [
      `2018 normal Disk data was successfully detached from VM day by ${WHO}.`,
    ]);
    await told(
      'POST',
      `${at}/diskattachments`,
      `<disk_attachment><active>true</active><bootable>false</bootable><interface>virtio</interface><disk id="${disk}"/></disk_attachment>`,
      [`2016 normal Disk data was successfully attached to VM day by ${WHO}.`],
    );
    await told('DELETE', `/disks/${disk}`, undefined, [
      `2042 normal Disk data associated to the VMs day was successfully removed (User ${WHO}).`,
    ]);

    const storage = await first('/storagedomains?search=type%3Ddata');
    const floating = await told(
      'POST',
      '/disks',
      `<disk><name>loose</name><format>raw</format><provisioned_size>1073741824</provisioned_size><storage_domains><storage_domain id="${storage}"/></storage_domains></disk>`,
      [
        `2020 normal Add-Disk operation of 'loose' was initiated by ${WHO}.`,
        "2021 normal The disk 'loose' was successfully added.",
      ],
    );
    await told('DELETE', `/disks/${floating}`, undefined, [
      `2014 normal Disk loose was successfully removed (User ${WHO}).`,
    ]);

    if (hasNotes) {
      await told('POST', '/tags', '<tag><name>t1</name></tag>', [`432 normal New Tag t1 was created by ${WHO}.`]);
      const tag = await told('POST', `${at}/tags`, '<tag><name>t1</name></tag>', [
        `440 normal Tag t1 was attached to VM(s) day by ${WHO}.`,
      ]);
      await told('DELETE', `${at}/tags/${tag}`, undefined, [
        `446 normal Tag t1 was detached from VM(s) day by ${WHO}.`,
      ]);
    }
    if (hasNotes) {
      const made = await told('POST', '/templates', `<template><name>noon</name><vm id="${vm}"/></template>`, [
        `48 normal Creation of Template noon from VM day was initiated by ${WHO}.`,
        '51 normal Creation of Template noon from VM day has been completed.',
      ]);
      await told('DELETE', `/templates/${made}`, undefined, [
        '251 normal Removal of Template noon has been completed.',
      ]);
    }
    if (cloud !== 'openstack')
      await told('POST', `${at}/clone`, '<action><vm><name>copy</name></vm></action>', [
        `37 normal VM copy creation was initiated by ${WHO}.`,
        '53 normal VM copy creation has been completed.',
      ]);
    await told('DELETE', at, undefined, [`113 normal VM day was successfully removed by ${WHO}.`]);
    // nothing of the day had a number that engines lack, and the cloud's own history told none of it twice
    const codes = (await v4.send('GET', '/events')).xml().children.map((one) => textAt(one, 'code'));
    expect(codes).not.toContain('9999');
  });
});

/** Work that does not end well, and what is answered once it has begun: its end is told when it is seen. */
describe('the end of work that the answer does not wait for', () => {
  let v4: V4;
  beforeAll(async () => {
    v4 = await startV4('openstack', [], { inventory: plainInventory });
  });
  afterAll(() => v4?.close());

  const told = async (id: string): Promise<string[]> =>
    (await v4.send('GET', `/events?search=correlation_id%3D${id}`))
      .xml()
      .children.map((one) => `${textAt(one, 'code')} ${textAt(one, 'severity')}`)
      .reverse();
  const running = (): string =>
    [...v4.testbed.simulator.world.servers.values()].find(
      ({ vm_state, task_state }) => vm_state === 'active' && !task_state,
    )?.id ?? '';
  const migrate = async (vm: string, id: string): Promise<void> => {
    const answer = await v4.send('POST', `/vms/${vm}/migrate`, '<action/>', { 'correlation-id': id });
    expect(answer.status, answer.text).toBe(200);
  };

  it('a migration has begun, and is over: 62, 63', async () => {
    await migrate(running(), 'moved');
    await vi.waitFor(async () => expect(await told('moved')).toEqual(['62 normal', '63 normal']), {
      timeout: 10_000,
      interval: 50,
    });
    const indexes = (await v4.send('GET', '/events?search=correlation_id%3Dmoved'))
      .xml()
      .children.map((one) => Number(textAt(one, 'index')));
    expect(indexes).toEqual([...new Set(indexes)].sort((one, other) => other - one));
  });

  it.each([
    ['the VM runs on: 65', 'active', '65 error'],
    ['the VM went down: 64', 'stopped', '64 error'],
  ] as const)('a migration that the cloud gives up, and %s', async (_, state, code) => {
    const vm = running();
    await migrate(vm, `lost-${state}`);
    const server = v4.testbed.simulator.world.servers.get(vm);
    Object.assign(server ?? {}, { task_state: 'migrating' });
    expect(await told(`lost-${state}`)).toEqual(['62 normal']);
    const [action] = server?.actions ?? [];
    const history = [{ ...action, instance_uuid: vm, project_id: server?.project_id, message: 'Error' }];
    const back = v4.testbed.simulator.addFault({
      service: 'compute',
      path: `/servers/${vm}/os-instance-actions$`,
      then: { status: 200, body: { instanceActions: history } },
    });
    Object.assign(server ?? {}, { vm_state: state, power_state: state === 'active' ? 1 : 4, task_state: null });
    expect(await told(`lost-${state}`)).toEqual(['62 normal', code]);
    back();
    expect(await told(`lost-${state}`)).toEqual(['62 normal', code]);
  });

  it('a VM is removed, and its disks are not: 172', async () => {
    const [cluster, template, profile] = await Promise.all(
      ['/clusters', '/templates', '/vnicprofiles'].map(async (path) => {
        const all = (await v4.send('GET', path)).xml().children;
        return all[path === '/templates' ? 1 : 0]?.attributes.get('id') ?? '';
      }),
    );
    const created = await v4.send(
      'POST',
      '/vms',
      `<vm><name>lasts</name><cluster id="${cluster}"/><template id="${template}"/><nics><nic><name>nic1</name><vnic_profile id="${profile}"/></nic></nics></vm>`,
    );
    const vm = created.xml().attributes.get('id') ?? '';
    const settled = (status: string) =>
      vi.waitFor(async () => expect(textAt((await v4.send('GET', `/vms/${vm}`)).xml(), 'status')).toBe(status), {
        timeout: 10_000,
        interval: 50,
      });
    await settled('down');
    const disk = await v4.send(
      'POST',
      `/vms/${vm}/diskattachments`,
      '<disk_attachment><bootable>false</bootable><interface>virtio</interface><disk><name>data</name><format>raw</format><provisioned_size>1073741824</provisioned_size></disk></disk_attachment>',
    );
    const id = disk.xml().attributes.get('id') ?? '';
    await vi.waitFor(async () => expect(textAt((await v4.send('GET', `/disks/${id}`)).xml(), 'status')).toBe('ok'), {
      timeout: 10_000,
      interval: 50,
    });
    v4.testbed.simulator.addFault({
      service: 'volume',
      method: 'DELETE',
      path: `/volumes/${id}$`,
      then: { status: 400, body: { badRequest: { code: 400, message: 'Volume is in use.' } } },
    });
    await v4.send('DELETE', `/vms/${vm}`, undefined, { 'correlation-id': 'removed' });
    await vi.waitFor(async () => expect(await told('removed')).toEqual(['172 warning']), {
      timeout: 10_000,
      interval: 50,
    });
  });
});
