import { expect, it } from 'vitest';
import { startTestbed } from './support/testbed.js';

/** Nova changes no metadata of a server that is being built, and a copy is one for as long as its disks are copied. */
it('a VM is cloned although the cloud takes its time to build the copy', async () => {
  const testbed = await startTestbed({ timeScale: 0.01 });
  const [gateway] = testbed.gateways;
  const send = async (method: string, path: string, body?: string): Promise<string> => {
    const response = await fetch(`${gateway?.url ?? ''}/ovirt-engine/api${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`,
        ...(body !== undefined && { 'content-type': 'application/xml' }),
      },
      ...(body !== undefined && { body }),
    });
    return response.text();
  };
  try {
    const vm = /<vm href="[^"]*" id="([^"]*)">/.exec(await send('GET', '/vms?search=status%3Ddown&max=1'))?.[1] ?? '';
    expect(await send('POST', `/vms/${vm}/clone`, '<action><vm><name>copy</name></vm></action>')).not.toContain(
      '<fault>',
    );
    await gateway?.settled();
    const copy = await send('GET', '/vms?search=name%3Dcopy');
    expect(copy).toContain('<status>down</status>');
    expect(await send('GET', '/jobs')).not.toMatch(/<status>failed</);
  } finally {
    await testbed.close();
  }
});
