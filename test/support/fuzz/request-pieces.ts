import fc from 'fast-check';
import { seeds } from './inputs.js';
import { LOGIN } from './wire.js';

/** Of requests, and of what is none. */
export const httpPiece = fc.oneof(
  fc.constantFrom(
    'GET ',
    'POST ',
    'PUT ',
    'get ',
    'HEAD ',
    'CONNECT ',
    '/api',
    '/api/vms',
    '*',
    'http://gateway/api',
    ' HTTP/1.1',
    ' HTTP/1.0',
    ' HTTP/2.0',
    ' HTTP/9',
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    'Host: gateway\r\n',
    'Host: a\r\nHost: b\r\n',
    'Content-Length: 3\r\n',
    'Content-Length: -1\r\n',
    'Content-Length: 3, 4\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: x\r\n',
    'Expect: 100-continue\r\n',
    'Upgrade: h2c\r\nConnection: Upgrade\r\n',
    '3\r\nabc\r\n',
    '0\r\n\r\n',
    'fffffffff\r\n',
    ' folded\r\n',
    ': x\r\n',
    'a\r\n',
    'a : b\r\n',
    '\0',
    '\t',
    'Cookie: JSESSIONID=x\r\n',
    'Connection: close\r\n',
    'Connection: keep-alive\r\n',
    'Content-Encoding: gzip\r\n',
    'Accept: ,;q=\r\n',
    'x'.repeat(9000),
    `Authorization: ${LOGIN}\r\n`,
    'Authorization: Basic !\r\n',
    'Authorization: Bearer eyJ.a.b.c.d\r\n',
    'GET /api HTTP/1.1\r\nHost: gateway\r\n\r\n',
    `GET /api/vms HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${LOGIN}\r\n\r\n`,
    `POST /api/vms HTTP/1.1\r\nHost: gateway\r\nAuthorization: ${LOGIN}\r\nContent-Length: 4\r\n\r\n<vm>`,
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

/** Of paths. */
export const segment = fc.oneof(
  fc.constantFrom(
    ...'api ovirt-engine v3 v4 vms disks nics snapshots cdroms numanodes statistics start move creation_status'.split(
      ' ',
    ),
    '',
    '.',
    '..',
    '%2e%2e',
    '%',
    '%00',
    '%ff',
    ';',
    ';max=1',
    ';;=',
    'a;b=c;d',
    '*',
    '00000000-0000-0000-0000-000000000000',
    ...seeds.flatMap(({ target }) => target.split(/[/?;]/).filter((part) => /^[0-9a-f-]{36}$/.test(part))).slice(0, 20),
  ),
  fc.string({ maxLength: 12 }),
);
/** A matrix parameter. */
export const matrix = fc
  .tuple(
    fc.constantFrom(
      ...'max from detail case_sensitive detach detach_only force async follow current all_content'.split(' '),
    ),
    fc.oneof(
      fc.constantFrom('', 'true', 'false', '0', '-1', '1e9', '99999999999999999999', 'statistics', '%'),
      fc.string(),
    ),
  )
  .map(([name, value]) => `${name}=${value.replace(/[/?#]/g, '')}`);
