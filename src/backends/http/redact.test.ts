import { expect, it } from 'vitest';
import { createRedactor, hideAll } from './redact.js';

const redactor = createRedactor({ password: hideAll, url: (text) => text.replace(/\?.*$/, '?***') });
const body = {
  auth: { password: { user: { name: 'admin', password: 'pa"ss' } } },
  consoles: [{ url: 'https://console/?token=1' }],
};

it('hides secrets at any depth of a body, and leaves the body alone', () => {
  expect(redactor.value(body)).toEqual({
    auth: { password: { user: { name: 'admin', password: '***' } } },
    consoles: [{ url: 'https://console/?***' }],
  });
  expect(body.auth.password.user.password).toBe('pa"ss');
});

it('hides the same in the text of a body', () => {
  expect(redactor.beginning(JSON.stringify(body), 1000)).toBe(JSON.stringify(redactor.value(body)));
});

it('hides a secret that the end of the text cuts', () => {
  const head = '{"password":"';
  const text = JSON.stringify({ password: 'secret' });
  for (let most = head.length; most < text.length; most += 1)
    expect(redactor.beginning(text, most)).toBe(`${head}***"${most >= text.length - 1 ? '…' : ''}`);
});
