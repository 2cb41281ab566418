import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUTHORIZATION, createWorld, type Gateway, startFake, VM_ID } from './ovirt-fake.js';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startFake();
});
afterAll(() => gateway.close());
beforeEach(() => void Object.assign(gateway.world, createWorld()));

const HEAD = `Host: gateway\r\nAuthorization: ${AUTHORIZATION}\r\n`;
const get = (path = '/api', more = ''): string => `GET ${path} HTTP/1.1\r\n${HEAD}${more}\r\n`;
const post = (path: string, body: string, type = 'application/xml'): string =>
  `POST ${path} HTTP/1.1\r\n${HEAD}Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const start = post(`/api/vms/${VM_ID}/start`, '<action/>');
/** Ends the connection with its answer, so that it is known when all have come. */
const LAST = get('/api', 'Connection: close\r\n');

/** The statuses of all answers on one connection, in their order. */
async function answers(sent: string): Promise<number[]> {
  const { port, hostname } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  socket.write(sent);
  await once(socket, 'close');
  return [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
}

describe('requests that are sent ahead', () => {
  it.each([
    ['of one that is refused', post('/api/vms', '<vm><'), 400],
    ['of one whose path is unknown, with a body', post('/api/nothing', 'x'.repeat(1000)), 404],
    ['of one whose type is not read', post('/api/vms', 'x'.repeat(1000), 'text/plain'), 415],
    ['of one that has no login', 'GET /api HTTP/1.1\r\nHost: gateway\r\n\r\n', 401],
  ])('behind %s are answered in their order', async (_, first, status) => {
    expect(await answers(first + get('/api/nothing') + LAST)).toEqual([status, 404, 200]);
  });

  it('behind a GET with a body are answered, unless its answer came before its body and ends the connection', async () => {
    const bodied = get('/api', 'Content-Length: 5\r\n').concat('hello');
    expect([[200], [200, 404, 200]]).toContainEqual(await answers(bodied + get('/api/nothing') + LAST));
  });

  it('are answered before malformed HTTP is refused', async () => {
    expect(await answers(`${get()}GARBAGE\r\n\r\n`)).toEqual([200, 400]);
    expect(await answers(`${get()}${get('/api/nothing')}GARBAGE\r\n\r\n${get()}`)).toEqual([200, 404, 400]);
    expect(await answers(`GARBAGE\r\n\r\n${get()}`)).toEqual([400]);
  });

  it('are not begun behind an answer that ends the connection', async () => {
    const twoHosts = `GET /api HTTP/1.1\r\nHost: a\r\n${HEAD}\r\n`;
    expect(await answers(twoHosts + start)).toEqual([400]);
    expect(await answers(`GET /api HTTP/1.1\r\nAuthorization: ${AUTHORIZATION}\r\n\r\n${start}`)).toEqual([400]);
    expect(await answers(LAST + start)).toEqual([200]);
    expect(gateway.world.calls.filter((call) => call.includes('start'))).toEqual([]);
    expect((await answers(start + LAST)).at(-1)).toBe(200);
    expect(gateway.world.calls.filter((call) => call.includes('start'))).toHaveLength(1);
  });

  it('are worked on one after the other', async () => {
    const put = `PUT /api/vms/${VM_ID} HTTP/1.1\r\n${HEAD}Content-Type: application/xml\r\nContent-Length: 33\r\n\r\n<vm><comment>piped</comment></vm>`;
    expect(await answers(Array.from({ length: 5 }, () => put + get(`/api/vms/${VM_ID}`)).join('') + LAST)).toHaveLength(
      11,
    );
    const order = gateway.world.calls.filter((call) => /vms\.(get|update|note)/.test(call));
    expect(order.length).toBeGreaterThan(5);
  });

  it('are too many at some number', async () => {
    expect((await answers(get().repeat(300))).length).toBeLessThan(300);
  });
});
