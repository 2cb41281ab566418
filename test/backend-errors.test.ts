import { describe, expect, it } from 'vitest';
import { refusal } from '../src/backends/openstack/errors.js';

const at = (status: number, body: unknown, headers: Record<string, string> = {}) => ({ status, body, headers });
const nova = (kind: string, code: number, message: string) => ({ [kind]: { code, message } });

/**
 * Bodies as recorded from OpenStack (fixtures/openstack/recorded), and IBM's (docs/reference/power.md, 1.5 and 1.7).
 */
const refusals: [name: string, answer: ReturnType<typeof at>, code: string, detail: string][] = [
  [
    'Nova, wrong state',
    at(409, nova('conflictingRequest', 409, "Cannot 'start' instance x while it is in vm_state active")),
    'backend.conflict',
    "[Cannot 'start' instance x while it is in vm_state active]",
  ],
  [
    'Nova, bad request',
    at(400, nova('badRequest', 400, 'Cannot detach a root device volume')),
    'backend.refused',
    '[Cannot detach a root device volume]',
  ],
  [
    'Nova, policy',
    at(403, nova('forbidden', 403, "Policy doesn't allow os_compute_api:os-hypervisors:list-detail to be performed.")),
    'backend.forbidden',
    "[Policy doesn't allow os_compute_api:os-hypervisors:list-detail to be performed.]",
  ],
  [
    'Nova, quota',
    at(403, nova('forbidden', 403, 'Quota exceeded for instances: Requested 11, but already used 0 of 10 instances')),
    'backend.quota',
    '[Quota exceeded for instances: Requested 11, but already used 0 of 10 instances]',
  ],
  [
    'Cinder, quota',
    at(413, {
      overLimit: {
        code: 413,
        message: "VolumeLimitExceeded: Maximum number of volumes allowed (2) exceeded for quota 'volumes'.",
        retryAfter: '0',
      },
    }),
    'backend.quota',
    "[VolumeLimitExceeded: Maximum number of volumes allowed (2) exceeded for quota 'volumes'.]",
  ],
  [
    'Neutron, quota',
    at(409, { NeutronError: { type: 'OverQuota', message: "Quota exceeded for resources: ['network'].", detail: '' } }),
    'backend.quota',
    "[Quota exceeded for resources: ['network'].]",
  ],
  [
    'Neutron, taken',
    at(409, {
      NeutronError: {
        type: 'MacAddressInUse',
        message: 'Unable to complete operation for network n. The mac address m is in use.',
        detail: '',
      },
    }),
    'backend.conflict',
    '[Unable to complete operation for network n. The mac address m is in use.]',
  ],
  ['Neutron, older', at(400, { NeutronError: 'Invalid input' }), 'backend.refused', '[Invalid input]'],
  [
    'Nova, too large',
    at(413, {
      message: 'Request is too large. Larger than max_request_body_size (114688).<br /><br />\n\n\n',
      code: '413 Request Entity Too Large',
      title: 'Request Entity Too Large',
    }),
    'backend.refused',
    '[Request is too large. Larger than max_request_body_size (114688).]',
  ],
  [
    'rate limit',
    at(429, nova('overLimit', 429, 'Too many requests'), { 'retry-after': '7' }),
    'backend.busy',
    '[Too many requests]',
  ],
  [
    'Nova, RPC',
    at(500, nova('computeFault', 500, 'Unexpected API Error.')),
    'backend.error',
    '[Unexpected API Error.]',
  ],
  [
    'proxy, HTML',
    at(
      503,
      '<!DOCTYPE html><html><head><title>503</title></head><body><h1>Service Unavailable</h1>\n<p>Try &quot;later&quot;.</p></body></html>',
    ),
    'backend.busy',
    '[Service Unavailable Try "later".]',
  ],
  [
    'proxy, gateway timeout',
    at(504, undefined),
    'backend.timeout',
    'did not answer in time: status 504 without a message]',
  ],
  [
    'IBM, pool full',
    at(507, nova('computeFault', 507, 'The storage pool has no space')),
    'backend.space',
    '[Low disk space on the storage. The storage pool has no space]',
  ],
  ['IBM, partial', at(206, { message: '1 of 2 volumes attached' }), 'backend.partial', '[1 of 2 volumes attached]'],
  [
    'IBM, quotes',
    at(400, nova('badRequest', 400, '“DRAM” isn’t a device')),
    'backend.refused',
    '["DRAM" isn\'t a device]',
  ],
  [
    'IBM, precondition',
    at(412, nova('computeFault', 412, 'Host is in maintenance')),
    'backend.conflict',
    '[Host is in maintenance]',
  ],
  [
    'unknown microversion',
    at(406, nova('computeFault', 406, 'Version 2.999 is not supported by the API.')),
    'backend.failed',
    '[Version 2.999 is not supported by the API.]',
  ],
  [
    'Gnocchi',
    at(400, { code: 400, title: 'Bad Request', description: { cause: 'Invalid value', reason: 'start' } }),
    'backend.refused',
    '[{"cause":"Invalid value","reason":"start"}]',
  ],
  ['without a body', at(502, undefined), 'backend.answer', 'cannot be read: status 502 without a message]'],
];

describe('refusals of OpenStack', () => {
  it.each(refusals)('%s', (_, answer, code, detail) => {
    const fault = refusal('Nova', answer);
    expect({ code: fault.code, detail: fault.detail }).toEqual({
      code,
      detail: expect.stringContaining(detail) as unknown,
    });
  });

  it('a 404 is about what the message names, or what the call is about', () => {
    const vm = { what: 'VM', id: 'v-1' };
    const disk = { what: 'Disk', id: 'd-1' };
    expect(
      refusal('Nova', at(404, nova('itemNotFound', 404, 'Volume d-1 could not be found.')), [vm, disk]).detail,
    ).toBe('Disk d-1 was not found.');
    expect(refusal('Nova', at(404, '<html><body>404 Not Found</body></html>'), [vm, disk]).detail).toBe(
      'VM v-1 was not found.',
    );
    expect(
      refusal('Cinder', at(404, nova('itemNotFound', 404, 'CN-55180EC Volume type with name x could not be found.'))),
    ).toMatchObject({ code: 'backend.refused', detail: '[CN-55180EC Volume type with name x could not be found.]' });
  });

  it.each([414, 431])('an address that is too long (%s) is the fault of what was asked for', (status) => {
    expect(refusal('Nova', at(status, undefined))).toMatchObject({
      code: 'request.value',
      status: 400,
      detail: 'The request is longer than Nova accepts in a URL.',
    });
  });

  it('keeps how long to wait', () => {
    expect(refusal('Nova', at(429, undefined, { 'retry-after': '7' })).values['retryAfter']).toBe(7);
    expect(
      refusal('Cinder', at(413, { overLimit: { message: 'slow down', retryAfter: '12' } })).values['retryAfter'],
    ).toBe(12);
  });

  it('bounds a message', () => {
    expect(refusal('Nova', at(500, 'x'.repeat(100_000))).detail.length).toBeLessThan(1100);
  });
});
