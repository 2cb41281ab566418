import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.js';
import { cloudLogin } from './cloud.js';
import { logIn } from './rest.js';

/**
 * `check --backend openstack` on a real cloud: what it is, what this login may see, what it lacks; for an administrator
 * and for somebody else.
 */
const login = cloudLogin();
const check = (environment: Record<string, string | undefined>) =>
  runCli(['check', '--backend', 'openstack'], {
    environment: Object.fromEntries(
      Object.entries(environment).flatMap(([key, value]) =>
        key.startsWith('OS_') && value !== undefined ? [[key, value]] : [],
      ),
    ),
  });

if (login)
  describe('check --backend openstack', () => {
    test('shows an administrator that everything can be read, and what plain OpenStack does not have', async () => {
      const { code, stdout } = await check(process.env);
      expect(code, stdout).toBe(0);
      expect(stdout).toMatch(
        /^OpenStack at .*: user .*, project .*\.\n {4}Nova 2\.\d+\n {4}Cinder 3\.\d+\n {4}Neutron with \d+ extensions\n/m,
      );
      expect(stdout).toContain('This login is an administrator.');
      expect(stdout).toMatch(/^ {4}pmem +persistent memory volumes exist on PowerVM only/m);
      expect(stdout).not.toMatch(/^ {2}!/m);
    });

    test('shows a member what cannot be read', async () => {
      const admin = await logIn(login);
      const name = `check-${randomUUID()}`;
      const [
        {
          domains: [domain],
        },
        { roles },
      ] = await Promise.all([
        admin.call<{ domains: { id: string }[] }>(
          'identity',
          'GET',
          `/domains?name=${encodeURIComponent(login.projectDomain)}`,
        ),
        admin.call<{ roles: { id: string; name: string }[] }>('identity', 'GET', '/roles'),
      ]);
      const { project } = await admin.call<{ project: { id: string } }>('identity', 'POST', '/projects', {
        project: { name, domain_id: domain!.id },
      });
      const { user } = await admin.call<{ user: { id: string } }>('identity', 'POST', '/users', {
        user: { name, password: name, domain_id: domain!.id },
      });
      try {
        await admin.call(
          'identity',
          'PUT',
          `/projects/${project.id}/users/${user.id}/roles/${roles.find((role) => role.name === 'member')!.id}`,
        );
        const { code, stdout } = await check({
          ...process.env,
          OS_USERNAME: name,
          OS_PASSWORD: name,
          OS_PROJECT_NAME: name,
        });
        expect(code, stdout).toBe(0);
        expect(stdout).toContain('This login is not an administrator: ');
        expect(stdout).toContain('only the hosts of its own servers are listed');
        expect(stdout).toMatch(/^ {4}hosts +0 found$/m);
        expect(stdout).toMatch(/^ {4}VMs +0 found/m);
      } finally {
        await admin.call('identity', 'DELETE', `/users/${user.id}`);
        await admin.call('identity', 'DELETE', `/projects/${project.id}`);
      }
    });
  });
else test.skip('check --backend openstack: no cloud is given', () => undefined);
