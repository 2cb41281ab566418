import { describe, expect, it } from 'vitest';
import { BadInput } from './bad-input.js';
import { parseCurl, shellWords } from './parse-curl.js';

describe('a shell command', () => {
  it('consists of words: quotes, escapes, continued lines', () => {
    expect(shellWords(`curl 'a b' "c \\"d\\"" e\\ f \\\n  g''h`)).toEqual(['curl', 'a b', 'c "d"', 'e f', 'gh']);
  });
  it('with a quote that is not closed is refused', () => {
    expect(() => shellWords(`curl 'a`)).toThrow(BadInput);
  });
});

describe('a curl command', () => {
  it('is the request that curl would send', () => {
    expect(
      parseCurl(
        `curl -sku admin@internal:pw -H 'Content-Type: application/xml' -d '<vm/>' 'https://engine:8443/api/vms;max=1?search=a'`,
      ),
    ).toEqual({
      method: 'POST',
      target: '/api/vms;max=1?search=a',
      headers: [
        ['Authorization', `Basic ${Buffer.from('admin@internal:pw').toString('base64')}`],
        ['Content-Type', 'application/xml'],
      ],
      body: '<vm/>',
    });
  });
  it.each([
    ['curl https://h/api', { method: 'GET', target: '/api' }],
    ['curl -XDELETE h/api/vms/1', { method: 'DELETE', target: '/api/vms/1' }],
    ['curl --request PUT --data a --url http://h/x', { method: 'PUT', target: '/x', body: 'a' }],
    ['curl -I http://h', { method: 'HEAD', target: '/' }],
    ['curl -sI http://h', { method: 'HEAD', target: '/' }],
    [
      "curl -G --http1.1 --data-urlencode 'search=name=a b' -d max=1 http://h/api/vms",
      { method: 'GET', target: '/api/vms?search=name%3Da%20b&max=1', body: '' },
    ],
    [
      `curl --json '{"name":"x"}' http://h/api/tags`,
      {
        method: 'POST',
        body: '{"name":"x"}',
        headers: [
          ['Content-Type', 'application/json'],
          ['Accept', 'application/json'],
        ],
      },
    ],
    ['curl http://h?schema', { target: '/?schema' }],
    ["curl -s -w '%{http_code}' -D - -c jar --cert c.pem --key k.pem http://h/x", { method: 'GET', target: '/x' }],
  ])('%s', (command, request) => {
    expect(parseCurl(command)).toMatchObject(request);
  });
  it.each([
    ['curl', 'names no URL'],
    ['curl --form a=b http://h', '--form'],
    ['curl -d @file http://h', 'Bodies from files'],
    ['curl -H nothing http://h', 'Not a header'],
    ['curl -X', 'has no value'],
    ['curl http://h/a http://h/b', 'names two URLs'],
    ['curl --data-urlencode a@b http://h/b', 'Bodies from files'],
  ])('%s is refused: %s', (command, reason) => {
    expect(() => parseCurl(command)).toThrow(reason);
  });
});

describe('what a browser copies as curl', () => {
  it('for a POSIX shell: a body with quotes, line breaks and letters that are not ASCII', () => {
    const copied = String.raw`curl 'https://engine/api/vms/1' \
  -H 'content-type: application/json' \
  --data-raw $'{"name":"it\'s \u00e9\n","a":"\\x\u0021"}' \
  --insecure`;
    expect(parseCurl(copied)).toMatchObject({
      method: 'POST',
      target: '/api/vms/1',
      body: '{"name":"it\'s \u00e9\n","a":"\\x!"}',
    });
  });

  it('for cmd of Windows', () => {
    const copied = String.raw`curl ^"https://engine/ovirt-engine/api/vms?max=1^&search=a^%^20b^" ^
  -H ^"Accept: application/json^" ^
  -H ^"sec-ch-ua: ^\^"Chromium^\^";v=^\^"120^\^"^" ^
  --data-raw ^"^{^\^"name^\^":^\^"a^

b^\^"^}^" ^
  --compressed`;
    expect(parseCurl(copied)).toEqual({
      method: 'POST',
      target: '/ovirt-engine/api/vms?max=1&search=a%20b',
      headers: [
        ['Accept', 'application/json'],
        ['sec-ch-ua', '"Chromium";v="120"'],
      ],
      body: '{"name":"a\nb"}',
    });
  });

  it('for cmd, in the form of older browsers', () => {
    const copied = 'curl "https://engine/api/vms?max=1" ^\r\n  -H "Accept: application/json" ^\r\n  --compressed';
    expect(parseCurl(copied)).toMatchObject({ method: 'GET', target: '/api/vms?max=1' });
  });
});
