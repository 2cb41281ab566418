import { describe, expect, it } from 'vitest';
import { acceptsHost } from './hosts.js';

describe('a console on a loopback address', () => {
  it.each(['127.0.0.1', '::1', 'localhost'])('on %s answers under its addresses, localhost and listed names', (own) => {
    const accepts = acceptsHost(own, ['Console.example.com']);
    for (const host of [
      '127.0.0.1:8081',
      '[::1]:8081',
      'localhost',
      'localhost.:8081',
      'gateway.localhost:8081',
      '192.0.2.7:8081',
      'console.example.com:443',
      'CONSOLE.EXAMPLE.COM',
    ])
      expect([host, accepts(host)]).toEqual([host, true]);
  });

  it.each([
    undefined,
    '',
    'attacker.example',
    '127.0.0.1.attacker.example:8081',
    'localhost.attacker.example',
    'notlocalhost',
    'a b',
    'localhost:8081:1',
    '[localhost]',
  ])('does not answer under %s', (host) => {
    expect(acceptsHost('127.0.0.1', [])(host)).toBe(false);
  });
});

describe('a console on another address', () => {
  it('answers under any valid name', () => {
    expect(acceptsHost('0.0.0.0', [])('ops.example.com:8081')).toBe(true);
    expect(acceptsHost('0.0.0.0', [])('a b')).toBe(false);
  });

  it('answers only under those that are listed, if some are, and under addresses', () => {
    const accepts = acceptsHost('0.0.0.0', ['ops.example.com']);
    expect(['ops.example.com', '10.0.0.7:8081', 'attacker.example'].map(accepts)).toEqual([true, true, false]);
  });
});
