import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../src/codec/index.js';
import { startTestbed, type Testbed } from './support/testbed.js';

/** What the guide says and no exchange of the corpus shows (docs/statements.md). One gateway, version 3. */
let testbed: Testbed;
let vm = '';
beforeAll(async () => {
  testbed = await startTestbed();
  vm = idOf((await read('/vms?search=name%3Dsles15-hana01')).children[0]);
});
afterAll(() => testbed?.close());

const idOf = (element: XmlElement | undefined): string => element?.attributes.get('id') ?? '';

async function ask(
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${testbed.gateways[0]?.url}/api${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from('admin@internal:powervc').toString('base64')}`,
      'content-type': 'application/xml',
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, text: await response.text() };
}
const read = async (path: string): Promise<XmlElement> => parseXml((await ask('GET', path)).text);

it('capabilities list the states of a disk', async () => {
  const { text } = await ask('GET', '/capabilities');
  const states = /<disk_states>([\s\S]*?)<\/disk_states>/.exec(text)?.[1] ?? '';
  expect([...states.matchAll(/<disk_state>(\w+)</g)].map(([, state]) => state).sort()).toEqual([
    'illegal',
    'invalid',
    'locked',
    'ok',
  ]);
});

it('a search takes each state of a disk that capabilities list', async () => {
  const states = /<disk_states>([\s\S]*?)<\/disk_states>/.exec((await ask('GET', '/capabilities')).text)?.[1] ?? '';
  const found = [...states.matchAll(/<disk_state>(\w+)</g)].map(async ([, state]) => {
    const { status, text } = await ask('GET', `/disks?search=status%3D${state}`);
    return [state, status, text.includes('<disk ')];
  });
  expect(await Promise.all(found)).toEqual([
    ['illegal', 200, false],
    ['invalid', 200, false],
    ['locked', 200, false],
    ['ok', 200, true],
  ]);
});

it('the OVF of a VM and of its snapshots has the name of its template', async () => {
  const name = (await read('/templates?search=name%3DSLES*')).children[0]?.children.find((one) => one.name === 'name');
  for (const path of [`/vms/${vm}`, `/vms/${vm}/snapshots`]) {
    const { text } = await ask('GET', path, undefined, { 'all-content': 'true' });
    const names = [...text.matchAll(/&lt;(?:Original)?TemplateName&gt;([^&]*)&lt;/g)].map(([, one]) => one);
    expect([path, names]).toEqual([path, [name?.text, name?.text]]);
  }
});

it('a disk is searched for by its alias', async () => {
  const found = await read('/disks?search=alias%3Dsles15-hana01-boot-0');
  expect(found.children.map((disk) => disk.children.find(({ name }) => name === 'alias')?.text)).toEqual([
    'sles15-hana01-boot-0',
  ]);
});

it.each(['disks', 'nics', ''])('%s are read-only', async (part) => {
  const owner =
    part === '' ? `/vms/${vm}` : `/vms/${vm}/${part}/${idOf((await read(`/vms/${vm}/${part}`)).children[0])}`;
  for (const method of ['POST', 'PUT', 'DELETE'])
    expect([method, (await ask(method, `${owner}/statistics`, '<statistic/>')).status]).toEqual([method, 405]);
});

it('a snapshot takes no PUT', async () => {
  const [active] = (await read(`/vms/${vm}/snapshots`)).children;
  const path = `/vms/${vm}/snapshots/${idOf(active)}`;
  expect((await ask('PUT', path, '<snapshot><description>x</description></snapshot>')).status).toBe(405);
});

it('a NUMA node needs index, memory and cpu', async () => {
  const parts = { index: '<index>0</index>', memory: '<memory>1024</memory>', cpu: '<cpu><cores/></cpu>' };
  for (const lacking of Object.keys(parts)) {
    const rest = Object.entries(parts).filter(([name]) => name !== lacking);
    const body = `<vm_numa_node>${rest.map(([, text]) => text).join('')}</vm_numa_node>`;
    const { status, text } = await ask('POST', `/vms/${vm}/numanodes`, body);
    expect([lacking, status, text]).toEqual([lacking, 400, expect.stringContaining(lacking)]);
  }
});

it('file systems are neither frozen nor thawed', async () => {
  for (const action of ['freezefilesystems', 'thawfilesystems']) {
    const { status, text } = await ask('POST', `/vms/${vm}/${action}`, '<action/>');
    expect([action, status, text]).toEqual([action, 409, expect.stringContaining('is not supported by PowerVC')]);
  }
});
