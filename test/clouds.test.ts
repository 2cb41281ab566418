import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStackSettings, type OpenStackAccess } from '../src/gateway/clouds.js';
import { loadSettings } from '../src/settings/index.js';

/** Which cloud: as OpenStack's own clients are told. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clouds-'));
  writeFileSync(
    join(folder, 'clouds.yaml'),
    `
clouds:
  site:
    auth: { auth_url: "https://cloud.example.com:5000", username: eve, project_name: web, user_domain_name: People, project_domain_name: Projects }
    region_name: north
    interface: internalURL
    verify: false
`,
  );
  writeFileSync(join(folder, 'secure.yaml'), 'clouds: { site: { auth: { password: secret } } }\n');
  writeFileSync(join(folder, 'broken.yaml'), 'clouds: [');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const read = (environment: Record<string, string>): OpenStackAccess =>
  openStackSettings(loadSettings({ environment, flags: { 'backend.kind': 'openstack' } }).settings);

test('an entry of clouds.yaml, with secure.yaml beside it', () => {
  expect(read({ OS_CLOUD: 'site', OS_CLIENT_CONFIG_FILE: join(folder, 'clouds.yaml') })).toMatchObject({
    settings: {
      authUrl: 'https://cloud.example.com:5000/v3',
      region: 'north',
      interface: 'internal',
      insecure: true,
      userDomain: 'People',
      projectsByProfile: { internal: { domain: 'Projects', project: 'web' } },
    },
    login: { user: 'eve', password: 'secret' },
  });
});

test('variables alone, and before the entry', () => {
  expect(read({ OS_AUTH_URL: 'http://127.0.0.1:5000/v3/', OS_PROJECT_NAME: 'p' })).toMatchObject({
    settings: {
      authUrl: 'http://127.0.0.1:5000/v3',
      interface: 'public',
      insecure: false,
      userDomain: 'Default',
      projectsByProfile: { internal: { domain: 'Default', project: 'p' } },
    },
  });
  expect(
    read({
      OS_CLOUD: 'site',
      OS_CLIENT_CONFIG_FILE: join(folder, 'clouds.yaml'),
      OS_PROJECT_NAME: 'other',
      OS_REGION_NAME: 'south',
    }).settings,
  ).toMatchObject({
    region: 'south',
    projectsByProfile: { internal: { domain: 'Projects', project: 'other' } },
  });
});

test('what cannot be used is told', () => {
  expect(() => read({ OS_CLOUD: 'nowhere', OS_CLIENT_CONFIG_FILE: join(folder, 'clouds.yaml') })).toThrow(
    'has no cloud nowhere; it has site',
  );
  expect(() => read({ OS_CLOUD: 'site', OS_CLIENT_CONFIG_FILE: join(folder, 'broken.yaml') })).toThrow(
    'broken.yaml cannot be read',
  );
  expect(() => read({})).toThrow('no address of Keystone is given');
});
