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
  ])('%s is refused: %s', (command, reason) => {
    expect(() => parseCurl(command)).toThrow(reason);
  });
});
