import { describe, expect, it } from 'vitest';
import { normalise, significant, withoutNow } from './support/normalise.js';
import { inventoryWith } from './support/exchange-inventory.js';
import { folder } from './support/exchange-files.js';

const look = (path: string) => ({ service: 'volume', method: 'GET', path, status: 200 });
const answer = { status: 200, headers: [], body: '' };

describe('normalise', () => {
  const created = '0d9c2c5e-6a57-4d23-9c6a-0b1e5a5d9b11';
  const known = '082c794b-771f-452f-83c9-b2b5a19c0399';
  const named = 'ef802239-b74a-329f-9955-be8fea6b50a4';

  it('names what was made during the run, equal things equally, and keeps what was known or follows from a name', () => {
    const { calls, answer: reported } = normalise(
      {
        calls: [
          {
            service: 'volume',
            method: 'POST',
            path: `/volumes/${created}`,
            body: { id: created, vm: known, mac: 'fa:16:3e:01:02:03' },
            status: 202,
          },
        ],
        answer: {
          ...answer,
          body: `<disk id="${created.toUpperCase()}"><statistic id="${named}"/>ovirt-01234567</disk>`,
        },
      },
      known,
    );
    expect(calls).toEqual([
      {
        service: 'volume',
        method: 'POST',
        path: '/volumes/{uuid-1}',
        body: { id: '{uuid-1}', vm: known, mac: '{mac-1}' },
        status: 202,
      },
    ]);
    expect(reported.body).toBe(`<disk id="{uuid-1}"><statistic id="${named}"/>ovirt-{name-1}</disk>`);
  });

  it('takes out instants of the run and leaves others', () => {
    const now = new Date().toISOString();
    const { answer: reported } = normalise(
      {
        calls: [],
        answer: {
          ...answer,
          body: `${now} ${now.slice(0, 19)} ${now.slice(0, 10).replaceAll('-', '/')} ${now.slice(11, 19)} 2010-08-16T14:24:29`,
        },
      },
      '',
    );
    expect(reported.body).toBe('{time} {time} {time} 2010-08-16T14:24:29');
    expect(withoutNow({ date: Date.now(), size: 8589934592, then: 1281968669000 })).toEqual({
      date: '{time}',
      size: 8589934592,
      then: 1281968669000,
    });
  });

  it('makes one of a configuration in chunks', () => {
    const body = {
      metadata: { 'ovirt.snapshot.ovirt-01234567.0': 'abc', 'ovirt.snapshot.ovirt-01234567.1': 'def', other: 'x' },
    };
    expect(normalise({ calls: [{ ...look('/a'), body }], answer }, '').calls[0]?.body).toEqual({
      metadata: { 'ovirt.snapshot.ovirt-{name-1}': '{configuration}', other: 'x' },
    });
  });
});

describe('significant', () => {
  const at = (began: number, method: string, path: string, service = 'volume') => ({
    service,
    method,
    path,
    status: 200,
    began,
    ended: began + 10,
  });
  const shown = (calls: Parameters<typeof significant>[0]) =>
    significant(calls).map(({ method, path }) => `${method} ${path}`);

  it('counts a look once until something is changed, and no login', () => {
    const calls = ['/a', '/b', '/a', '!', '/a', '/a'].map((path, index) =>
      at(index * 20, path === '!' ? 'POST' : 'GET', path),
    );
    expect(shown([at(-20, 'POST', '/v3/auth/tokens', 'identity'), ...calls])).toEqual([
      'GET /a',
      'GET /b',
      'POST !',
      'GET /a',
    ]);
  });

  it('lists calls in the order of their start, and concurrent reads by name', () => {
    expect(shown([at(40, 'POST', '/d'), at(1, 'GET', '/b'), at(2, 'GET', '/a'), at(0, 'GET', '/c')])).toEqual([
      'GET /a',
      'GET /b',
      'GET /c',
      'POST /d',
    ]);
    expect(shown([at(20, 'GET', '/a'), at(0, 'GET', '/b')])).toEqual(['GET /b', 'GET /a']);
    expect(shown([at(0, 'POST', '/b'), at(1, 'POST', '/a'), at(2, 'GET', '/c')])).toEqual([
      'POST /b',
      'POST /a',
      'GET /c',
    ]);
  });
});

it('adds to the base inventory, and changes what is there', () => {
  const base = new URL('inventory.yaml', folder);
  const { inventory, gateway } = inventoryWith(
    'gateway: { protocol.strict: true }\nnetworks:\n  - { id: 00000000-0000-0000-0000-000000000010, mtu: 9000 }\n  - { id: new, name: new }',
    base,
  );
  const networks = inventory['networks'] as Record<string, unknown>[];
  expect(gateway).toEqual({ 'protocol.strict': 'true' });
  expect(networks.map(({ name, mtu }) => [name, mtu])).toEqual([
    ['ovirtmgmt', undefined],
    ['production', 9000],
    ['new', undefined],
  ]);
  expect(inventoryWith(undefined, base).gateway).toEqual({});
});
