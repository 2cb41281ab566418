import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../model/index.js';
import { checkEdge } from './edge.js';

const settings = { maxHeaders: 100, allowedHosts: [] as string[], writeTimeoutMs: 60_000 };

function refusal(
  headers: readonly string[],
  version = '1.1',
  allowedHosts: string[] = [],
  url = '/api',
): string | undefined {
  const request = requestOf(headers, version, url);
  try {
    checkEdge(request, { ...settings, allowedHosts });
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).status).toBe(400);
    return (error as Fault).detail;
  }
}

function requestOf(headers: readonly string[], version: string, url: string): IncomingMessage {
  const named = Object.fromEntries(
    headers.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), headers[at + 1]]] : [])),
  );
  const [major, minor] = version.split('.').map(Number);
  return {
    url,
    rawHeaders: headers,
    headers: named,
    httpVersion: version,
    httpVersionMajor: major,
    httpVersionMinor: minor,
  } as unknown as IncomingMessage;
}

describe('a request is accepted only', () => {
  it.each(['gateway', 'gateway.example.com:8443', '127.0.0.1:8080', '[::1]:8080'])('for one valid host: %s', (host) => {
    expect(refusal(['Host', host])).toBeUndefined();
  });

  it.each(['', 'a b', 'a/b', 'a@b', 'a,b', 'a:b', '[::1', 'a:123456', 'ä'])('not for a host like "%s"', (host) => {
    expect(refusal(['Host', host])).toBeDefined();
  });

  it('not for two hosts, none, or one of others', () => {
    expect(refusal(['Host', 'a', 'hOST', 'a'])).toContain('more than one');
    expect(refusal(['Accept', '*/*'])).toContain('no Host');
    expect(refusal(['Accept', '*/*'], '1.0')).toBeUndefined();
    expect(refusal(['Host', 'EVIL'], '1.1', ['gateway'])).toContain('allowedHosts');
    expect(refusal(['Host', 'Gateway:8080'], '1.1', ['gateway'])).toBeUndefined();
  });

  it('in HTTP/1, with at most a hundred headers', () => {
    expect(refusal(['Host', 'a'], '2.0')).toContain('HTTP/2.0');
    const many = Array.from({ length: 100 }, (_, at) => [`X-${at}`, '1']).flat();
    expect(refusal(['Host', 'a', ...many])).toContain('more than 100');
    expect(refusal(['Host', 'a', ...many.slice(2)])).toBeUndefined();
  });
});

describe('an absolute-form target', () => {
  const asked = (url: string): { url?: string; host?: string } => {
    const request = requestOf(['Host', 'other'], '1.1', url);
    checkEdge(request, settings);
    return { url: request.url, host: request.headers.host };
  };

  it('is served like its path, and its authority counts instead of the Host header', () => {
    expect(asked('http://engine.example:8080/api/vms;max=1?a=b')).toEqual({
      url: '/api/vms;max=1?a=b',
      host: 'engine.example:8080',
    });
    expect(asked('HTTPS://engine.example')).toEqual({ url: '/', host: 'engine.example' });
    expect(asked('http://engine.example?a=b')).toEqual({ url: '/?a=b', host: 'engine.example' });
  });

  it('is refused for a host of others, though the Host header names the gateway', () => {
    expect(refusal(['Host', 'gateway'], '1.1', ['gateway'], 'http://evil/api')).toContain('allowedHosts');
    expect(refusal([], '1.0', ['gateway'], 'http://evil/api')).toContain('allowedHosts');
    expect(refusal(['Host', 'evil'], '1.1', ['gateway'], 'http://gateway/api')).toBeUndefined();
    expect(refusal([], '1.0', ['gateway'], 'http://gateway/api')).toBeUndefined();
  });

  it('is refused for a malformed authority or Host header, and in HTTP/1.1 without one', () => {
    for (const url of ['http:///api', 'http://user@gateway/api', 'http://a b/api'])
      expect(refusal(['Host', 'gateway'], '1.1', [], url)).toContain('authority');
    expect(refusal(['Host', 'a/b'], '1.1', [], 'http://gateway/api')).toContain('malformed');
    expect(refusal([], '1.1', [], 'http://gateway/api')).toContain('no Host');
  });
});
