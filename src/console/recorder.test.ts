import { expect, it } from 'vitest';
import type { RequestRecord } from '../ovirt/index.js';
import { Recorder } from './recorder.js';

const record = (serial: number, correlationId: string): RequestRecord => ({
  serial,
  at: Date.now(),
  client: '127.0.0.1',
  method: 'POST',
  path: '/api/vms/1/disks',
  status: 202,
  milliseconds: 3,
  correlationId,
  aborted: false,
  ignored: [],
  backendCalls: 1,
  received: { target: '/api/vms/1/disks' },
});

it('says where work is: its last call, and how many had no answer', () => {
  const recorder = new Recorder({ requests: 10, callsPerRequest: 1, maxBodyBytes: 100 }, () => '');
  const call = (path: string, status: number): void =>
    recorder.hooks.onBackendCall(
      { service: 'volume', method: 'GET', path, status, milliseconds: 1 },
      { serial: 1, correlationId: 'a' },
    );
  call('/volumes', 200);
  recorder.hooks.onRequest(record(1, 'a'));
  recorder.hooks.onRequest(record(2, 'b'));
  call('/volumes/1', 0);
  call('/volumes/2', 503);
  expect(recorder.stepOf('a')).toMatchObject({
    service: 'volume',
    method: 'GET',
    path: '/volumes/2',
    status: 503,
    calls: 3,
    failedCalls: 2,
  });
  expect(recorder.stepOf('b')).toBeUndefined();
  expect(recorder.stepOf('c')).toBeUndefined();
});
