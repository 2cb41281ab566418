import { describe, expect, it } from 'vitest';
import { defaultIds as ids } from '../src/simulator/index.js';
import { startTestbed } from './support/testbed.js';
import { LOGIN, send, element, rhel, up, down, FAILED, NOBODY, useTestbed } from './refusals.js';

useTestbed();

describe('a failed action has its fault inside the action (section 9)', () => {
  it.each([
    ['start', up, '', 409, '[Cannot run VM because the VM is in Up status.]', 'ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL'],
    ['reboot', down, '', 409, '[Cannot restart VM because the VM is in Down status.]', 'VAR__ACTION__RESTART'],
    ['suspend', down, '', 409, '[Cannot hibernate VM. VM is not up.]', 'ACTION_TYPE_FAILED_VM_IS_NOT_UP'],
    [
      'restore',
      `/vms/${rhel}/snapshots/${ids.vmSnapshot}`,
      '',
      409,
      '[Cannot preview Snapshot. At least one of the VMs is not down.]',
      'ACTION_TYPE_FAILED_VM_IS_NOT_DOWN',
    ],
    [
      'move',
      `${up}/disks/${ids.volumes.aixData}`,
      '<storage_domain><name>FlashSystem base</name></storage_domain>',
      400,
      '[Cannot move Virtual Machine Disk. The source and target storage domains are the same.]',
      'ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_CONTAINS_DISK',
    ],
    [
      'move',
      `${up}/disks/${ids.volumes.aixData}`,
      '<storage_domain><name>x</name></storage_domain>',
      404,
      'Entity not found: StorageDomain: name=x',
      'section 9',
    ],
  ])('%s of %s', async (action, path, body, status, detail) => {
    const answer = await send('POST', `${path}/${action}`, `<action>${body}</action>`);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(/^<\?xml[^>]*>\n<action>/);
    expect([element(answer.text, 'state'), element(answer.text, 'reason'), element(answer.text, 'detail')]).toEqual([
      'failed',
      FAILED,
      detail,
    ]);
  });
});

describe('what is broken or not there', () => {
  it.each([`/vms/${NOBODY}`, '/vms/x', `${up}/disks/${NOBODY}`, `/templates/${NOBODY}`])(
    'GET %s: an empty 404 (section 9)',
    async (path) => {
      expect(await send('GET', path)).toEqual({ status: 404, text: '' });
    },
  );

  // Engines 3.x answer a <usage_message> here, 4.x a <fault> with this reason: see docs/faults.md
  it.each([
    ['application/xml', '<vm><name></vm>'],
    ['application/xml', ''],
    ['application/json', '{"name"'],
    ['application/xml', '<disk/>'],
  ])('a malformed body in %s: %s (section 8)', async (type, body) => {
    const { status, text } = await send('PUT', up, body, type);
    expect([status, element(text, 'reason')]).toEqual([400, 'Request syntactically incorrect.']);
    expect(element(text, 'detail')).toMatch(/\w/);
  });

  it('while a disk is made it is not removed (ACTION_TYPE_FAILED_OBJECT_LOCKED)', async () => {
    const slow = await startTestbed({ timeScale: 0.02 });
    try {
      const to = `${slow.gateways[0]!.url}/api${down}/disks`;
      const headers = { authorization: LOGIN, 'content-type': 'application/xml' };
      const added = await (
        await fetch(to, {
          method: 'POST',
          headers,
          body: '<disk><alias>d1</alias><provisioned_size>1073741824</provisioned_size></disk>',
        })
      ).text();
      const id = /<disk href="[^"]*" id="([^"]+)"/.exec(added)![1]!;
      const answer = await fetch(`${to}/${id}`, { method: 'DELETE', headers, body: '<action/>' });
      expect([answer.status, element(await answer.text(), 'detail')]).toEqual([
        409,
        '[Cannot remove Virtual Machine Disk. Related operation is currently in progress. Please try again later.]',
      ]);
    } finally {
      await slow.close();
    }
  });
});
