import { expect, it } from 'vitest';
import { Fault } from '../model/index.js';
import { dispensable } from './dispensable.js';

it('what was late once in a request is neither asked for nor waited for again in it; the rest is', async () => {
  const request = { late: new Set<string>() };
  let calls = 0;
  const hangs = (): Promise<string> => {
    calls += 1;
    return new Promise(() => undefined);
  };
  // those that wait already wait together
  expect(
    await Promise.all([
      dispensable(request, 'measurements', hangs),
      dispensable(request, 'measurements', hangs),
      dispensable(request, 'networks', () => Promise.resolve('n')),
    ]),
  ).toEqual([undefined, undefined, 'n']);
  expect(await dispensable(request, 'measurements', hangs)).toBeUndefined();
  expect(calls).toBe(2);
  expect(await dispensable(request, 'networks', () => Promise.resolve('n'))).toBe('n');
  // another request tries again
  expect(await dispensable({ late: new Set() }, 'measurements', () => Promise.resolve('m'))).toBe('m');
});

it('what fails at once is not late: it is asked for again', async () => {
  const request = { late: new Set<string>() };
  const down = (): Promise<string> => Promise.reject(new Fault('backend.error', { service: 'Gnocchi', text: 'down' }));
  expect(await dispensable(request, 'measurements', down)).toBeUndefined();
  expect(await dispensable(request, 'measurements', () => Promise.resolve('m'))).toBe('m');
});
