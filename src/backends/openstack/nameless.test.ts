import { expect, it } from 'vitest';
import { templateIn } from '../../generated/mapping/openstack.js';

it.each([
  [undefined, 'f0e1'],
  [null, 'f0e1'],
  ['rhel', 'rhel'],
])('an image named %s is the template %s', (name, expected) => {
  expect(templateIn({ id: 'f0e1', name, status: 'active' }, { base: '' }).value.name).toBe(expected);
});
