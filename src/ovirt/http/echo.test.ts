import { expect, it } from 'vitest';
import { withoutSecrets } from './echo.js';

it('leaves out what is secret, at any depth, and nothing else', () => {
  const sent = {
    async: false,
    ticket: { value: 'shown once', expiry: 120 },
    vm: { initialization: { user_name: 'root', root_password: 'a', custom_script: 'b', host_name: 'h' } },
    logical_units: [{ address: 'x', password: 'c', username: 'u' }],
    password_authentication: true,
  };
  expect(withoutSecrets(sent)).toEqual({
    async: false,
    ticket: { value: 'shown once', expiry: 120 },
    vm: { initialization: { user_name: 'root', host_name: 'h' } },
    logical_units: [{ address: 'x', username: 'u' }],
    password_authentication: true,
  });
});
