import { describe, expect, test } from 'vitest';
import { createPaths } from './paths.js';

const paths = createPaths(
  new Map(
    ['/', '/vms', '/vms/{vm:id}', '/vms/{vm:id}/disks', '/vms/search', '/tags/own', '/tags/{tag:id}'].map((path) => [
      path,
      path,
    ]),
  ),
);

describe('finding what is declared for a path', () => {
  test.each([
    ['/', '/', {}],
    ['/vms', '/vms', {}],
    ['/vms/', '/vms', {}],
    ['/vms/1', '/vms/{vm:id}', { vm: '1' }],
    ['/vms/1/', '/vms/{vm:id}', { vm: '1' }],
    ['/vms/a%2Fb/disks', '/vms/{vm:id}/disks', { vm: 'a/b' }],
    ['/tags/own', '/tags/own', {}],
    ['/tags/1', '/tags/{tag:id}', { tag: '1' }],
  ])('%s is %s', (path, value, params) => expect(paths.find(path)).toEqual({ value, params }));

  test('the first of two declarations that fit applies', () =>
    expect(paths.find('/vms/search')).toEqual({ value: '/vms/{vm:id}', params: { vm: 'search' } }));

  test.each(['/hosts', '/VMS', '//', '/vms//', '/vms//disks', '/vms/1/nics', '/vms/1/disks/2'])(
    'nothing is declared for %s',
    (path) => expect(paths.find(path)).toBeUndefined(),
  );
});
