import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlace, type Place } from './place.js';
import { all, curl, hasCurl, header, linkTo, text, type Answer } from './curl.js';

/**
 * libgovirt, which virt-viewer and gnome-boxes stand on, request by request: credentials only after a challenge, the
 * search template of the root document, a VM that has a display, a CD by PUT, a DELETE with a body
 * (docs/reference/ovirt.md, sections 2, 3, 5, 9, 10 and N3).
 */
describe.skipIf(!hasCurl)('libgovirt', () => {
  let at: Place;
  let url: string;
  beforeAll(async () => {
    at = await startPlace();
    url = at.gateway.url;
  });
  afterAll(() => at?.close());
  /** `--anyauth`: first without a login, then as the challenge says. */
  const ask = (...args: string[]): Promise<Answer> =>
    curl('--anyauth', '-u', at.login, ...header('Accept', 'application/xml'), ...header('Filter', 'true'), ...args);

  it('is challenged, then finds the VM by the template vms/search', async () => {
    const challenged = await curl(...header('Content-Type', 'application/xml'), `${url}/api`);
    expect([challenged.status, challenged.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="ENGINE"']);
    const { stdout, root } = await rootOf();
    expect(stdout).toBe(200);
    const template = linkTo(root, 'vms/search');
    expect(template).toMatch(/\{query\}$/);
    const found = await answerAfterChallenge(
      url + template.replace('{query}', encodeURIComponent('name=rhel94-app01')),
    );
    expect(all(found, 'vms/vm/name').map((name) => name.text)).toEqual(['rhel94-app01']);
  });

  it('sees a VM only when its display has a type that it knows', async () => {
    const vms = await answerAfterChallenge(`${url}/api/vms`);
    for (const vm of all(vms, 'vms/vm')) expect(['spice', 'vnc']).toContain(text(vm, 'vm/display/type'));
  });

  it('puts a medium into the drive for the session and gets the document back', async () => {
    const vms = await answerAfterChallenge(`${url}/api/vms?search=name%3Drhel94-app01`);
    const vm = linkTo(vms, 'cdroms');
    const cdrom = all(await answerAfterChallenge(url + vm), 'cdroms/cdrom')[0]!.attributes.get('href')!;
    const put = await curl(
      '-u',
      at.login,
      '-X',
      'PUT',
      ...header('Content-Type', 'application/xml'),
      '--data-binary',
      `<cdrom><file id="${at.name('rhel-9.4-ppc64le-dvd.iso')}"/></cdrom>`,
      `${url}${cdrom};current`,
    );
    expect([put.status, all(put.body, 'cdrom/file')[0]?.attributes.get('id')]).toEqual([
      200,
      at.name('rhel-9.4-ppc64le-dvd.iso'),
    ]);
  });

  it('announces a body with a GET and does not send it: the answer ends the connection', async () => {
    const { status, headers } = await curl(
      '-X',
      'GET',
      ...header('Content-Length', '5'),
      ...header('Connection', 'keep-alive'),
      `${url}/api`,
    );
    expect([status, headers.get('connection')]).toEqual([401, 'close']);
  });

  /** curl prints both answers of a challenge; the last one counts. */
  async function answerAfterChallenge(address: string): Promise<string> {
    const { body } = await ask(address);
    return body.slice(body.lastIndexOf('<?xml'));
  }
  async function rootOf(): Promise<{ readonly stdout: number; readonly root: string }> {
    const first = await ask(`${url}/api`);
    const statuses = [
      first.status,
      ...[...first.body.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status)),
    ];
    return { stdout: statuses.at(-1)!, root: first.body.slice(first.body.lastIndexOf('<?xml')) };
  }
});
