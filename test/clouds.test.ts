import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
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

test('a profile of clouds-public.yaml is what the entry is laid over; a project by id; an application credential', () => {
  writeFileSync(
    join(folder, 'clouds-public.yaml'),
    'public-clouds: { vendor: { auth: { auth_url: "https://vendor.example.com/identity" }, region_name: one, interface: internal } }\n',
  );
  const file = join(folder, 'profiled.yaml');
  writeFileSync(
    file,
    `
clouds:
  mine:
    profile: vendor
    region_name: two
    cacert: ca.pem
    cert: own.pem
    key: own.key
    auth_type: v3applicationcredential
    auth: { project_id: p1, application_credential_id: a1, application_credential_secret: s1 }
  lost: { profile: nowhere }
  half: { auth: { auth_url: "http://127.0.0.1:5000", application_credential_id: a1 } }
`,
  );
  expect(read({ OS_CLOUD: 'mine', OS_CLIENT_CONFIG_FILE: file })).toMatchObject({
    settings: {
      authUrl: 'https://vendor.example.com/identity/v3',
      region: 'two',
      interface: 'internal',
      caFile: 'ca.pem',
      certFile: 'own.pem',
      keyFile: 'own.key',
      projectsByProfile: { internal: { id: 'p1' } },
    },
    applicationCredential: { id: 'a1', secret: 's1' },
  });
  expect(() => read({ OS_CLOUD: 'lost', OS_CLIENT_CONFIG_FILE: file })).toThrow(/no profile nowhere: .* has vendor/);
  expect(() => read({ OS_CLOUD: 'half', OS_CLIENT_CONFIG_FILE: file })).toThrow('a1 has no secret');
});

test('files below the home folder, and an interface by its former key; an unknown one is refused', () => {
  const file = join(folder, 'home.yaml');
  writeFileSync(
    file,
    `
clouds:
  mine: { auth: { auth_url: "http://127.0.0.1:5000" }, cacert: ~/ca.pem, cert: "~/own.pem", key: a~/b, endpoint_type: internalURL }
  odd: { auth: { auth_url: "http://127.0.0.1:5000" }, interface: inner }
`,
  );
  expect(read({ OS_CLOUD: 'mine', OS_CLIENT_CONFIG_FILE: file }).settings).toMatchObject({
    interface: 'internal',
    caFile: join(homedir(), 'ca.pem'),
    certFile: join(homedir(), 'own.pem'),
    keyFile: 'a~/b',
  });
  expect(() => read({ OS_CLOUD: 'odd', OS_CLIENT_CONFIG_FILE: file })).toThrow(
    'the interface inner is not one of public, internal, admin',
  );
});

test('domains by their ids, of users and of the project', () => {
  const file = join(folder, 'domains.yaml');
  writeFileSync(
    file,
    `
clouds:
  apart: { auth: { auth_url: "http://127.0.0.1:5000", project_name: p, user_domain_id: d1, project_domain_id: d2 } }
  one: { auth: { auth_url: "http://127.0.0.1:5000", project_name: p, domain_id: d3 } }
`,
  );
  const domains = (environment: Record<string, string>): unknown => {
    const { userDomain, projectsByProfile } = read({ OS_CLIENT_CONFIG_FILE: file, ...environment }).settings;
    return [userDomain, projectsByProfile['internal']];
  };
  expect(domains({ OS_CLOUD: 'apart' })).toEqual([{ id: 'd1' }, { domain: { id: 'd2' }, project: 'p' }]);
  expect(domains({ OS_CLOUD: 'one' })).toEqual([{ id: 'd3' }, { domain: { id: 'd3' }, project: 'p' }]);
  expect(domains({ OS_CLOUD: 'apart', OS_USER_DOMAIN_NAME: 'People' })).toEqual([
    'People',
    { domain: { id: 'd2' }, project: 'p' },
  ]);
  expect(
    domains({
      OS_AUTH_URL: 'http://127.0.0.1:5000',
      OS_PROJECT_NAME: 'p',
      OS_USER_DOMAIN_ID: 'd4',
      OS_PROJECT_DOMAIN_ID: 'd5',
    }),
  ).toEqual([{ id: 'd4' }, { domain: { id: 'd5' }, project: 'p' }]);
});

test('what cannot be used is reported', () => {
  const file = join(folder, 'odd.yaml');
  writeFileSync(
    file,
    `
clouds:
  number: { auth: { auth_url: "http://127.0.0.1:5000", username: eve, password: 0123 } }
  other: { auth_type: v3token, auth: { auth_url: "http://127.0.0.1:5000", token: t, user_id: u } }
`,
  );
  expect(() => read({ OS_CLOUD: 'number', OS_CLIENT_CONFIG_FILE: file })).toThrow(
    'password of the cloud number is a number; put it in quotes',
  );
  expect(read({ OS_CLOUD: 'other', OS_CLIENT_CONFIG_FILE: file }).unread).toEqual([
    'token',
    'user_id',
    'auth_type v3token',
  ]);
  expect(() => read({ OS_CLOUD: 'nowhere', OS_CLIENT_CONFIG_FILE: join(folder, 'clouds.yaml') })).toThrow(
    'has no cloud nowhere; it has site',
  );
  expect(() => read({ OS_CLOUD: 'site', OS_CLIENT_CONFIG_FILE: join(folder, 'broken.yaml') })).toThrow(
    'broken.yaml cannot be read',
  );
  expect(() => read({})).toThrow('no address of Keystone is given');
});
