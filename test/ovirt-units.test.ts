import { describe, expect, it } from 'vitest';
import type { Backend, BackendSession } from '../src/model/index.js';
import { Fault } from '../src/model/index.js';
import { credentialsOf } from '../src/ovirt/http/credentials.js';
import { asId } from '../src/ovirt/declare/ids.js';
import { ignoredHeader } from '../src/ovirt/version/ignored.js';
import { Logins } from '../src/ovirt/sessions/logins.js';
import { formatOfBody, negotiate } from '../src/ovirt/http/negotiation.js';
import { Parameters } from '../src/ovirt/http/parameters.js';
import { assertComplete } from '../src/ovirt/version/required.js';
import { parseTarget } from '../src/ovirt/http/url.js';

const faultOf = (act: () => unknown): Fault => {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('the target of a request', () => {
  it('takes matrix parameters from any segment, and the query', () => {
    const { path, parameters } = parseTarget(
      '/api;a=1/vms;max=5;case_sensitive=False/x;current?search=name%3Dvm+1&empty=',
    );
    expect(path).toBe('/api/vms/x');
    expect(parameters.integer('max')).toBe(5);
    expect(parameters.flag('case_sensitive')).toBe(false);
    expect(parameters.flag('current')).toBe(true);
    expect(parameters.text('search')).toBe('name=vm 1');
    expect(parameters.text('a')).toBe('1');
    expect(parameters.text('empty')).toBe('');
  });

  it('prefers the query', () => {
    const { path, parameters } = parseTarget('/api/vms;max=5?max=7');
    expect(path).toBe('/api/vms');
    expect(parameters.integer('max')).toBe(7);
  });

  it.each(['/api/%zz', '/api/vms;max=%', '/api?search=%e0%80', '/api/%c3'])(
    'refuses the bad escape in %s',
    (target) => {
      expect(faultOf(() => parseTarget(target)).code).toBe('request.syntax');
    },
  );

  it('leaves an escaped semicolon in its segment, and bounds the parameters', () => {
    expect(parseTarget('/api/a%3Bb').path).toBe('/api/a%3Bb');
    expect(faultOf(() => parseTarget(`/api?${Array.from({ length: 101 }, (_, n) => `p${n}`).join('&')}`)).code).toBe(
      'request.syntax',
    );
  });

  it("refuses garbage in the engine's words", () => {
    const parameters = new Parameters(
      new Map([
        ['async', 'maybe'],
        ['max', 'many'],
      ]),
      new Map(),
    );
    expect(faultOf(() => parameters.flag('async')).detail).toContain("Illegal value 'maybe' for matrix param");
    expect(faultOf(() => parameters.integer('max')).status).toBe(400);
  });
});

describe('negotiation', () => {
  it.each([
    [undefined, 'xml'],
    ['', 'xml'],
    ['*/*', 'xml'],
    ['application/*', 'xml'],
    ['application/json', 'json'],
    ['application/xml;q=0.5, application/json', 'json'],
    ['application/json;q=0.5, application/xml;q=0.6', 'xml'],
    ['application/json, */*', 'json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'xml'],
    ['application/xml; detail=disks; detail=nics; detail=statistics', 'xml'],
    ['application/xml;q=0, */*', 'json'],
    ['APPLICATION/JSON', 'json'],
    ['application/json;q=x', undefined],
    ['text/plain', undefined],
    ['image/*', undefined],
    ['application/json;q=0', undefined],
  ] as const)('%s gives %s', (accept, format) => {
    if (format === undefined) expect(faultOf(() => negotiate(accept)).status).toBe(406);
    else expect(negotiate(accept)).toBe(format);
  });

  it.each([
    ['application/xml', 'xml'],
    ['text/xml; charset="UTF-8"', 'xml'],
    ['application/json;charset=utf8', 'json'],
  ] as const)('reads a body of %s as %s', (type, format) => {
    expect(formatOfBody(type)).toBe(format);
  });

  it.each([undefined, '', 'text/plain', 'application/xml; charset=iso-8859-1', 'constructor'])(
    'refuses a body of %s',
    (type) => {
      expect(faultOf(() => formatOfBody(type)).status).toBe(415);
    },
  );
});

describe('credentials', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['admin@internal:powervc', { user: 'admin', profile: 'internal', password: 'powervc' }],
    ['a@b@corp:p:q:r', { user: 'a@b', profile: 'corp', password: 'p:q:r' }],
    ['corp\\jörg:ö', { user: 'jörg', profile: 'corp', password: 'ö' }],
    ['admin@internal:', { user: 'admin', profile: 'internal', password: '' }],
  ])('reads %s', (text, expected) => {
    expect(credentialsOf(basic(text))).toEqual(expected);
  });

  it.each([
    undefined,
    '',
    'Bearer x',
    'Basic',
    'Basic !!',
    basic('nocolon'),
    basic('noprofile:x'),
    basic('@internal:x'),
    basic('user@:x'),
    basic('\\user:x'),
  ])('finds none in %s', (header) => {
    expect(credentialsOf(header)).toBeUndefined();
  });
});

describe('logins', () => {
  const sessionUntil = (expiresAt: number): BackendSession => ({ expiresAt }) as BackendSession;
  const alice = { user: 'alice', profile: 'p', password: 'secret' };

  it('logs in once for requests that come together, and again shortly before the end', async () => {
    let now = 0;
    let count = 0;
    const logins = new Logins(
      {
        login: async () => {
          count++;
          return sessionUntil(now + 3_600_000);
        },
      } as unknown as Backend,
      10,
      () => now,
    );
    const [first, second] = await Promise.all([logins.get(alice), logins.get(alice)]);
    expect([first === second, count]).toEqual([true, 1]);
    now = 3_600_000 - 60_001;
    await logins.get(alice);
    expect(count).toBe(1);
    now = 3_600_000 - 59_999;
    await logins.get(alice);
    expect(count).toBe(2);
  });

  it('does not remember a refusal, distinguishes passwords, forgets, and stays small', async () => {
    let count = 0;
    const backend = {
      login: async ({ password }: typeof alice) => {
        count++;
        if (password === 'wrong') throw new Fault('auth.refused');
        return sessionUntil(Date.now() + 1e7);
      },
    } as unknown as Backend;
    const logins = new Logins(backend, 2);
    await expect(logins.get({ ...alice, password: 'wrong' })).rejects.toThrow(Fault);
    await expect(logins.get({ ...alice, password: 'wrong' })).rejects.toThrow(Fault);
    expect(count).toBe(2);
    await logins.get(alice);
    await logins.get(alice);
    expect(count).toBe(3);
    logins.forget(alice);
    await logins.get(alice);
    expect(count).toBe(4);
    for (const user of ['b', 'c', 'alice']) await logins.get({ ...alice, user });
    expect(count).toBe(7);
  });
});

describe('small parts', () => {
  it('writes ignored paths as a header that fits', () => {
    expect(ignoredHeader(['disk.format', 'disk.foo'])).toBe('disk.format, disk.foo');
    expect(ignoredHeader(['disk.ä,\r\n'])).toBe('disk.%C3%A4%2C%0D%0A');
    expect(ignoredHeader(['disk.\ud800'])).toBe('disk.%EF%BF%BD');
    const many = ignoredHeader(Array.from({ length: 500 }, (_, n) => `disk.field${n}`));
    expect(many.length).toBeLessThanOrEqual(1000);
    expect(many).toMatch(/, \+\d+ more$/);
    expect(ignoredHeader(['x'.repeat(5000)]).length).toBeLessThanOrEqual(1000);
  });

  it('takes only what can be an id', () => {
    expect(asId('vm', '082C794B-771f-452f-83c9-b2b5a19c0399')).toBe('082c794b-771f-452f-83c9-b2b5a19c0399');
    for (const bad of ['', 'x', '082c794b771f452f83c9b2b5a19c0399', '../../etc/passwd'])
      expect(faultOf(() => asId('vm', bad)).code).toBe('not-found');
  });

  it("asks for required fields one at a time, in the engine's words", () => {
    const required = [
      { field: 'cluster.id|name' },
      { field: 'name' },
      { field: 'template.id|name', unless: ['snapshots.snapshot.id'] },
      { field: 'provisionedSize|size' },
    ];
    const detail = (document: object): string => faultOf(() => assertComplete(document, 'VM', 'add', required)).detail;
    expect(detail({})).toBe('VM [cluster.id|name] required for add');
    expect(detail({ cluster: { name: 'c' } })).toBe('VM [name] required for add');
    expect(detail({ cluster: { id: '1' }, name: '' })).toBe('VM [name] required for add');
    expect(detail({ cluster: { id: '1' }, name: 'a' })).toBe('VM [template.id|name] required for add');
    expect(detail({ cluster: { id: '1' }, name: 'a', snapshots: { snapshot: [{ id: '3' }] } })).toBe(
      'VM [provisionedSize|size] required for add',
    );
    expect(() =>
      assertComplete({ cluster: { id: '1' }, name: 'a', template: { name: 't' }, size: 0 }, 'VM', 'add', required),
    ).not.toThrow();
    expect(() => assertComplete({ file: { id: '' } }, 'CdRom', 'update', [{ field: 'file.id' }])).not.toThrow();
  });
});
