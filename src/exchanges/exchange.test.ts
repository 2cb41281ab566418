import { describe, expect, it } from 'vitest';
import {
  ExchangeSyntaxError,
  formatExchange,
  formatExchanges,
  headerOf,
  parseExchange,
  parseExchanges,
  type Exchange,
} from './index.js';

describe('parseExchange', () => {
  it('reads a request as the guide prints it', () => {
    const { request } = parseExchange(
      'POST /api/vms/1/disks HTTP/1.1\nAccept: application/xml\nContent-type: application/xml\n\t\t\n<disk>\n\n  <name>a</name>\n</disk>\n\n',
    );
    expect(request).toEqual({
      method: 'POST',
      target: '/api/vms/1/disks',
      headers: [
        ['Accept', 'application/xml'],
        ['Content-type', 'application/xml'],
      ],
      body: '<disk>\n\n  <name>a</name>\n</disk>',
    });
    expect(headerOf(request.headers, 'content-TYPE')).toBe('application/xml');
  });

  it('reads a folded request line, as in example 15.21', () => {
    expect(
      parseExchange('DELETE /api/vms/1/disks/\n  2 HTTP/1.1\nAccept: application/xml\n\n<action/>').request,
    ).toMatchObject({ method: 'DELETE', target: '/api/vms/1/disks/2', body: '<action/>' });
  });

  it('reads a document that follows the headers at once, as in example 15.35', () => {
    expect(parseExchange('PUT /api/a HTTP/1.1\nAccept: application/xml\n<cdrom/>').request).toMatchObject({
      headers: [['Accept', 'application/xml']],
      body: '<cdrom/>',
    });
  });

  it('takes a status line as the answer, as in example 15.17', () => {
    expect(parseExchange('DELETE /api/a HTTP/1.1\n\nHTTP/1.1 204 No Content\n')).toMatchObject({
      request: { body: '' },
      answer: { status: 204, headers: [], body: '' },
    });
  });

  it('reads a bare request line', () => {
    expect(parseExchange('GET /api/vms').request).toEqual({ method: 'GET', target: '/api/vms', headers: [], body: '' });
  });

  it.each([
    ['GET http://engine.example.com/api/vms HTTP/1.1', '/api/vms'],
    [
      'GET https://engine.example.com:443/ovirt-engine/api/vms?search=name%3Da HTTP/2',
      '/ovirt-engine/api/vms?search=name%3Da',
    ],
    ['GET https://engine.example.com', '/'],
  ])('reads a whole URL as a proxy would: %s', (line, target) => {
    expect(parseExchange(`${line}\nHost: engine.example.com\n`).request).toMatchObject({ method: 'GET', target });
  });

  it.each([
    ['', 'line 1: there is no request'],
    ['# only a note\n', 'there is no request'],
    ['hello\n', 'line 1: not a request line'],
    ['GET engine.example.com/api HTTP/1.1\n', 'line 1: not a request line'],
    ['GET /a HTTP/1.1\nAccept application/xml\n', 'line 2: not a header: Accept application/xml'],
    ['GET /a\n\n=== answers\n', 'line 3: === answers is not a section'],
    ['GET /a\n\n=== calls\n\nvolume POST\n', 'line 5: not a call'],
    ['GET /a\n\n=== calls\nvolume POST /v -> 202\n{"a":\n', "line 5: the call's body is not JSON"],
    ['GET /a\n=== answer\nno\n', 'line 3: not a status line'],
    ['GET /a\n\n=== then\n\nGET /b\n', 'line 3: only one request is expected here'],
    ['GET /a\nHTTP/1.1 200 OK\n=== answer\nHTTP/1.1 200 OK\n', 'line 3: a second answer'],
  ])('refuses %j, naming the line', (text, message) => {
    expect(() => parseExchange(text)).toThrow(ExchangeSyntaxError);
    expect(() => parseExchange(text)).toThrow(message);
  });
});

it('reads back what it writes', () => {
  const exchange: Exchange = {
    notes: ['Example 15.12', '', 'with a note'],
    request: {
      method: 'POST',
      target: '/api/vms/1/disks;async=true',
      headers: [['Accept', 'application/xml']],
      body: '<disk/>',
    },
    given: 'servers:\n  - id: a\n\n  # the second\n  - id: b',
    calls: [
      {
        service: 'volume',
        method: 'POST',
        path: '/volumes',
        body: { volume: { size: 8, name: 'a\n\nb' } },
        status: 202,
      },
      { service: 'volume', method: 'GET', path: '/volumes/1?a=b', status: 200 },
    ],
    answer: { status: 202, headers: [['Location', '/api/x']], body: '<disk>\n    <name>x</name>\n</disk>' },
  };
  expect(parseExchange(formatExchange(exchange))).toEqual(exchange);
  const { given: _, ...second } = exchange;
  expect(parseExchanges(formatExchanges([exchange, second]))).toEqual([exchange, second]);
  expect(() => parseExchanges(`${formatExchange(exchange)}\n=== then\n\nno request\n`)).toThrow(/^line 4\d: not a req/);
});
