import { expect, it } from 'vitest';
import { targetWithoutSecrets, withoutSecrets } from './secrets.js';

it.each([
  ['<vm><initialization><root_password>geheim</root_password></initialization></vm>', 'geheim'],
  ['<user><password type="x">geheim</password></user>', 'geheim'],
  ['{"vm":{"initialization":{"root_password":"ge\\"heim"}}}', 'heim'],
  ['<action><ticket><value>geheim</value><expiry>120</expiry></ticket></action>', 'geheim'],
  ['{"ticket":{"expiry":"120","value":"geheim"}}', 'geheim'],
])('%s is shown without its secret', (text, secret) => {
  const shown = withoutSecrets(text);
  expect(shown).not.toContain(secret);
  expect(shown).toContain('***');
});

it('leaves everything else as it is', () => {
  const text = '<vm><name>password</name><description>token</description></vm>';
  expect(withoutSecrets(text)).toBe(text);
});

it('hides secret parameters of a target', () => {
  expect(targetWithoutSecrets('/ovirt-engine/sso/oauth/token?username=a&password=b&scope=c')).toBe(
    '/ovirt-engine/sso/oauth/token?username=a&password=***&scope=c',
  );
});
