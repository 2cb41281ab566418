import { expect, it } from 'vitest';
import type { RequestRecord } from '../ovirt/index.js';
import { clientOf, unmetCsv, UnmetTally } from './unmet.js';

const request = (more: Partial<RequestRecord>): RequestRecord => ({
  serial: 1,
  at: Date.UTC(2026, 10, 28),
  client: '127.0.0.1',
  userAgent: 'PythonSDK/4.6.2 (libcurl)',
  method: 'POST',
  path: '/api/vms',
  operation: 'vms.add',
  status: 202,
  milliseconds: 1,
  correlationId: 'c',
  aborted: false,
  ignored: [],
  backendCalls: 0,
  received: { target: '/api/vms' },
  ...more,
});

it('counts what was ignored by client, operation and field', () => {
  const tally = new UnmetTally();
  for (let i = 0; i < 3; i++) tally.add(request({ ignored: [{ path: 'vm.usb', why: 'there is no USB' }] }));
  tally.add(request({ fault: { code: 'unsupported', detail: 'no' }, operation: 'vms.suspend' }));
  tally.add(request({ fault: { code: 'conflict', detail: 'busy' } }));
  expect(
    tally.list().map(({ kind, client, operation, subject, count }) => [kind, client, operation, subject, count]),
  ).toEqual([
    ['ignored', 'PythonSDK/4.6', 'vms.add', 'vm.usb', 3],
    ['refused', 'PythonSDK/4.6', 'vms.suspend', 'unsupported', 1],
  ]);
});

it('is bounded: clients that make up names are counted together', () => {
  const tally = new UnmetTally();
  for (let i = 0; i < 5000; i++)
    tally.add(request({ userAgent: `agent${i}`, ignored: [{ path: 'vm.usb', why: 'no' }] }));
  expect(tally.list().length).toBeLessThanOrEqual(2001);
  expect(tally.list()[0]).toMatchObject({ client: 'other', count: 3000 });
});

it('leaves ids out of paths that no operation has', () => {
  const tally = new UnmetTally();
  for (const id of ['5e000000-0000-4000-8000-000000000001', '5e000000-0000-4000-8000-000000000002'])
    tally.add(
      request({
        operation: undefined,
        path: `/api/vms/${id}/nothing`,
        fault: { code: 'request.unknown-path', detail: 'no' },
      }),
    );
  expect(tally.list()).toMatchObject([{ operation: 'POST /api/vms/{id}/nothing', count: 2 }]);
});

it.each([
  [undefined, '(none)'],
  ['', '(none)'],
  ['curl/8.5.0', 'curl/8.5'],
  ['ovirt-shell', 'ovirt-shell'],
])('the client of the User-Agent %s is %s', (agent, client) => {
  expect(clientOf(agent)).toBe(client);
});

it('writes CSV that no spreadsheet takes for a formula', () => {
  const csv = unmetCsv([
    {
      kind: 'ignored',
      client: '=1+1',
      operation: 'a',
      subject: 'b,"c"',
      reason: 'd',
      count: 2,
      lastAt: 0,
      correlationId: 'e',
    },
  ]);
  expect(csv).toBe(
    'kind,client,operation,subject,reason,count,lastAt,correlationId\r\n' +
      `ignored,'=1+1,a,"b,""c""",d,2,1970-01-01T00:00:00.000Z,e\r\n`,
  );
});
